"""A page on a developer's own computer may call your live app with your users' logins.

What we look at: lists of allowed origins that name `localhost` beside real addresses, whatever the environment.

Why it matters: little, as long as nobody runs a strange page locally; but a program on the user's computer that
answers on that port is then treated as your own site. It also shows that development and production share settings.

How to repair: read the list from a setting by environment, and name `localhost` in development only.

When it is fine: the list is chosen by the environment, or `localhost` is added only outside of production.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity

_LOCAL = re.compile(r"^https?://(?:localhost|127\.0\.0\.1)(?::\d+)?/?$")
_BY_ENVIRONMENT = re.compile(r"NODE_ENV|ENVIRONMENT|APP_ENV|DEBUG|isDev|is_dev|isProd|development|production")


@check(
    severity=Severity.LOW,
    impact=Impact.DATA,
    cwe=("CWE-942",),
    owasp=("A02:2025", "API8:2023"),
)
def localhost_origin(app: App) -> Iterator[Seen]:
    """One sighting for each rule that names both."""
    for rule in app.cors:
        local = [o for o in rule.origins if _LOCAL.match(o)]
        real = [o for o in rule.origins if "://" in o and not _LOCAL.match(o)]
        if local and real and rule.credentials and not _BY_ENVIRONMENT.search(app.excerpt(rule.place, around=12)):
            yield Seen(rule.place, f"{local[0]} is allowed beside {real[0]}, in production too.")
