"""Columns that give power, money, a plan or trust can no longer be set by the people whom they are about.

A trigger puts the old value back (in a new row the default) when a visitor or a user who is signed in changes them.
The server's key, functions that run with their owner's rights, other triggers, and the staff whom the app's rules know
go on writing them. Nothing is done where a function with the caller's own rights writes them for him; in a new row a
column that needs a value and has no default stays free.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.patch import Todo
from apprescue.model.place import PolicyPlace
from apprescue.source.guard_sql import Pinned, choices_of, guarding, set_with_callers_rights
from apprescue.source.meant_rules import Ground, pages_asking, policy_of, staff_condition
from apprescue.source.new_migration import new_migration
from apprescue.source.sql_access import ways_in
from apprescue.source.sql_rights import writing


@fix("access/self_promotion", title="Keep columns that give power out of users' hands")
def pin_columns(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration with the trigger and its function."""
    places = [place for place in (finding.place, *finding.related) if isinstance(place, PolicyPlace) and place.column]
    relation = catalog.relation(places[0].table) if places else None
    if relation is None:
        return
    ground = Ground(app, catalog, intent)
    names = list(dict.fromkeys(place.column for place in places if place.table == relation.name))
    if set_with_callers_rights(ground.schema, relation, names):
        return
    pinned = _pinned(ground, relation, names, places)
    up, down = guarding(catalog, relation, pinned)
    told = ", ".join(names)
    why = f"Users could set {told} in their own rows of {relation.name}; now only the server and the staff can."
    yield from new_migration(app, f"keep {relation.name.rpartition('.')[2]} columns", why, up, down, [relation.name])
    if not pinned.unless:
        yield from _told(app, relation, names)


def _told(app: App, relation: Relation, names: list[str]) -> Iterator[Todo]:
    told: dict[str, list[str]] = {}
    for query in pages_asking(app, relation.name, "update"):
        written = [name for name in names if name in ((query.written and query.written.fields) or {})]
        told.setdefault(", ".join(written), []).append(f"{query.place.path}:{query.place.line}")
    for columns, places in told.items():
        if columns:
            yield Todo(
                f"{', '.join(dict.fromkeys(places))} sets {columns} from the visitor's browser. It stays as it was "
                "from now on: let a server function set it, after it has checked what it is told."
            )


def _pinned(ground: Ground, relation: Relation, names: list[str], places: list[PolicyPlace]) -> Pinned:
    """What is kept, and from whom: where a firm sets it for the people whom it engaged, from those people alone."""
    meant, schema = ground.intent.of(relation.name), ground.schema
    columns = [one for one in relation.columns if one.name in names]
    staff = staff_condition(schema, relation.name, triggered=True)
    if meant.granted:
        rules = [one for one in relation.policies if one.name in {place.policy for place in places}]
        held = {name for rule in rules for way in ways_in(policy_of(relation, rule), schema) for name in way.owners}
        return Pinned(columns, (), staff, subjects=sorted(held))
    asking = [*pages_asking(ground.app, relation.name, "insert")]
    plain = {name: choices_of(ground.catalog, relation, name) for name in names if meant.kinds.get(name) == "role"}
    least = {name: some[0] for name, some in plain.items() if some}
    chosen = {name for name in least for one in asking if name in ((one.written and one.written.fields) or {})}
    table = schema.table(relation.name)
    added = columns if table and next(writing(schema, table, "insert"), None) else []
    return Pinned(columns, added, staff, {name: plain[name] for name in chosen}, least)
