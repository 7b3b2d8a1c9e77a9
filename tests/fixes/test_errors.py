"""Repairs of calls that hang and of errors."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

ROUTE = "app/api/ask/route.ts"


def asked(call: str) -> tuple[str, bool]:
    code = f"export async function POST(req: Request) {{\n  const answer = await {call};\n  return answer;\n}}\n"
    after = repaired("running/limit_waiting", {ROUTE: f"import axios from 'axios';\n{code}"})
    return after.files[ROUTE], bool(after.left)


@pytest.mark.parametrize(
    ("call", "limited"),
    [
        ("fetch('https://a.dev')", "fetch('https://a.dev', { signal: AbortSignal.timeout(30_000) })"),
        ("fetch('https://a.dev', { method: 'POST' })", "{ signal: AbortSignal.timeout(30_000), method: 'POST' }"),
        ("axios.post('https://a.dev', { a: 1 })", "axios.post('https://a.dev', { a: 1 }, { timeout: 30_000 })"),
        ("axios.get('https://a.dev', { params: {} })", "axios.get('https://a.dev', { timeout: 30_000, params: {} })"),
    ],
)
def test_a_call_waits_no_longer_than_it_should(call: str, limited: str) -> None:
    text, left = asked(call)
    assert limited in text
    assert not left


@pytest.mark.parametrize(
    "call",
    [
        "fetch('https://a.dev', options)",
        "fetch('https://a.dev', { signal: stop })",
        "axios.get('https://a.dev', { timeout: 5 })",
        "fetch('https://a.dev', { method: 'POST', body: JSON.stringify({ stream: true }) })",
    ],
)
def test_a_call_with_a_limit_or_a_form_that_is_not_known_is_left(call: str) -> None:
    assert call in asked(call)[0]


def test_requests_get_a_timeout() -> None:
    code = """
    import requests
    from fastapi import FastAPI
    app = FastAPI()

    @app.get("/rates")
    def rates():
        return requests.get("https://a.dev/rates", headers={"a": "b"}).json()

    @app.post("/orders")
    def order():
        return requests.post(
            "https://a.dev/orders",
            json={"a": "b"},
        ).json()
    """
    after = repaired("running/limit_waiting", {"main.py": code})
    assert not after.left
    assert 'headers={"a": "b"}, timeout=30)' in after.files["main.py"]
    assert '"https://a.dev/orders",\n        timeout=30,\n        json=' in after.files["main.py"]
