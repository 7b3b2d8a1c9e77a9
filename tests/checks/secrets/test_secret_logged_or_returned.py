"""Secrets in logs and answers are found; whether one is set may be logged."""

from __future__ import annotations

from tests.support import audit_files

CHECK = "secrets/secret_logged_or_returned"


def found_in(code: str, path: str = "server/index.ts") -> list[tuple[str, str]]:
    return [(str(f.severity), str(f.place)) for f in audit_files({"package.json": "{}", path: code}, only=CHECK)]


def test_a_secret_setting_in_a_log_is_found() -> None:
    code = "const expected = process.env.ADMIN_PASSWORD\nconsole.log('login', { expected })\n"
    assert found_in(code) == [("high", "server/index.ts:2")]


def test_a_part_of_a_key_by_its_name_is_found() -> None:
    code = "settings = get_settings()\nprint(f'key {settings.supabase_service_key[:10]}')\n"
    assert found_in(code, "app/main.py") == [("medium", "app/main.py:2")]


def test_all_headers_and_every_answer_are_found() -> None:
    code = (
        "app.use((req, res, next) => {\n  console.log(req.method, req.headers)\n  let kept\n  const json = res.json\n"
        "  res.json = function (body) {\n    kept = body\n    return json.call(res, body)\n  }\n"
        "  res.on('finish', () => {\n    const line = JSON.stringify(kept)\n    log(line)\n  })\n  next()\n})\n"
    )
    assert found_in(code) == [("medium", "server/index.ts:10"), ("medium", "server/index.ts:2")]


def test_whether_a_secret_is_set_may_be_logged() -> None:
    code = (
        "const key = process.env.STRIPE_SECRET_KEY\nconsole.log('key set', !!process.env.STRIPE_SECRET_KEY)\n"
        "console.log(`key ${key ? 'set' : 'missing'}`, 'token count', tokens.length)\n"
        "console.log('reset password for', email)\n"
    )
    assert found_in(code) == []


def test_what_is_shown_to_the_staff_alone_is_less() -> None:
    code = (
        "import express from 'express'\nconst app = express()\napp.get('/api/admin/setup', signedIn, (req, res) => {\n"
        "  if (req.user.role !== 'ADMIN') return res.status(403).end()\n"
        "  res.json({ key: process.env.SHOP_API_KEY })\n})\n"
    )
    assert found_in(code) == [("medium", "server/index.ts:5")]
    assert found_in(code.replace("if (req.user.role !== 'ADMIN')", "if (!req.user)")) == [
        ("critical", "server/index.ts:5")
    ]
