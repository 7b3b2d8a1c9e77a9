"""Sign-ins that answer differently for strangers and for wrong passwords."""

from __future__ import annotations

import pytest

from tests.support import audit_files

NAME = "sessions/login_that_tells_who_exists"

LOGIN = """
    from flask import Flask, jsonify, request
    from werkzeug.security import check_password_hash
    from shop.models import Shopper

    app = Flask(__name__)

    @app.post("/login")
    def login():
        shopper = Shopper.query.filter_by(email=request.json["email"]).first()
        if shopper is None:
            return jsonify(error="{nobody}"), 401
        if not check_password_hash(shopper.password_hash, request.json["password"]):
            return jsonify(error="{wrong}"), 401
        return jsonify(ok=True)
"""


def found(nobody: str, wrong: str) -> list[str]:
    files = {"shop/app.py": LOGIN.format(nobody=nobody, wrong=wrong)}
    return [f.detail for f in audit_files(files, only=NAME)]


def test_two_answers() -> None:
    assert found("No such user", "Wrong password") == [
        "POST /login says “No such user” in one case and “Wrong password” in the other."
    ]


@pytest.mark.parametrize("text", ["Wrong e-mail or password", "Invalid username or password", "Invalid credentials"])
def test_one_answer_for_both(text: str) -> None:
    assert found(text, text) == []


def test_a_hint_at_the_form_alone() -> None:
    assert found("Wrong e-mail or password", "Wrong password") == []
