"""A shared secret from the query string is found; headers and one-time links are let pass."""

from __future__ import annotations

from tests.support import audit_files

CHECK = "secrets/secret_in_address"


def found_in(code: str) -> list[str]:
    return [str(f.place) for f in audit_files({"package.json": "{}", "app/api/cron/route.ts": code}, only=CHECK)]


def test_a_cron_secret_in_the_address_is_found() -> None:
    code = "const given = request.nextUrl.searchParams.get('secret')\nif (given !== process.env.CRON_SECRET) deny()\n"
    assert found_in(code) == ["app/api/cron/route.ts:1"]


def test_a_header_and_a_one_time_link_are_let_pass() -> None:
    assert found_in("if (request.headers.get('authorization') !== process.env.CRON_SECRET) deny()\n") == []
    assert found_in("const token = searchParams.get('token')\nawait confirm(token)\n") == []
