"""Errors that vanish."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/swallowed_error"


def found(code: str, path: str = "src/save.ts") -> int:
    return len(audit_files({path: code}, only=NAME))


def test_an_empty_catch() -> None:
    assert found("export async function save() { try { await send(); } catch (e) {} }") == 1


def test_an_empty_callback() -> None:
    assert found("export const save = () => send().catch(() => {});") == 1


def test_python() -> None:
    assert found("def save():\n    try:\n        send()\n    except Exception:\n        pass\n", "app/save.py") == 1


def test_a_reason_is_given() -> None:
    assert found("export function save() { try { send(); } catch { /* the cache may be full */ } }") == 0


def test_it_is_reported() -> None:
    assert found("export function save() { try { send(); } catch (e) { report(e); } }") == 0


def test_tests_may_do_it() -> None:
    assert found("try { send(); } catch {}", "tests/save.test.ts") == 0
