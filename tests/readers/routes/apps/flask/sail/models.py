from flask_login import UserMixin

from .extensions import db, login_manager


class Sailor(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(200), unique=True, nullable=False)
    password_hash = db.Column(db.String(200), nullable=False)
    is_harbour_master = db.Column(db.Boolean, default=False)


class Boat(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(80), nullable=False)
    skipper_id = db.Column(db.Integer, db.ForeignKey("sailor.id"), index=True)


class LogEntry(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    boat_id = db.Column(db.Integer, db.ForeignKey("boat.id"), index=True)
    sailor_id = db.Column(db.Integer, db.ForeignKey("sailor.id"), index=True)
    text = db.Column(db.Text)


@login_manager.user_loader
def load(sailor_id: str) -> Sailor | None:
    return db.session.get(Sailor, int(sailor_id))
