"""Columns that give power, money, a plan or trust can no longer be set by the people whom they are about.

A trigger puts the old value back (in a new row the default) when a visitor or a user who is signed in changes them.
The server's key, functions that run with their owner's rights, other triggers, and the staff whom the app's rules know
go on writing them. Nothing is done where a function with the caller's own rights writes them for him; in a new row a
column that needs a value and has no default stays free.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.patch import Todo
from apprescue.model.place import PolicyPlace
from apprescue.source.guard_sql import Pinned, guarding, set_with_callers_rights
from apprescue.source.meant_rules import Ground, pages_asking, staff_condition
from apprescue.source.new_migration import new_migration


@fix("access/self_promotion", title="Keep columns that give power out of users' hands")
def pin_columns(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration with the trigger and its function."""
    places = [place for place in (finding.place, *finding.related) if isinstance(place, PolicyPlace) and place.column]
    relation = catalog.relation(places[0].table) if places else None
    if relation is None:
        return
    ground = Ground(app, catalog, intent)
    names = list(dict.fromkeys(place.column for place in places if place.table == relation.name))
    columns = [one for one in relation.columns if one.name in names]
    added = {claim.column for claim in finding.claims if claim.operation == "insert"}
    if set_with_callers_rights(ground.schema, relation, names):
        return
    staff = staff_condition(ground.schema, relation.name, triggered=True)
    up, down = guarding(catalog, relation, Pinned(columns, [one for one in columns if one.name in added], staff))
    told = ", ".join(names)
    why = f"Users could set {told} in their own rows of {relation.name}; now only the server and the staff can."
    yield from new_migration(app, f"keep {relation.name.rpartition('.')[2]} columns", why, up, down, [relation.name])
    for query in pages_asking(app, relation.name, "update"):
        written = [name for name in names if query.written and name in (query.written.fields or {})]
        if written:
            yield Todo(
                f"{query.place.path}:{query.place.line} sets {', '.join(written)} from the visitor's browser. It stays "
                "as it was from now on: let a server function set it, after it has checked what it is told."
            )
