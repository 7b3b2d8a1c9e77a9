"""A function that sends money, and that nothing calls yet, asks whoever will call it for the idempotency key.

Done for Stripe's calls in functions whose name stands nowhere else in the app; where parameters may be left out it is
not done, since the key could be too.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.payout_key import payout_key
from apprescue.source.quiet import is_prose
from apprescue.source.stripe_calls import keyed, sending


@fix("input/payout_without_idempotency", title="Ask for the payout's key", safety=Safety.REVIEW)
def ask_for_payout_key(finding: Finding, app: App) -> Changes:
    """The parameter and the key at the call; nothing where the function is in use."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    call = sending(file, place) if file and place else None
    function = file.function(call) if file and call else None
    if file is None or call is None or function is None or finding.related or payout_key(file, call):
        return
    if function.decorators or any(step.place == place for route in app.routes for step in route.steps):
        return
    last = function.params[-1] if function.params else None
    plain = all(isinstance(p.target, t.Name) and p.default is None and not p.rest for p in function.params)
    if last is None or not plain or "?" in _head(file, function) or not _is_unused(app, function.name):
        return
    name = "idempotency_key" if file.is_python else "idempotencyKey"
    typed = ": str" if file.is_python else ": string" if file.path.endswith((".ts", ".tsx")) else ""
    gap = f"\n{file.indent(last)}" if last.line > function.line else " "
    yield file.at(last.end, f",{gap}{name}{typed}")
    yield keyed(file, call, name)


def _head(file: Handwriting, function: t.Function) -> str:
    return file.code[function.params[0].start : function.params[-1].end].decode("utf-8", "surrogatepass")


def _is_unused(app: App, name: str) -> bool:
    """Whether a function's name stands where it is made alone."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    return bool(name) and sum(len(word.findall(text)) for path, text in app.files.items() if not is_prose(path)) == 1
