"""Stripe's calls that send money away, as they are written, and the idempotency key in them."""

from __future__ import annotations

from apprescue.model.patch import Edit
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted

_SENDS = ("transfers.create", "payouts.create", "refunds.create", "Transfer.create", "Payout.create", "Refund.create")


def sending(file: Handwriting, place: Code) -> t.Call | None:
    """The call at a place."""
    return next((call for call in file.calls(place) if dotted(call.callee).endswith(_SENDS)), None)


def keyed(file: Handwriting, call: t.Call, key: str) -> Edit:
    """The edit that gives the call its key: among its options, which are made where there are none."""
    if file.is_python:
        last = max([*call.args, *call.keywords.values()], key=lambda one: one.end)
        return file.at(last.end, f", idempotency_key={key}")
    options = call.args[1] if len(call.args) > 1 else None
    if options is None:
        return file.at(call.args[0].end, f", {{ idempotencyKey: {key} }}")
    if isinstance(options, t.Object) and options.entries:
        last = max((value for _, value in options.entries), key=lambda one: one.end)
        gap = f"\n{file.indent(last)}" if last.line > options.line else " "
        return file.at(last.end, f",{gap}idempotencyKey: {key}")
    spread = f"{{ ...{file.of(options)}, idempotencyKey: {key} }}"
    return file.instead(options, spread if not isinstance(options, t.Object) else f"{{ idempotencyKey: {key} }}")
