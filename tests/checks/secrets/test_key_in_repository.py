"""Keys in any file are found once; placeholders, examples and tests are let pass."""

from __future__ import annotations

import pytest

from tests.support import audit_files

CHECK = "secrets/key_in_repository"
KEY = "sk_" + "live_" + "51Hq7Rt9xLm2VbN4kPzW8sYdU3e"


def test_a_key_in_notes_is_one_finding_for_all_its_places() -> None:
    note = f"STRIPE_SECRET_KEY={KEY}\n"
    files = {
        "DEPLOY.md": note,
        "docs/setup.md": "first\n" + note,
        "server/pay.ts": "charge(process.env.STRIPE_SECRET_KEY)\n",
    }
    found = audit_files(files, only=CHECK)
    assert [(f.severity, str(f.place), [str(p) for p in f.related]) for f in found] == [
        ("critical", "DEPLOY.md:1", ["docs/setup.md:2"])
    ]
    assert "read in server/pay.ts:1" in found[0].detail


def test_a_database_address_and_a_login_token_are_found() -> None:
    files = {
        "NOTES.md": "psql postgresql://owner:npg" + "_pT4x9qLmZ2vR@ep-blue-sea.eu.aws.neon.tech/db\n",
        "config.py": "SECRET_KEY = 'hush'\n",
    }
    assert {(f.severity, str(f.place)) for f in audit_files(files, only=CHECK)} == {
        ("critical", "NOTES.md:1"),
        ("high", "config.py:1"),
    }


def test_placeholders_examples_and_tests_are_let_pass() -> None:
    files = {
        "README.md": "STRIPE_SECRET_KEY=sk_" + "live_xxxxxxxxxxxxxxxxxxxxxxxx, AKIA" + "X" * 16 + "\n",
        "src/push.ts": "const der = pem.replace('-----BEGIN PRIVATE KEY-----', '')\n",
        "tests/pay.test.ts": f"const hook = '{KEY.replace('sk_live', 'sk_test')}'\n",
        ".env.example": "JWT_SECRET=make-your-own\n",
    }
    assert audit_files(files, only=CHECK) == []


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("postgresql://[username]:[password]@[host]:[port]/[database]", 0),
        ("postgresql://prod_user:secure_password@db.shop.dev:5432/prod", 0),
        ("postgresql://owner:npg_" + "pT4x9qLmZ2vR@db.example.com:5432/prod", 0),
        ("postgresql://owner:npg_" + "pT4x9qLmZ2vR@db.shop.dev:5432/prod", 1),
    ],
)
def test_an_address_that_shows_what_to_write(address: str, count: int) -> None:
    assert len(audit_files({"DEPLOY.md": f"Connect to {address}\n"}, only=CHECK)) == count


def test_the_name_of_a_block_is_no_value() -> None:
    text = 'resource "aws_secretsmanager_secret" "zines" {\n  name = "${var.stage}/zines"\n}\n'
    assert not audit_files({"infra/main.tf": text}, only=CHECK)


def workflow(value: str, beside: str) -> dict[str, str]:
    rows = ["jobs:", "  test:", "    env:", f"      {beside}", f"      JWT_SECRET: {value}", "    steps: []", ""]
    return {".github/workflows/ci.yml": "\n".join(rows)}


@pytest.mark.parametrize("beside", ["NODE_ENV: test", "DATABASE_URL: postgres://a:a@localhost:5432/a", "DB: app_test"])
def test_words_that_a_pipelines_tests_run_with(beside: str) -> None:
    assert not audit_files(workflow("quiet-harbour-boat", beside), only=CHECK)


def test_a_pipeline_that_releases_with_it_and_a_value_that_is_random() -> None:
    assert audit_files(workflow("quiet-harbour-boat", "NODE_ENV: production"), only=CHECK)
    assert audit_files(workflow("q8Zr2kLw9XvTn4Bd7Hs1", "NODE_ENV: test"), only=CHECK)


def test_the_name_of_a_secret_that_a_store_keeps() -> None:
    text = "check:\n  auth: Bearer {{ secrets.session }}\n  hookSecret: chat_hook_address\n"
    assert not audit_files({"ops/checks.yml": text}, only=CHECK)
    assert audit_files({"ops/checks.yml": text.replace("{{ secrets.session }}", "x")}, only=CHECK)


@pytest.mark.parametrize(
    ("value", "severities"),
    [("PASTE_TOKEN_HERE", []), ("Password123!", ["medium"]), ("q8Zr2kLw9XvTn4Bd7Hs1", ["high"])],
)
def test_a_collection_of_requests(value: str, severities: list[str]) -> None:
    text = f'{{"variable": [{{ "key": "admin_token", "value": "{value}", "type": "string" }}]}}\n'
    found = audit_files({"chat.postman_collection.json": text}, only=CHECK)
    assert [one.severity for one in found] == severities


@pytest.mark.parametrize(("word", "found"), [("click-salt", 0), ("clicked-away", 1)])
def test_a_fingerprint_is_no_signature(word: str, found: int) -> None:
    made = f'createHmac("sha256", "{word}").update(a)'
    text = f'import {{ createHmac }} from "crypto";\nexport const mark = (a) => {made};\n'
    assert len(audit_files({"server/mark.ts": text}, only=CHECK)) == found
