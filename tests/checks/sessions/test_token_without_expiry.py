"""Tokens that are good for ever."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/token_without_expiry"


def found(call: str) -> int:
    code = f"""
        import jwt from "jsonwebtoken";
        export function makeToken(user) {{
          return {call};
        }}
    """
    return len(audit_files({"server/tokens.ts": code}, only=NAME))


def test_no_end_is_said() -> None:
    assert found("jwt.sign({ sub: user.id }, process.env.JWT_SECRET)") == 1


def test_an_end_in_the_options() -> None:
    assert found('jwt.sign({ sub: user.id }, process.env.JWT_SECRET, { expiresIn: "1h" })') == 0


def test_an_end_in_the_claims() -> None:
    assert found("jwt.sign({ sub: user.id, exp: soon() }, process.env.JWT_SECRET)") == 0


def test_options_from_elsewhere_say_nothing() -> None:
    assert found("jwt.sign({ sub: user.id }, process.env.JWT_SECRET, settings)") == 0


def test_python_without_an_end() -> None:
    code = """
        import jwt
        from settings import SECRET

        def make_token(user_id):
            return jwt.encode({"sub": user_id}, SECRET, algorithm="HS256")
    """
    assert len(audit_files({"app/tokens.py": code}, only=NAME)) == 1


def test_python_that_adds_the_end_later() -> None:
    code = """
        import jwt
        from settings import SECRET

        def make_token(data):
            claims = data.copy()
            claims.update({"exp": later()})
            return jwt.encode(claims, SECRET, algorithm="HS256")
    """
    assert audit_files({"app/tokens.py": code}, only=NAME) == []
