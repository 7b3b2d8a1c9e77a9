"""All your users are signed out whenever the app restarts, and at random when it runs twice.

What we look at: secrets that sign logins and that are made up by a random generator when no setting is there.

Why it matters: each start and each instance makes another secret. Nobody notices on one machine; after launch, logins
made by one instance are refused by the next, and every deployment signs everybody out.

How to repair: read the secret from a setting and refuse to start in production where it is missing.

When it is fine: in development and tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.quiet import is_test
from apprescue.source.sides import side_of

_MADE = re.compile(
    r"(?:process\.env\.|Deno\.env\.get\(['\"]|os\.(?:getenv|environ\.get)\(['\"])(?P<name>\w*(?:SECRET|JWT|SESSION|SIGNING)\w*)"
    r"['\")]*!?\s*(?:\|\||\?\?|,|\bor\b)\s*(?:[\"'`][^\"'`\n]*[\"'`]\s*\+\s*)?(?:await\s+)?"
    r"(?:crypto\.)?(?:randomBytes|randomUUID|secrets\.token_\w+|secrets\.token|os\.urandom|uuid4|uuid\.uuid4|uuidv4|nanoid|Math\.random)\("
)


@check(
    severity=Severity.MEDIUM,
    impact=Impact.ONBOARDING,
    cwe=("CWE-1188", "CWE-330"),
    owasp=("A02:2025", "A07:2025"),
)
def secret_made_at_start(app: App) -> Iterator[Seen]:
    """One sighting for each such secret."""
    for path, text in app.files.items():
        if path.endswith((".ts", ".js", ".mjs", ".cjs", ".py")) and (
            "andom" in text or "secrets." in text or "uuid" in text
        ):
            for found in _MADE.finditer(text) if not is_test(path) and side_of(path, app.files) == "server" else ():
                line = text.count("\n", 0, found.start()) + 1
                yield Seen(Code(path, line), f"Where {found['name']} is not set, each start makes up another one.")
