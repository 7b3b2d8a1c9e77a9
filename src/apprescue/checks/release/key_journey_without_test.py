"""The ways in which your app earns money can break without anybody noticing.

What we look at: what the app does that must not break (signing in, paying, being paid out), and whether any test names
it; the tests that our repairs leave behind only watch lines and do not count.

Why it matters: every change, also one by an AI builder, can break one of them. Without a test the first to notice is
a customer who cannot pay, and most leave without telling you.

How to repair: write one test for each of these ways, from the first click to the row in the database, and run them on
every change.

When it is fine: the tests stand in another repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code, Setting
from apprescue.source.quiet import is_test
from apprescue.source.texts import has_any
from apprescue.source.tripwire import is_tripwire

_CODE = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".py")
# what a text must hold (in small letters), what does it, and what a test of it names
_JOURNEYS = {
    "signing in": (
        ("signin", "sign_in", "sign-in", "signup(", "/login", "/auth/"),
        re.compile(r"signInWith|sign_in_with|signUp\(|/(?:login|sign-?in)\b|/auth/"),
        re.compile(r"(?i)log-?_?in|sign-?_?in|sign-?_?up|auth"),
    ),
    "paying": (
        ("checkout", "paymentintents.create", "orders.create", "/create-payment"),
        re.compile(r"(?i)checkout\.sessions\.create|paymentIntents\.create|orders\.create|/checkout\b|/create-payment"),
        re.compile(r"(?i)checkout|payment|pay\b|purchase|order"),
    ),
    "being paid out": (
        ("transfers.create", "payout"),
        re.compile(r"(?i)transfers\.create|payouts\.create|/(?:request-|process-)?payouts?\b"),
        re.compile(r"(?i)payout|transfer|withdraw"),
    ),
}


@check(
    severity=Severity.LOW,
    impact=Impact.BLINDNESS,
    cwe=("CWE-1053",),
    owasp=("A08:2025",),
)
def key_journey_without_test(app: App) -> Iterator[Seen]:
    """One sighting for the app, with the ways that no test names."""
    code = {path: text for path, text in app.files.items() if path.endswith(_CODE)}
    tests = "\n".join(f"{path}\n{text}" for path, text in code.items() if is_test(path) and not is_tripwire(path))
    rest = [(path, text) for path, text in code.items() if not is_test(path)]
    places: dict[str, Code] = {}
    for way, (signs, does, tested) in _JOURNEYS.items():
        if not tested.search(tests):
            hits = ((p, m) for p, text in rest if has_any(text.lower(), signs) and (m := does.search(text)))
            path, hit = next(hits, ("", None))
            if hit is not None:
                places[way] = Code(path, code[path].count("\n", 0, hit.start()) + 1)
    if places:
        anchor = Code("package.json") if "package.json" in app.files else next(iter(places.values()))
        detail = f"No test in the repository names {', '.join(places)}."
        yield Seen(Setting("tests of key journeys", anchor), detail, related=tuple(places.values()))
