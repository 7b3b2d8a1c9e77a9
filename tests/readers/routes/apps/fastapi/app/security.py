from datetime import UTC, datetime, timedelta

from jose import jwt
from passlib.hash import argon2

from app.config import settings


def make_token(subject: str) -> str:
    return jwt.encode({"sub": subject, "exp": datetime.now(UTC) + timedelta(hours=2)}, settings.jwt_secret, "HS256")


def matches(password: str, password_hash: str) -> bool:
    return argon2.verify(password, password_hash)
