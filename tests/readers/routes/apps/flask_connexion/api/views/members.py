import os
from datetime import UTC, datetime, timedelta

import jwt
from flask import jsonify, request
from werkzeug.security import check_password_hash

from api.views.store import Member, db


def read_token(token):
    try:
        return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return None


def caller():
    header = request.headers.get("Authorization", "")
    return read_token(header.removeprefix("Bearer "))


def sign_in():
    data = request.get_json()
    member = Member.query.filter_by(email=data.get("email")).first()
    if member is None or not check_password_hash(member.password_hash, data.get("password")):
        return jsonify({"error": "Wrong e-mail or password"}), 401
    token = jwt.encode(
        {"sub": member.email, "exp": datetime.now(UTC) + timedelta(hours=1)}, os.environ["JWT_SECRET"], "HS256"
    )
    return jsonify({"token": token})


def me(token_info):
    member = db.get_or_404(Member, token_info["sub"])
    return jsonify({"email": member.email})


def remove(email):
    claims = caller()
    if claims is None:
        return jsonify({"error": "Please sign in"}), 401
    keeper = Member.query.filter_by(email=claims["sub"]).first()
    if not keeper.is_keeper:
        return jsonify({"error": "Keepers only"}), 403
    db.session.delete(db.get_or_404(Member, email))
    db.session.commit()
    return "", 204
