"""Shops that take no money."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/test_key_in_production_file"

KEY = "pk_test_" + "Boat1234567890"


def found(files: dict[str, str]) -> int:
    return len(audit_files(files, only=NAME))


def test_the_production_file_holds_a_test_key() -> None:
    assert found({".env.production": f"VITE_STRIPE_KEY={KEY}\n"}) == 1


def test_the_page_holds_a_test_key() -> None:
    assert found({"src/Pay.tsx": f'const stripe = loadStripe("{KEY}");'}) == 1


def test_the_file_for_developers() -> None:
    assert found({".env.development": f"VITE_STRIPE_KEY={KEY}\n"}) == 0


def test_a_live_key() -> None:
    assert found({".env.production": "VITE_STRIPE_KEY=" + KEY.replace("test", "live") + "\n"}) == 0


def test_tests_use_test_keys() -> None:
    assert found({"tests/Pay.test.tsx": f'const stripe = loadStripe("{KEY}");'}) == 0
