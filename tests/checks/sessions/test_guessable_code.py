"""Codes that follow from each other."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/guessable_code"


def found(line: str) -> int:
    code = f"""
        export async function sendResetCode(email: string) {{
          {line}
          await save(email, made);
        }}
    """
    return len(audit_files({"server/codes.ts": code}, only=NAME))


def test_a_reset_code_from_math_random() -> None:
    assert found("const made = Math.floor(100000 + Math.random() * 900000); // reset code") == 1


def test_the_systems_generator_is_fine() -> None:
    assert found("const made = crypto.randomInt(100000, 999999); // reset code") == 0


def test_chance_that_opens_nothing() -> None:
    code = "export function pickColour() { return colours[Math.floor(Math.random() * colours.length)]; }"
    assert audit_files({"server/colours.ts": code}, only=NAME) == []
