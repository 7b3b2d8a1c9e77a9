"""Addresses of a computer that is not there."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/address_left_on_localhost"


def found(line: str, path: str = "src/links.tsx") -> list[str]:
    return [f.severity for f in audit_files({path: line}, only=NAME)]


def test_the_page_leads_there() -> None:
    assert found('export const reset = "http://localhost:3000/reset";') == ["medium"]


def test_the_server_leads_there() -> None:
    assert found('export const back = "http://localhost:3000/paid";', "server/pay.ts") == ["low"]


def test_a_setting_comes_first() -> None:
    assert found('export const site = import.meta.env.VITE_SITE || "http://localhost:3000";') == []


def test_a_comment() -> None:
    assert found('// open "http://localhost:3000" in the browser') == []


def test_tests_run_there() -> None:
    assert found('export const site = "http://localhost:3000";', "tests/site.ts") == []
