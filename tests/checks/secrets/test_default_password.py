"""Fixed passwords are found; labels, types, tests and timing hashes are let pass."""

from __future__ import annotations

from tests.support import audit_files

CHECK = "secrets/default_password"
WORD = "tide" + "Pool47!"


def found_in(path: str, code: str) -> list[tuple[str, str]]:
    return [(str(f.severity), str(f.place)) for f in audit_files({"package.json": "{}", path: code}, only=CHECK)]


def test_an_admin_password_in_a_comparison_is_critical() -> None:
    code = f"if (user === 'admin' && password === '{WORD}') {{\n  req.session.isAdmin = true\n}}\n"
    assert found_in("server/login.ts", code) == [("critical", "server/login.ts:1")]


def test_a_fixed_password_for_new_accounts_is_found() -> None:
    assert found_in("server/invite.ts", f"const hash = await bcrypt.hash('{WORD}', 12)\n") == [
        ("high", "server/invite.ts:1")
    ]
    assert found_in("seed_admin.py", f"admin = dict(role='admin', hash=hash_password('{WORD}'))\n") == [
        ("medium", "seed_admin.py:1")
    ]


def test_sign_in_data_on_a_page_is_found() -> None:
    code = f"'use client'\nconst demo = {{ email: 'a@acme.test', password: '{WORD}' }}\n"
    assert found_in("app/login/page.tsx", code) == [("medium", "app/login/page.tsx:2")]


def test_labels_types_tests_and_timing_hashes_are_let_pass() -> None:
    assert (
        found_in("src/Field.tsx", "const on = type === 'password'; const t = { password: 'Password is needed' }\n")
        == []
    )
    assert found_in("src/form.ts", "if (password === confirmPassword && password !== '') save()\n") == []
    assert found_in("tests/login.test.ts", f"expect(password === '{WORD}')\n") == []
    assert found_in("src/smoke.ts", f"if (password === '{WORD}') done()\n") == []
    assert found_in("src/smoked.ts", f"if (password === '{WORD}') done()\n") != []
    assert found_in("lib/auth.ts", "const DUMMY_HASH = bcrypt.hashSync('dummy-for-timing', 10)\n") == []
    assert found_in("scripts/seed-staging.ts", f"const hash = bcrypt.hashSync('{WORD}', 10)\n") == []
