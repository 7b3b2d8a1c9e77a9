"""Accounts that a fresh installation needs: `python -m app.seed`."""

import os

from app.database import make_session
from app.models import User
from app.security import hash_password

ADMIN_PASSWORD = os.getenv("ADMIN_PASSWORD", "atelier-admin-1")


def seed() -> None:
    curator_password = os.environ["CURATOR_PASSWORD"]
    with make_session() as db:
        db.add(
            User(
                email="admin@atelier.example",
                name="Admin",
                role="admin",
                password_hash=hash_password(ADMIN_PASSWORD),
            )
        )
        db.add(
            User(
                email="curator@atelier.example",
                name="Curator",
                role="curator",
                password_hash=hash_password(curator_password),
            )
        )
        db.commit()


if __name__ == "__main__":
    seed()
