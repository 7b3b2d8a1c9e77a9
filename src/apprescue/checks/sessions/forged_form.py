"""Another website can send your forms in your users' name.

What we look at: apps that show pages and know their users by a cookie, whose addresses for sending forms ask for no
token that only your own pages hold, and whose cookie is not kept to your site.
Why it matters: a page that your user visits sends a form to your app; his browser adds the cookie, and the app does
what the form says: changes the address, the password, the account to pay to.
How to repair: use the framework's protection (Flask-WTF's `CSRFProtect`, Django's middleware, `csrf-csrf` or
`csrf-sync` for Express), and set `sameSite: "lax"` on the session's cookie.
When it is fine: APIs that read JSON alone or a token from a header; sessions whose cookie says `sameSite`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step
from apprescue.source.quiet import is_test
from apprescue.source.remarks import without_remarks
from apprescue.source.routes import WRITES, head, queries_of

_KEEPS = re.compile(r"^(?:express-session|cookie-session|flask_login\.\w+|flask\.session)")
_SHOWS = re.compile(r"^(?:response\.render|flask\.render_template\w*)$")
_PROTECTS = re.compile(r"(?i)csurf|csrf|xsrf|same-?_?site|SeaSurf|lusca|validate_on_submit|Sec-Fetch-Site")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-352",),
    owasp=("A01:2025", "A07:2025"),
)
def forged_form(app: App) -> Iterator[Seen]:
    """One sighting for the whole app, at its first such address."""
    steps = [s for t in app.traces if t.side == "server" for s in t.steps]
    if not any(map(_keeps, steps)) or not any(_SHOWS.match(s.name) for s in steps) or _protected(app):
        return
    written = {r for r, qs in queries_of(app).items() if any(q.operation in WRITES for q in qs)}
    sent = [r for r in app.routes if _takes_form(r) and str(r) in written]
    for route in sent:
        detail = f"{route} changes data for whoever the cookie names, also where another site sent the form."
        yield Seen(head(route), detail, cause="forms without a token")


def _keeps(step: Step) -> bool:
    return bool(_KEEPS.match(step.name)) or step.name in ("session.get", "flask_login.login_user")


def _takes_form(route: Route) -> bool:
    return route.method in ("POST", "ANY", "PUT", "DELETE") and any(g.kind in ("login", "role") for g in route.guards)


def _protected(app: App) -> bool:
    """Whether the code itself, its remarks aside, names a protection."""
    endings = (".py", ".js", ".ts", ".mjs", ".cjs")
    code = ((path, text) for path, text in app.files.items() if path.endswith(endings) and not is_test(path))
    return any(_PROTECTS.search(text) and _PROTECTS.search(without_remarks(text, path)) for path, text in code)
