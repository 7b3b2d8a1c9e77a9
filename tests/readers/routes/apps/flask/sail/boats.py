from flask import Blueprint, abort, jsonify, request
from flask_login import current_user, login_required

from .extensions import db
from .models import Boat

boats = Blueprint("boats", __name__)


@boats.route("/")
def index():
    name = request.args.get("name", "")
    return jsonify([b.name for b in Boat.query.filter(Boat.name.contains(name)).limit(50)])


@boats.route("/<int:boat_id>", methods=["GET", "DELETE"])
@login_required
def one(boat_id: int):
    boat = db.get_or_404(Boat, boat_id)
    if request.method == "DELETE":
        db.session.delete(boat)
        db.session.commit()
        return "", 204
    return jsonify(id=boat.id, name=boat.name)


@boats.post("/<int:boat_id>/rename")
@login_required
def rename(boat_id: int):
    boat = db.get_or_404(Boat, boat_id)
    if boat.skipper_id != current_user.id:
        abort(403)
    boat.name = request.form["name"]
    db.session.commit()
    return jsonify(ok=True)
