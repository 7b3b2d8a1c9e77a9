from flask import Blueprint, abort, jsonify, request
from flask_login import current_user

from .extensions import db
from .models import Sailor

bp = Blueprint("harbour", __name__, url_prefix="/harbour")


@bp.before_request
def harbour_master_only():
    if not current_user.is_authenticated:
        abort(401)
    if not current_user.is_harbour_master:
        abort(403)


@bp.get("/sailors")
def sailors():
    return jsonify([s.email for s in Sailor.query.limit(100)])


@bp.post("/sailors/<int:sailor_id>/promote")
def promote(sailor_id: int):
    sailor = db.get_or_404(Sailor, sailor_id)
    sailor.is_harbour_master = bool(request.json["master"])
    db.session.commit()
    return jsonify(ok=True)
