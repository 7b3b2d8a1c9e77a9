"""Whoever signs up no longer names his own rights: the function that makes his row takes none from what he sent along.

What the sign-up sends is written by the visitor himself (`raw_user_meta_data`). A role without power over others may
still be chosen there; for one that has it, and for every other right, the column's default holds.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Attribute, Catalog, Relation, Routine
from apprescue.model.database import literal
from apprescue.model.finding import Finding
from apprescue.model.place import ColumnPlace
from apprescue.source.function_sql import with_semicolon
from apprescue.source.guard_sql import choices_of
from apprescue.source.meaning import RIGHTS
from apprescue.source.new_migration import new_migration
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import power

_SENT = re.compile(r"(?i)\b(?:new|\w*user\w*)\.raw_user_meta_data\s*->>\s*'(?P<key>\w+)'")
_POWERFUL = "admin|moderator|staff|owner|super|root|manager|support"


@fix("access/own_row_overreached", title="Take no rights from what people sign up with")
def take_no_rights_at_sign_up(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration with the function that makes the row."""
    place = finding.place
    relation = catalog.relation(place.table) if isinstance(place, ColumnPlace) else None
    column = relation.column(place.column) if relation and isinstance(place, ColumnPlace) else None
    if relation is None or column is None:
        return
    made = [one for one in catalog.routines if _makes(one, relation)]
    changed = [(one, _without_rights(one, catalog, relation, column)) for one in made]
    changed = [(one, body) for one, body in changed if body != one.body]
    if changed:
        up, down = (
            "\n".join(with_semicolon(text) for text in texts) for texts in zip(*map(_both, changed), strict=True)
        )
        why = f"Whoever signed up could choose {column.name} of his row in {relation.name} himself."
        yield from new_migration(app, f"no {column.name} at sign up", why, up, down)


def _makes(routine: Routine, relation: Relation) -> bool:
    """Whether a trigger's function adds rows to a table."""
    adds = re.compile(rf"(?i)\binsert\s+into\s+(?:\"?\w+\"?\.)?\"?{re.escape(bare(relation.name))}\"?\b")
    return routine.returns == "trigger" and bool(adds.search(routine.body))


def _both(changed: tuple[Routine, str]) -> tuple[str, str]:
    routine, body = changed
    head, _, rest = routine.definition.rpartition(routine.body)
    return f"{head}{body}{rest}", routine.definition


def _without_rights(routine: Routine, catalog: Catalog, relation: Relation, column: Attribute) -> str:
    """The body that believes no right that was sent; as it is where a column that needs a value had none then."""
    sent = list(_SENT.finditer(routine.body))
    own = [one for one in sent if one["key"] == column.name] or [one for one in sent if RIGHTS.match(one["key"])]
    if not own or (column.required and not column.default) or f"case when {own[0][0]}" in routine.body:
        return routine.body
    chosen, free = choices_of(catalog, relation, column.name), power(column.name) == "role" and column.base != "boolean"
    instead = f"({column.default})::text" if column.required else "null"
    body, end = "", 0
    for one in own:
        held = f"when {one[0]} in ({', '.join(map(literal, chosen))}) then {one[0]} else {instead}"
        if not chosen:
            held = f"when {one[0]} ~* {literal(_POWERFUL)} then {instead} else {one[0]}"
        body += routine.body[end : one.start()] + (f"(case {held} end)" if free else f"({instead})")
        end = one.end()
    return body + routine.body[end:]
