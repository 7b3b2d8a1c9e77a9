"""The redactor that repairs write into apps, run for real: no planted secret gets past it, harmless text stays."""

from __future__ import annotations

import base64
import json
import random
import shutil
import string
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apprescue.source.written import Language, written

TURNS = 3000
LETTERS, DIGITS = string.ascii_letters, string.digits
HARMLESS = (
    "Unexpected token < in JSON at position 0",
    "Bearer authentication is required",
    "Basic subscription, Basic plan",
    "max_tokens=4096",
    "at handler (file:///app/node_modules/@sentry/node@11.12.0/build/index.js:12:7)",
    "render@app.js:10:5",
    "took 1732345678901 ms, row 1234567890123456789",
    "order 2026-11-23-000123456 of 3.141592653589793",
    "trace 4bf92f3577b34da6a3ce929d0e0e4736, uuid 6f1c2b34-9a7e-4c1d-8f00-1234567890ab",
    "https://example.com:8443/path/to?page=2&sort=name",
    "password is too short", "secret: none", "Wrong password: try again", "the token expired", "api key missing",
    "Cannot read properties of undefined (reading 'email')",
    "task-scheduler-worker-17-restarted-again", "1 234 567 rows, 12.5 %", "línea única ñandú 試験 🎉",
    "SELECT id, name FROM orders WHERE total > 100 LIMIT 20",
)  # fmt: skip


def _some(dice: random.Random, alphabet: str, least: int, most: int) -> str:
    return "".join(dice.choices(alphabet, k=dice.randint(least, most)))


def _mixed(dice: random.Random, least: int, most: int) -> str:
    """Letters and digits, both in it."""
    return dice.choice(LETTERS) + dice.choice(DIGITS) + _some(dice, LETTERS + DIGITS, least - 2, most - 2)


def _card(dice: random.Random) -> str:
    digits = dice.choice(["4", "51", "55", "2221", "37", "6011"])
    digits += _some(dice, DIGITS, 14, 14)
    digits = digits[: 14 if digits.startswith("37") else 15]
    total = sum(sum(divmod(int(one) * 2, 10)) if at % 2 == 0 else int(one) for at, one in enumerate(reversed(digits)))
    digits += str(-total % 10)
    parted = dice.choice(["", " ", "-"])
    return parted.join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _jwt(dice: random.Random) -> str:
    parts = ({"alg": "HS256", "n": dice.random()}, {"sub": _mixed(dice, 8, 20), "role": "service_role"})
    told = (base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
    return ".".join((*told, _some(dice, LETTERS + DIGITS + "-_", 20, 43)))


def _email(dice: random.Random) -> str:
    who = _some(dice, LETTERS + DIGITS, 1, 12) + dice.choice(["", ".", "+", "_", "-"]) + _some(dice, LETTERS, 1, 8)
    return f"{who}@{_some(dice, string.ascii_lowercase, 2, 10)}.{dice.choice(['com', 'co.uk', 'de', 'io', 'museum'])}"


STRIPE, GITHUB = ("sk_live_", "sk_test_", "rk_live_"), ("ghp_", "gho_", "ghs_", "github_pat_")
OPENAI, SAID = ("sk-", "sk-proj-", "sk-ant-api03-"), ('{{"password":"{}"}}', "password={} ", "Password: {} ")
PEM = "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----"
MAKERS: dict[str, Callable[[random.Random], tuple[str, str]]] = {
    "email": lambda dice: _twice(_email(dice)),
    "jwt": lambda dice: _twice(_jwt(dice)),
    "card": lambda dice: _twice(_card(dice)),
    "stripe": lambda dice: _twice(dice.choice(STRIPE) + _some(dice, LETTERS + DIGITS, 10, 99)),
    "openai": lambda dice: _twice(dice.choice(OPENAI) + _mixed(dice, 24, 80)),
    "supabase": lambda dice: _twice(dice.choice(["sb_secret_", "sbp_"]) + _mixed(dice, 22, 40)),
    "github": lambda dice: _twice(dice.choice(GITHUB) + _some(dice, LETTERS + DIGITS, 36, 60)),
    "whsec": lambda dice: _twice("whsec_" + _some(dice, LETTERS + DIGITS + "+/", 24, 40)),
    "aws": lambda dice: _twice("AKIA" + _some(dice, string.ascii_uppercase + DIGITS, 16, 16)),
    "google": lambda dice: _twice("AIza" + _some(dice, LETTERS + DIGITS + "-_", 35, 35)),
    "bearer": lambda dice: _within(dice.choice(["Bearer {}", "bearer {}"]), _mixed(dice, 12, 60)),
    "basic": lambda dice: _within("Basic {}", base64.b64encode(_mixed(dice, 12, 30).encode()).decode()),
    "database": lambda dice: _within("postgresql://app:{}@db.example.com:5432/app", _mixed(dice, 8, 24)),
    "query": lambda dice: _within("/cb?access_token={}&page=2", _mixed(dice, 8, 60)),
    "password": lambda dice: _within(dice.choice(SAID), _mixed(dice, 6, 20)),
    "private key": lambda dice: _within(PEM, _mixed(dice, 64, 200)),
}
"""How a secret is made: the text in which it stands, and the part that must not be seen."""


def _twice(secret: str) -> tuple[str, str]:
    return secret, secret


def _within(text: str, secret: str) -> tuple[str, str]:
    return text.format(secret), secret


def planted(seed: int, turns: int) -> Iterator[tuple[str, str, str]]:
    """The kind of a secret, a text with it among harmless ones, and what must not be seen."""
    dice = random.Random(seed)
    for _ in range(turns):
        kind = dice.choice(list(MAKERS))
        text, secret = MAKERS[kind](dice)
        before, after = dice.choice(HARMLESS), dice.choice(HARMLESS)
        opened, closed = dice.choice([(" ", " "), (": ", ", "), ("'", "'"), ('"', '"'), ("(", ")"), ("\n", "\n")])
        yield kind, f"{before}{opened}{text}{closed}{after}", secret


def in_python(texts: Iterable[str]) -> list[str]:
    room: dict[str, Any] = {}
    exec(written("redact", "py"), room)
    return [room["redact_text"](text) for text in texts]


RUNS = """
process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map(redactText)));
"""


def in_node(texts: Iterable[str]) -> list[str]:
    if not shutil.which("node"):
        pytest.skip("node is not on this machine")
    program = written("redact", "cjs") + RUNS
    given = json.dumps(list(texts))
    ran = subprocess.run(["node", "-e", program], input=given, capture_output=True, text=True, check=True)
    told: list[str] = json.loads(ran.stdout)
    return told


@pytest.mark.parametrize("run", [in_python, in_node])
@pytest.mark.parametrize("seed", range(3))
def test_no_planted_secret_gets_past_it(run: Callable[[Iterable[str]], list[str]], seed: int) -> None:
    cases = list(planted(seed, TURNS))
    seen = [
        (kind, text, clean)
        for (kind, text, secret), clean in zip(cases, run(text for _, text, _ in cases), strict=True)
        if secret in clean or any(part in clean for part in _parts(secret))
    ]
    assert not seen, f"{len(seen)}: {seen[:3]}"


def _parts(secret: str) -> list[str]:
    """Long pieces of a secret give it away too."""
    return [secret[at : at + 16] for at in range(0, len(secret) - 15, 8)]


@pytest.mark.parametrize("run", [in_python, in_node])
def test_harmless_text_stays_as_it_is(run: Callable[[Iterable[str]], list[str]]) -> None:
    dice = random.Random(7)
    words = [" ".join(dice.choices(string.ascii_lowercase + DIGITS, k=dice.randint(1, 40))) for _ in range(500)]
    texts = [*HARMLESS, *words, *(f"id {dice.randrange(10**9, 10**13)}" for _ in range(500))]
    assert run(texts) == texts


def test_a_report_keeps_what_helps_and_nothing_else(tmp_path: Path) -> None:
    event = {
        "event_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "modules": {"cookie": "1.0.2"},
        "message": "checkout failed for ann@example.com",
        "request": {
            "method": "POST",
            "url": "https://shop.example/pay?token=abc",
            "data": {"note": "leave it at the door"},
            "cookies": {"sid": "1"},
            "headers": {"Authorization": "Bearer abc.def.ghi", "User-Agent": "Firefox", "X-Api-Key": "k"},
        },
        "user": {"id": "7", "email": "ann@example.com", "ip_address": "10.1.2.3"},
        "extra": {"dbPassword": "hunter2", "rows": 3, "card": {"number": 4242424242424242}},
        "exception": {"values": [{"value": "no", "stacktrace": {"frames": [{"lineno": 3, "vars": {"cfg": "hush"}}]}}]},
    }
    clean = {
        "event_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "modules": {"cookie": "1.0.2"},
        "message": "checkout failed for [email]",
        "request": {"method": "POST", "url": "https://shop.example/pay", "headers": {"User-Agent": "Firefox"}},
        "user": {"id": "7"},
        "extra": {"dbPassword": "[redacted]", "rows": 3, "card": "[redacted]"},
        "exception": {"values": [{"value": "no", "stacktrace": {"frames": [{"lineno": 3}]}}]},
    }
    room: dict[str, Any] = {}
    exec(written("redact", "py"), room)
    assert room["without_secrets"](json.loads(json.dumps(event))) == clean
    if shutil.which("node"):
        program = f"{written('redact', 'cjs')}\nconsole.log(JSON.stringify(withoutSecrets({json.dumps(event)})));"
        ran = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
        assert json.loads(ran.stdout) == clean


@pytest.mark.parametrize("language", ["py", "cjs"])
def test_the_programs_own_secrets_are_hidden_whatever_they_look_like(language: Language) -> None:
    program = written("redact", language)
    if language == "py":
        command = ["python3", "-c", program + "\nprint(redact_text('it is plain-words-only'))"]
    else:
        if not shutil.which("node"):
            pytest.skip("node is not on this machine")
        command = ["node", "-e", program + "\nconsole.log(redactText('it is plain-words-only'))"]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"SESSION_SECRET": "plain-words-only", "PATH": _path()}
    )
    assert ran.stdout == "it is [setting]\n"


def _path() -> str:
    return ":".join(str(Path(found).parent) for name in ("python3", "node") if (found := shutil.which(name)))
