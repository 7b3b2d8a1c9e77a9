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
from apprescue.model.trace import Step
from apprescue.source import known

_ALLOWS = "dangerouslyAllowBrowser"


@check(
    severity=Severity.HIGH,
    impact=Impact.MONEY,
    cwe=("CWE-522", "CWE-798"),
    owasp=("LLM02:2025", "A02:2025"),
)
def model_call_in_browser(app: App) -> Iterator[Seen]:
    """One finding for each file."""
    seen: set[Place] = set()
    allows = {path for path, text in app.files.items() if _ALLOWS in text}
    for trace in app.traces:
        for step in trace.steps if trace.side == "browser" else ():
            allowed = step.place.path in allows and any(_ALLOWS in (v.fields or {}) for v in step.values)
            if step.place not in seen and (allowed or _direct(step)):
                seen.add(step.place)
                detail = "The model is called from the visitor's browser, with your key."
                yield Seen(step.place, detail, cause=step.place.path)


def _direct(step: Step) -> bool:
    """Whether the provider's own address is fetched."""
    return bool(step.args) and known.is_model(step) and bool(known.MODEL_URL.search(known.plain(step.args[0])))
