"""Secrets that change at each start."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/secret_made_at_start"


def found(line: str, path: str = "server/auth.ts") -> int:
    return len(audit_files({path: line}, only=NAME))


def test_made_up_where_it_is_missing() -> None:
    assert found('const secret = process.env.JWT_SECRET || crypto.randomBytes(32).toString("hex");') == 1


def test_made_up_with_a_prefix() -> None:
    assert found('const secret = process.env.SESSION_SECRET ?? "dev-" + Math.random().toString(36);') == 1


def test_python() -> None:
    assert found('SECRET = os.getenv("SECRET_KEY", secrets.token_hex(32))', "app/config.py") == 1


def test_a_setting_alone() -> None:
    assert found("const secret = process.env.JWT_SECRET;") == 0


def test_other_things_may_be_made_up() -> None:
    assert found("const run = process.env.RUN_ID || crypto.randomUUID();") == 0


def test_tests_may_do_it() -> None:
    assert found("const secret = process.env.JWT_SECRET || crypto.randomUUID();", "tests/setup.ts") == 0
