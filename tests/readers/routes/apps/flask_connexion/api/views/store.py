from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class Member(db.Model):
    email = db.Column(db.String(200), primary_key=True)
    password_hash = db.Column(db.String(200), nullable=False)
    is_keeper = db.Column(db.Boolean, default=False)


class Tree(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    variety = db.Column(db.String(80))
    kilos = db.Column(db.Numeric(8, 2), default=0)
