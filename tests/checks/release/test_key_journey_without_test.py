"""Ways to earn money that no test knows."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/key_journey_without_test"

PAY = {"server/pay.ts": 'app.post("/checkout", () => stripe.checkout.sessions.create({}));'}


def found(files: dict[str, str]) -> list[str]:
    return [f.detail for f in audit_files({**PAY, **files}, only=NAME)]


def test_no_test_pays() -> None:
    (detail,) = found({})
    assert "paying" in detail


def test_a_test_pays() -> None:
    assert found({"tests/checkout.test.ts": 'test("a checkout", () => {});'}) == []


def test_what_a_repair_leaves_behind_tests_no_journey() -> None:
    assert found({"src/rescue/checkout_1a2b3c4d.test.js": 'test("checkout", () => {});'})


def test_an_app_without_such_ways() -> None:
    assert audit_files({"src/App.tsx": "export default () => <p>Boats</p>;"}, only=NAME) == []
