"""A secret key in the browser is found; publishable ones and server code are let pass."""

from __future__ import annotations

from tests.support import audit_files

CHECK = "secrets/key_in_client_code"
KEY = "sk_" + "live_" + "51Hq7Rt9xLm2VbN4kPzW8sYdU3e"
VITE = {"package.json": '{"dependencies": {"vite": "5", "react-dom": "18"}}'}


def test_a_live_key_in_a_component_is_critical_and_says_how_to_replace_it() -> None:
    found = audit_files(VITE | {"src/Pay.tsx": f"export const stripe = new Stripe('{KEY}')\n"}, only=CHECK)
    assert [(f.severity, str(f.place)) for f in found] == [("critical", "src/Pay.tsx:1")]
    assert "live Stripe secret key" in found[0].detail
    assert "roll the key" in found[0].repair
    assert KEY not in found[0].detail


def test_a_test_key_is_less_bad() -> None:
    found = audit_files(VITE | {"src/Pay.tsx": f"const k = '{KEY.replace('live', 'test')}'\n"}, only=CHECK)
    assert [f.severity for f in found] == ["medium"]


def test_keys_that_are_made_to_be_seen_are_let_pass() -> None:
    publishable = KEY.replace("sk_", "pk_")
    made_up = "sk_" + "live_" + "9f3b7122aa"
    assert (
        audit_files(
            VITE | {"src/Pay.tsx": f"loadStripe('{publishable}'); go({{streamKey: '{made_up}'}})\n"}, only=CHECK
        )
        == []
    )


def test_the_server_and_tests_are_not_the_browser() -> None:
    code = f"const k = '{KEY}'\n"
    assert audit_files(VITE | {"supabase/functions/pay/index.ts": code}, only=CHECK) == []
