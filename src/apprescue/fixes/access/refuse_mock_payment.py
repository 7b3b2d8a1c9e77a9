"""An address that says of itself that its payment is a stand-in answers 501, except where the app is being developed.

For handlers of FastAPI and Express in which the app's own words (a docstring, a remark) call the payment mocked or not
real. Nothing is booked and nothing given by it any more until a real payment stands there, which a person has to put
in; a handler that says nothing of the kind is left, since what it gives may be meant to be free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.source import tree as t
from apprescue.source.env_example import named_in_example
from apprescue.source.handled import Handled, at_head, handler_of
from apprescue.source.handwriting import Handwriting
from apprescue.source.routes import head
from apprescue.source.style import style_of

_STAND_IN = re.compile(
    r"(?i)\bmocked\b|\b(?:mock|fake|dummy|demo|simulated?) (?:the )?(?:payment|purchase|charge|checkout)|"
    r"\bsimulat\w+ (?:a |the )?(?:payment|purchase|charge|checkout)|\bno real (?:payment|charge|money)|"
    r"\bin (?:a )?(?:real app|production),? (?:this |we |you )?(?:would |should )?\w* ?(?:process|charge|take|pay)"
)
_REMARK = re.compile(r"(?s)\"\"\".*?\"\"\"|'''.*?'''|/\*.*?\*/|(?:#|//)[^\n]*")
_SAID = "Payments are not set up"


@fix("access/access_without_payment", title="Give nothing for a mocked payment", safety=Safety.REVIEW)
def refuse_mock_payment(finding: Finding, app: App) -> Changes:
    """One refusal at the head of the handler."""
    for route in app.routes:
        handled = handler_of(app, route) if head(route) == finding.place else None
        if handled is None or not handled.node.body or not _stands_in(handled):
            continue
        edits = list(_in_express(handled) if handled.is_script else _in_fastapi(app, handled))
        if edits:
            yield from edits
            yield Todo(
                f"Put a real payment into {handled.path}: until then nobody can buy there outside of development."
            )


def _stands_in(handled: Handled) -> bool:
    """Whether the handler's own remarks call its payment a stand-in."""
    remarks = " ".join(_REMARK.findall(handled.cut(handled.node)))
    return bool(_STAND_IN.search(re.sub(r"\s+(?:#|//|\*)?\s*", " ", remarks)))


def _in_express(handled: Handled) -> Iterator[Edit]:
    names = [one.target.id for one in handled.node.params if isinstance(one.target, t.Name)]
    if len(names) < 2 or names[1] not in ("res", "response"):
        return
    style = style_of(handled.text, handled.path)
    said = f"{{ error: {style.text(_SAID)} }}"
    yield at_head(
        handled,
        f"if (process.env.NODE_ENV !== {style.text('development')}) {{",
        f"{style.step}return {names[1]}.status(501).json({said}){style.end}",
        "}",
    )


def _in_fastapi(app: App, handled: Handled) -> Iterator[Edit]:
    file = Handwriting(handled.path, handled.text)
    imported = {local for n in file.top if isinstance(n, t.Import) for _, local in n.names}
    if "HTTPException" not in imported:
        return
    quote = style_of(handled.text, handled.path).quote
    yield at_head(
        handled,
        f"if os.environ.get({quote}ENVIRONMENT{quote}) != {quote}development{quote}:",
        f"{file.step}raise HTTPException(status_code=501, detail={quote}{_SAID}{quote})",
    )
    yield from file.needs("os")
    yield from named_in_example(app, handled.path, ["ENVIRONMENT"], "development on a developer's machine only")
