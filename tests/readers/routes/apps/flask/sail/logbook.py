from flask import Flask, jsonify, request
from flask.views import MethodView
from flask_login import current_user, login_required

from .extensions import db
from .models import LogEntry


class Logbook(MethodView):
    decorators = [login_required]

    def get(self, boat_id: int):
        rows = LogEntry.query.filter_by(boat_id=boat_id).limit(100)
        return jsonify([row.text for row in rows])

    def post(self, boat_id: int):
        db.session.add(LogEntry(boat_id=boat_id, sailor_id=current_user.id, text=request.json["text"]))
        db.session.commit()
        return jsonify(ok=True), 201


def weather(port: str):
    return jsonify(port=port, wind="south-west 4")


def register(app: Flask) -> None:
    app.add_url_rule("/boats/<int:boat_id>/log", view_func=Logbook.as_view("logbook"))
    app.add_url_rule("/weather/<port>", "weather", weather)
