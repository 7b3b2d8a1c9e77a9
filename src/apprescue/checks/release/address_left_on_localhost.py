"""Links and payments of your live app lead to a computer that is not there.

What we look at: addresses of `localhost` that the shipped code uses where no setting is given or at all: links in
mails, return addresses of payments, the API's base address; and `site_url` of the sign-in provider.

Why it matters: customers who paid or confirmed their mail land on an error page; the page calls an API on their own
computer.

How to repair: read the address from a setting that must be set in production, with no fallback to `localhost`.

When it is fine: development settings, tests, documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.sides import side_of

_LOCAL = re.compile(r"""["'`]https?://(?:localhost|127\.0\.0\.1)(?::\d+)?[^"'`\s]*["'`]""")
_FINE = re.compile(
    r"(?i)(?:^|/)(?:tests?|__tests__|e2e|scripts?|docs?|examples?)/|\.(?:test|spec|config)\.|playwright|(?:^|/)(?:vite|next)\.config"
)
_FALLBACK = re.compile(r"\|\||\?\?|getenv|environ|env\.|origin|cors|allowed", re.I)


@check(
    severity=Severity.LOW,
    impact=Impact.ONBOARDING,
    cwe=("CWE-1188",),
    owasp=("A02:2025",),
)
def address_left_on_localhost(app: App) -> Iterator[Seen]:
    """One finding for the app, with each place."""
    for path, text in app.files.items():
        if not path.endswith((".ts", ".tsx", ".js", ".jsx", ".py")) or _FINE.search(path) or "localhost" not in text:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if (
                _LOCAL.search(line)
                and not _FALLBACK.search(line)
                and not line.lstrip().startswith(("//", "#", "*", "console", "print"))
            ):
                level = Severity.MEDIUM if side_of(path, app.files) == "browser" else Severity.LOW
                yield Seen(
                    Code(path, number),
                    "This address exists only on a developer's machine.",
                    cause="localhost",
                    severity=level,
                )
