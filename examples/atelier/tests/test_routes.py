from fastapi.testclient import TestClient

from app.main import app

client = TestClient(app, raise_server_exceptions=False)


def test_health():
    assert client.get("/health").json() == {"status": "ok"}


def test_own_page_needs_a_login():
    assert client.get("/api/auth/me").status_code == 401


def test_a_webhook_without_signature_is_refused():
    assert client.post("/api/payments/webhook", content=b"{}").status_code == 400


def test_closing_the_month_needs_the_token():
    assert client.post("/api/payments/tasks/close-month").status_code == 422
    answer = client.post("/api/payments/tasks/close-month", headers={"X-Task-Token": "guessed"})
    assert answer.status_code == 403
