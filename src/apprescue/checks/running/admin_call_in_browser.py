"""A button of your admin page can never work, and may leave half of its work behind.

What we look at: calls to the sign-in provider's admin functions (`supabase.auth.admin.deleteUser` and its kin) in code
that runs in the visitor's browser.

Why it matters: the provider answers such calls only to the secret key, which must not be in the browser. The call is
refused each time; what the code did before it (profiles deleted, roles changed) stays done.

How to repair: move the whole action into a server function that checks the caller's admin role and uses the secret key
there.

When it is fine: code that a server runs although it stands in the page's folder.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.source.quiet import is_test


@check(
    severity=Severity.MEDIUM,
    impact=Impact.ONBOARDING,
    cwe=("CWE-1059",),
    owasp=("A06:2025", "A10:2025"),
)
def admin_call_in_browser(app: App) -> Iterator[Seen]:
    """One finding for each file."""
    told: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps if trace.side == "browser" and not is_test(trace.place.path) else ():
            if ".auth.admin." in step.name and step.place not in told:
                told.add(step.place)
                detail = f"`{step.method}` needs the secret key, which the browser does not have: the call is refused."
                yield Seen(step.place, detail, cause=step.place.path)
