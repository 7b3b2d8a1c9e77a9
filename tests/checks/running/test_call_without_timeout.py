"""Calls that wait for ever."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/call_without_timeout"


def found(call: str, path: str = "server/rates.ts") -> int:
    return len(audit_files({path: f"export async function rates() {{ return await {call}; }}"}, only=NAME))


def test_a_call_without_a_limit() -> None:
    assert found('fetch("https://rates.example/today")') == 1


def test_a_call_with_a_limit() -> None:
    assert found('fetch("https://rates.example/today", { signal: AbortSignal.timeout(5000) })') == 0


def test_the_page_may_wait() -> None:
    assert found('fetch("/api/rates")', "src/Rates.tsx") == 0


def test_python() -> None:
    code = """
        import requests
        SLOW = requests.get("https://rates.example/today")
        FAST = requests.get("https://rates.example/now", timeout=5)
    """
    (finding,) = audit_files({"app/rates.py": code}, only=NAME)
    assert str(finding.place) == "app/rates.py:2"
    assert not finding.related
