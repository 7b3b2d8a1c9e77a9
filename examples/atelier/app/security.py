from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from app.config import JWT_SECRET

hasher = PasswordHasher()


def hash_password(password: str) -> str:
    return hasher.hash(password)


def password_matches(password: str, password_hash: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except VerifyMismatchError:
        return False


def make_access_token(user_id: UUID) -> str:
    return jwt.encode({"sub": str(user_id), "use": "access"}, JWT_SECRET, algorithm="HS256")


def read_token(token: str, use: str) -> str | None:
    """The user of a token whose signature, time and use are right."""
    try:
        claims = jwt.decode(token, JWT_SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        return None
    return str(claims["sub"]) if claims.get("use") == use else None


def make_mail_token(user_id: UUID, use: str) -> str:
    expires = datetime.now(UTC) + timedelta(minutes=30)
    return jwt.encode({"sub": str(user_id), "use": use, "exp": expires}, JWT_SECRET, algorithm="HS256")
