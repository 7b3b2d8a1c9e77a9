"""A deleted key is found; one that still stands, and small ones, are told elsewhere or not at all."""

from __future__ import annotations

from apprescue.checks.secrets.key_in_history import key_in_history
from apprescue.model.app import App
from apprescue.model.leak import Leak
from apprescue.model.place import Code

KEY = "sk_" + "live_" + "51Hq7Rt9xLm2VbN4kPzW8sYdU3e"
APP = App("", {})


def leak(value: str, commit: str = "", **more: object) -> Leak:
    return Leak("rule", "Stripe", "live", value, Code("pay.ts", 3), "live secret key", commit=commit, **more)  # type: ignore[arg-type]


def test_a_deleted_key_is_found_with_its_commit() -> None:
    found = list(key_in_history.run(app=APP, leaks=(), history=(leak(KEY, "abc123", power="critical"),)))
    assert [(str(s.place), s.severity) for s in found] == [("abc123 pay.ts:3", "critical")]
    assert KEY not in found[0].detail


def test_a_key_that_still_stands_is_told_there() -> None:
    assert list(key_in_history.run(app=APP, leaks=(leak(KEY),), history=(leak(KEY, "abc123"),))) == []


def test_a_key_that_only_stays_on_the_owners_machine_is_still_found() -> None:
    local = leak(KEY, quiet=True)
    assert len(list(key_in_history.run(app=APP, leaks=(local,), history=(leak(KEY, "abc123"),)))) == 1


def test_tests_and_small_things_are_let_pass() -> None:
    history = (leak(KEY, "abc", quiet=True), leak("x", "abc", power="low"))
    assert list(key_in_history.run(app=APP, leaks=(), history=history)) == []
