"""A stranger can have your password mails lead to his own website.

What we look at: mails with links (new password, confirmation, invitation, magic link) whose address is made from what
the request itself says of its host or origin.

Why it matters: whoever asks for a new password writes the `Host` or `Origin` header himself. Your app then mails your
customer a real link with a real token, but to the stranger's site; one click, and the stranger has the account.

How to repair: read the site's address from a setting (`APP_URL`), with no fallback to the request.

When it is fine: the header is compared with a list of your own addresses before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Value
from apprescue.source.routes import head, sends

_SAID = re.compile(r"^header\.(?:host|origin|referer|x-forwarded-host|forwarded)$", re.I)
_SETTING = re.compile(
    r"""\b(?:env\.|env\.get\(["']|environ\.get\(["']|getenv\(["']|settings\.)(\w*(?:URL|ORIGIN|HOST|DOMAIN)\w*)"""
    r"""["')]*!?\s*(?:\|\||\?\?|\bor\b)""",
    re.I,
)
_OPENS = re.compile(r"(?i)token|reset|password|verif|confirm|invit|magic|activat")


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-640", "CWE-20"),
    owasp=("A07:2025", "API2:2023"),
)
def link_from_host(app: App) -> Iterator[Seen]:
    """One sighting for each address that sends such a mail."""
    for route in app.routes:
        step = next((s for s in route.steps if sends(s) and any(map(_from_request, s.values))), None)
        if step is None or _compared(route) or not _OPENS.search(f"{route.path} {app.excerpt(route.place)}"):
            continue
        setting = _setting_first(app, route)
        detail = f"{route} mails a link whose address the caller chooses with a header"
        yield Seen(
            head(route),
            detail + (f", wherever {setting} is not set." if setting else "."),
            related=(step.place,),
            severity=Severity.LOW if setting else Severity.HIGH,
        )


def _from_request(value: Value) -> bool:
    if any(_SAID.match(o) for o in value.all_origins):
        return True
    return any(_SAID.match(o) for part in value.operands for o in part.all_origins)


def _setting_first(app: App, route: Route) -> str:
    """The setting that goes before the header (`process.env.APP_URL || request`), if there is one."""
    text = app.excerpt(route.trace.place if route.trace else route.place)
    found = _SETTING.search(text)
    return found[1] if found else ""


def _compared(route: Route) -> bool:
    """Whether a test holds the header against something."""
    tests = route.trace.tests if route.trace else []
    parts = [part for test in tests for part in (test, *test.operands)]
    asked = any(
        s.method in ("includes", "has", "some", "test") and any(map(_from_request, s.args)) for s in route.steps
    )
    return asked or any(p.op in ("in", "==", "!=", "any-of") and _from_request(p) for p in parts)
