"""A function that sends money for others makes the idempotency key from the payout's id that its callers hand it.

Done where every caller gives that id among the metadata, and the function hands the metadata on to Stripe as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.stripe_calls import keyed, sending

_ONE = re.compile(r"(?i)^(?:payout|withdrawal|transfer|payment|refund)_?id$")


@fix("input/payout_without_idempotency", title="Make the idempotency key from the payout's id")
def key_by_payout_id(finding: Finding, app: App) -> Changes:
    """The key at each call of the file, or nothing where one caller gives no id."""
    edits, named = [], False
    for place in (code_of(one) for one in (finding.place, *finding.related)):
        file = hand(app, place.path) if place else None
        call = sending(file, place) if file and place else None
        function = file.function(call) if file and call else None
        if file is None or call is None or function is None or not _hands_on(function, call):
            return
        given = [_id(node) for node in _calls(app, function.name)]
        names = {name for name in given if name}
        if "" in given or len(names) > 1:
            return
        named = named or bool(names)
        name = next(iter(names), "payoutId")
        kind = dotted(call.callee).split(".")[-2].removesuffix("s")
        edits.append(keyed(file, call, f"metadata.{name} ? `{kind}-${{metadata.{name}}}` : undefined"))
    if named:
        yield from edits


def _hands_on(function: t.Function, call: t.Call) -> bool:
    """Whether the function's only parameter is taken apart, with metadata in it that goes to Stripe as it is."""
    taken = function.params[0].target if len(function.params) == 1 else None
    sent = call.args[0].get("metadata") if call.args and isinstance(call.args[0], t.Object) else None
    parts = [key for key, _ in taken.entries] if isinstance(taken, t.Object) else []
    return bool(function.name) and "metadata" in parts and isinstance(sent, t.Name) and sent.id == "metadata"


def _calls(app: App, name: str) -> Iterator[t.Call]:
    for path, text in app.files.items():
        if f"{name}(" in text and (file := hand(app, path)) is not None:
            yield from _named(file, name)


def _named(file: Handwriting, name: str) -> Iterator[t.Call]:
    return (n for n in file.nodes if isinstance(n, t.Call) and dotted(n.callee).rpartition(".")[2] == name)


def _id(call: t.Call) -> str:
    """What a caller calls the payout's id in the metadata."""
    given = call.args[0].get("metadata") if call.args and isinstance(call.args[0], t.Object) else None
    names = [key for key, _ in given.entries if isinstance(key, str)] if isinstance(given, t.Object) else []
    return next((name for name in names if _ONE.match(name)), "")
