"""Your live shop runs on the payment provider's test keys: nobody's money arrives.

What we look at: env and hosting files for production that hold a test key of a payment provider (`pk_test_`,
`sk_test_`), and code of the pages in which such a key stands instead of a setting.

Why it matters: in test mode only invented cards work. Customers' cards are declined, or an order counts as paid and
no money ever comes.

How to repair: put the live keys into the host's settings for production, and keep test keys in the development file.

When it is fine: a demo that should never take money.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code, EnvPlace
from apprescue.source.quiet import is_test
from apprescue.source.sides import side_of

_TEST_KEY = re.compile(r"\b(?:pk|sk|rk)_test_\w{8,}|\brzp_test_\w{8,}|^TEST-[\w-]{20,}")
_PRODUCTION = re.compile(
    r"(?i)(?:^|/)(?:\.env\.(?:prod(?:uction)?|live)(?:\.local)?|vercel\.json|netlify\.toml|fly\.toml|render\.yaml|app\.yaml|"
    r"wrangler\.toml|docker-compose\.prod\w*\.ya?ml)$"
)
_IN_CODE = re.compile(r"""["'`](?:pk_test_|rzp_test_)\w{8,}["'`]""")
_FALLBACK = re.compile(r"\|\||\?\?")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.MONEY,
    cwe=("CWE-1188",),
    owasp=("A02:2025",),
)
def test_key_in_production_file(app: App) -> Iterator[Seen]:
    """One sighting for each key."""
    for name in app.env_declared:
        if _PRODUCTION.search(name.place.path) and _TEST_KEY.search(name.value):
            yield Seen(EnvPlace(name.name, name.place), f"{name.name} holds a test key in {name.place.path}.")
    for path, text in app.files.items():
        if "_test_" not in text or not path.endswith((".ts", ".tsx", ".js", ".jsx")) or is_test(path):
            continue
        for found in _IN_CODE.finditer(text) if side_of(path, app.files) == "browser" else ():
            line = text.count("\n", 0, found.start()) + 1
            if not _FALLBACK.search(app.excerpt(Code(path, line))):
                detail = "A test key of the payment provider stands in the page's code."
                yield Seen(Code(path, line), detail, evidence=Evidence.SUSPECTED)
