"""The key by which a provider knows a payout stays the same at every try: the clock and chance are taken out of it.

Done where the key's text holds the payout's own id beside them. A PayPal batch is sent with that key as its request id
too, so that a second try gets the answer of the first one. A key that only the clock makes different is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.payout_key import names_payout

_KEYS = ("idempotencyKey", "idempotency_key", "Idempotency-Key", "idempotency-key", "reference", "sender_batch_id")
_CHANGES = re.compile(r"^(?:new )?Date\b|Date\.now|random|uuid|nanoid|^time\.time|datetime\.|timestamp|^now$", re.I)
_BATCH, _REQUEST = "sender_batch_id", "PayPal-Request-Id"


@fix("input/payout_without_idempotency", title="Keep the payout's key the same at every try", safety=Safety.REVIEW)
def steady_payout_key(finding: Finding, app: App) -> Changes:
    """The key without the clock, and PayPal's request id."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    call = next((c for c in file.calls(place) if c.args), None) if file and place else None
    if file is None or call is None:
        return
    for name, value in _given(file, call):
        text = _meant(file, value, call)
        steady = _steady(file, text) if name in _KEYS and isinstance(text, t.Template) else ""
        if steady:
            yield file.instead(text, steady)
            headers = _headers(call) if name == _BATCH else None
            if headers and _REQUEST not in file.of(call):
                sent = file.of(value) if text is not value else steady
                last = headers.entries[-1][1]
                gap = f"\n{file.indent(last)}" if last.line > headers.line else " "
                yield file.at(last.end, f",{gap}{file.said(_REQUEST)}: {sent}")
            return


def _given(file: Handwriting, call: t.Call) -> Iterator[tuple[str, t.Node]]:
    """What a call is given by name, also in what was put together before."""
    roots = [*call.args, *(_meant(file, n, call) for arg in call.args for n in arg.walk() if isinstance(n, t.Name))]
    for root in roots:
        for node in root.walk():
            if isinstance(node, t.Object):
                yield from ((key, value) for key, value in node.entries if isinstance(key, str))


def _meant(file: Handwriting, node: t.Node, at: t.Node) -> t.Node:
    function = file.function(at)
    if not isinstance(node, t.Name) or function is None:
        return node
    given = [
        one.value
        for one in function.walk()
        if isinstance(one, t.Assign) and one.value is not None and one.end <= at.start
        if isinstance(one.target, t.Name) and one.target.id == node.id
    ]
    return given[0] if len(given) == 1 else node


def _steady(file: Handwriting, text: t.Template) -> str:
    """The text without what changes; empty where nothing does, or where nothing else names the payout."""
    kept: list[str] = []
    rest: list[t.Node] = []
    for piece in text.pieces:
        if isinstance(piece, t.Literal):
            kept.append(str(piece.value))
        elif _CHANGES.search(file.of(piece)):
            kept = [*kept[:-1], kept[-1].rstrip("_-:")] if kept else kept
        else:
            rest.append(piece)
            kept.append(f"{{{file.of(piece)}}}" if file.is_python else f"${{{file.of(piece)}}}")
    if len(rest) == sum(not isinstance(one, t.Literal) for one in text.pieces):
        return ""
    if not any(names_payout(one) for one in rest):
        return ""
    return f'f"{"".join(kept)}"' if file.is_python else f"`{''.join(kept)}`"


def _headers(call: t.Call) -> t.Object | None:
    options = call.args[1] if len(call.args) > 1 and dotted(call.callee) == "fetch" else None
    found = options.get("headers") if isinstance(options, t.Object) else None
    return found if isinstance(found, t.Object) and found.entries else None
