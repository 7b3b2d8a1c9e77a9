"""Rows that are not there yet and could be: what somebody would add, or change his row to; tried and taken back."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from apprescue.methods.filling.composing import Plan, Values, Wish
from apprescue.methods.filling.inserting import Inserter, RefusedError, relation
from apprescue.model.database import Database, DatabaseError
from apprescue.model.rows import Person, Row

LATE = 31


def one_more(database: Database, inserter: Inserter, plan: Plan, person: Person, base: Row) -> list[Row]:
    """One more row for a person, of the kind of that which he has; where only one may be, in place of that. Between
    two people, he stands in both places where the app allows it: then whatever side adds it, he may."""
    wish = Wish(person, number=LATE, variation=dict(base.variation))
    if plan.kin.two_sided:
        with contextlib.suppress(RefusedError):
            row = inserter.added(plan, replace(wish, alone=True), keep=False)
            if row.made == "insert":
                return [row]
        inserter.forget()
    try:
        return [inserter.added(plan, wish, keep=False)]
    except RefusedError:
        inserter.forget()
    try:
        with database.undone():
            database.run(f"delete from {relation(plan.kin.table)} where {base.where}")
            return [replace(inserter.added(plan, wish, keep=False), instead_of=base.where)]
    except (RefusedError, DatabaseError):
        return []
    finally:
        inserter.forget()


def changed(database: Database, base: Row, variation: Values) -> list[Row]:
    """A person's row as a row of another kind, if the server takes the change."""
    values = tuple({**dict(base.values), **variation}.items())
    row = replace(base, values=values, variation=tuple(variation.items()), made="change", note="")
    try:
        with database.undone():
            return [row] if database.run(row.change()) == 1 else []
    except DatabaseError:
        return []
