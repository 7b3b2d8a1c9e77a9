"""A form no longer takes a role that has power over others, nor a balance or a flag that only your code may set.

A role keeps its other values: the serializer gets a `validate_role` that refuses those for admins, staff and the like,
unless the row has it already. Other rights become read-only. Left are roles whose values the app does not list, and
those that people may be meant to choose, such as an owner's.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.serializers import meta_of, powers_of, rights_taken, settings_of

_SURE = re.compile(r"(?i)admin|staff|super|moderat|root")
_KIND = re.compile(r"(?i)role|type")


@fix("access/rights_left_writable", title="Take no rights from the request", safety=Safety.REVIEW)
def refuse_rights(finding: Finding, app: App) -> Changes:
    """The edits of the serializer for all rights that it takes; none where one of them is not sure."""
    place = next((one for one in finding.related if isinstance(one, Code)), None)
    file = hand(app, place.path) if place else None
    classes = [n for n in file.nodes if isinstance(n, t.Class)] if file else []
    node = next((n for n in classes if place and n.line == place.line), None)
    meta = meta_of(node) if node else None
    if file is None or node is None or meta is None:
        return
    closed: list[str] = []
    rows: list[str] = []
    for field in rights_taken(app, node):
        powers = powers_of(app, field)
        if _KIND.search(field):
            if not powers or not all(map(_SURE.search, powers)) or not _raises(file, node):
                return
            rows += ["", *_refusal(file, node, field, powers)]
        elif field in settings_of(node):
            return
        else:
            closed.append(field)
    edit = _read_only(file, meta, closed) if closed else None
    if closed and edit is None:
        return
    if edit:
        yield edit
    if rows:
        yield file.after(meta, *rows)


def _raises(file: Handwriting, node: t.Class) -> str:
    """How the file names DRF's refusal, by the serializer's base."""
    base = node.bases[0] if node.bases else None
    return f"{file.of(base.object)}.ValidationError" if isinstance(base, t.Member) else ""


def _refusal(file: Handwriting, node: t.Class, field: str, powers: list[str]) -> list[str]:
    listed = ", ".join(map(file.said, powers)) + ("," if len(powers) == 1 else "")
    has = f"getattr(self.instance, {file.said(field)}, None)"
    return [
        f"def validate_{field}(self, value):",
        f"{file.step}if value in ({listed}) and value != {has}:",
        f"{file.step}{file.step}raise {_raises(file, node)}({file.said('This cannot be chosen.')})",
        f"{file.step}return value",
    ]


def _read_only(file: Handwriting, meta: t.Class, names: list[str]) -> Edit | None:
    """The fields among `read_only_fields`, in a list that is there or in a new one."""
    given = settings_of(meta)
    listed = given.get("read_only_fields")
    said = ", ".join(map(file.said, names))
    if isinstance(listed, t.Array):
        return file.at(listed.items[-1].end, f", {said}") if listed.items else None
    last = given.get("fields")
    if listed is not None or last is None:
        return None
    return file.after(file.statement(last), f"read_only_fields = [{said}]")
