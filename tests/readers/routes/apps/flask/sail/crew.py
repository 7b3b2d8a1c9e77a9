from flask import Blueprint, jsonify, request
from flask_jwt_extended import create_access_token, get_jwt_identity, jwt_required

from .extensions import limiter
from .models import Boat, Sailor
from .passwords import matches

bp = Blueprint("crew", __name__)


@bp.route("/token", methods=["POST"])
@limiter.limit("5 per minute")
def token():
    data = request.get_json()
    sailor = Sailor.query.filter_by(email=data["email"]).first()
    if sailor is None or not matches(data["password"], sailor.password_hash):
        return jsonify(error="Wrong e-mail or password"), 401
    return jsonify(access_token=create_access_token(identity=str(sailor.id)))


@bp.route("/boats")
@jwt_required()
def my_boats():
    return jsonify([b.name for b in Boat.query.filter_by(skipper_id=get_jwt_identity()).limit(50)])
