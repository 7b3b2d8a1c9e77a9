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


def answered(body: str) -> int:
    code = f"export async function POST(req: Request) {{\n  try {{\n    await send();\n  }} {body}\n}}\n"
    return found(code, "app/api/mails/route.ts")


def test_a_failure_that_is_only_answered() -> None:
    said = 'return Response.json({ error: "It was not sent" }, { status: 500 });'
    assert answered(f"catch {{ {said} }}") == 1
    assert answered(f"catch (error) {{ {said} }}") == 1
    assert answered(f"catch (error) {{ console.error(error); {said} }}") == 0
    assert answered(f"catch (error) {{ logger.warn('x'); {said} }}") == 0
    assert answered("catch (error) { return failed(error); }") == 0
    assert answered('catch { return Response.json({ error: "No JSON" }, { status: 400 }); }') == 0


def test_a_failure_that_python_only_answers() -> None:
    code = """from fastapi import FastAPI, HTTPException
app = FastAPI()

@app.post("/mails")
def send():
    try:
        deliver()
    except OSError%s:
        raise HTTPException(status_code=502, detail=%s)
"""
    assert found(code % ("", '"It was not sent"'), "main.py") == 1
    assert found(code % (" as error", "str(error)"), "main.py") == 0
