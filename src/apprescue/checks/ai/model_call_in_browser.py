"""Your AI key travels to every visitor.

What we look at: SDKs of language models that are used in the browser's code (`dangerouslyAllowBrowser`, calls to the
provider's address from a component).

Why it matters: the key is in the page; whoever opens the developer tools uses it on your bill.

How to repair: call the model from a server function that checks the login and the user's quota, and let the page call
that.

When it is fine: short-lived tokens that the server hands out for one session.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.source import known


@check(
    severity=Severity.HIGH,
    impact=Impact.MONEY,
    cwe=("CWE-522", "CWE-798"),
    owasp=("LLM02:2025", "A02:2025"),
)
def model_call_in_browser(app: App) -> Iterator[Seen]:
    """One finding for each file."""
    seen: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps if trace.side == "browser" else ():
            allowed = any("dangerouslyAllowBrowser" in (v.fields or {}) for v in step.values)
            direct = (
                known.is_model(step) and bool(step.args) and bool(known.MODEL_URL.search(known.plain(step.args[0])))
            )
            if (allowed or direct) and step.place not in seen:
                seen.add(step.place)
                yield Seen(
                    step.place, "The model is called from the visitor's browser, with your key.", cause=step.place.path
                )
