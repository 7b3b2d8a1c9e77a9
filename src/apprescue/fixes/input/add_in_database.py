"""A number that was read, changed and written back by way of supabase is changed by the database in one statement.

One migration adds a function `add_to_TABLE_COLUMN(row_key, ..._change)` that only the server may call; the update
becomes its call, and what else it wrote stays an update. Done where the new value is the old one plus or minus an
amount, for one row chosen by `eq`, with the service key; code that asks as a user, or in the browser, is left. An
update that also marks something as done is left: two of them at once would then both add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.database import ident
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import Code, code_of
from apprescue.source import tree as t
from apprescue.source.delta import Delta, delta
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.new_migration import new_migration


@dataclass(frozen=True)
class _Update:
    """`client.from("table").update({...}).eq("key", value)` and the columns that it adds to."""

    file: Handwriting
    call: t.Call
    client: t.Node
    written: t.Object
    key: str
    value: t.Node
    deltas: dict[str, Delta]


@fix("input/read_then_write", title="Add to numbers in the database, in one step", safety=Safety.REVIEW)
def add_in_database(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """The function, once, and its calls."""
    places = [code for code in (code_of(one) for one in (finding.place, *finding.related)) if code is not None]
    made: dict[str, tuple[str, str]] = {}
    edits: list[Edit] = []
    for query in {(q.place, q.operation): q for q in app.queries}.values():
        if query.operation != "update" or query.as_whom != "service" or not _stands_at(query, places):
            continue
        relation = catalog.relation(query.table)
        found = _update(app, query) if relation is not None else None
        if relation is None or found is None or (sql := _function(relation, found)) is None:
            return
        name, up, down = sql
        if not any(routine.name == f"public.{name}" for routine in catalog.routines):
            made[name] = up, down
        edits += _called(found, name)
    if edits:
        yield from edits
        if made:
            yield from new_migration(
                app,
                next(iter(made)).replace("_", " "),
                "Requests at the same time undid each other here: the database adds to the old value itself now.",
                "\n".join(up for up, _ in made.values()),
                "\n".join(down for _, down in made.values()),
            )


def _stands_at(query: Query, places: list[Code]) -> bool:
    return any(query.place.path == one.path and query.place.line <= one.line <= query.place.end_line for one in places)


def _update(app: App, query: Query) -> _Update | None:
    file = hand(app, query.place.path)
    for call in file.calls(query.place) if file else ():
        links = list(_links(call))
        if links and links[-1][0] == "execute":
            links.pop()
        names = [name for name, _ in links]
        if file is None or names not in (["from", "update", "eq"], ["table", "update", "eq"]):
            continue
        (_, source), (_, update), (_, eq) = links
        written, receiver = update.args[0] if update.args else None, source.callee
        if not isinstance(written, t.Object) or len(eq.args) != 2 or not isinstance(receiver, t.Member):
            return None
        key, value = eq.args
        found = {k: d for k, v in written.entries if isinstance(k, str) and (d := delta(file, v, k)) is not None}
        marks = any(isinstance(v, t.Literal) and isinstance(v.value, str | bool) for _, v in written.entries)
        if isinstance(key, t.Literal) and found and not marks:
            return _Update(file, call, receiver.object, written, str(key.value), value, found)
    return None


def _links(node: t.Node) -> Iterator[tuple[str, t.Call]]:
    """The calls of a chain, first to last."""
    if isinstance(node, t.Call) and isinstance(node.callee, t.Member):
        yield from _links(node.callee.object)
        yield node.callee.name, node


def _function(relation: Relation, found: _Update) -> tuple[str, str, str] | None:
    """The function's name, and the statements that make it and take it away."""
    types = {column.name: re.sub(r"\(.*?\)", "", column.type) for column in relation.columns}
    if not {found.key, *found.deltas} <= types.keys() or not relation.name.startswith("public."):
        return None
    floors = all(one.floored for one in found.deltas.values())
    if not floors and any(one.floored for one in found.deltas.values()):
        return None
    table = relation.name.partition(".")[2]
    name = f"add_to_{table}_{'_and_'.join(found.deltas)}{'_above_zero' if floors else ''}"[:60]
    given = ", ".join([f"row_key {types[found.key]}", *(f"{c}_change {types[c]}" for c in found.deltas)])
    sums = {c: f"coalesce({ident(c)}, 0) + {c}_change" for c in found.deltas}
    sets = ", ".join(f"{ident(c)} = {f'greatest(0, {s})' if floors else s}" for c, s in sums.items())
    kinds = ", ".join([types[found.key], *(types[c] for c in found.deltas)])
    up = (
        f"create or replace function public.{name}({given}) returns void\n"
        f"language sql set search_path = '' as $$\n"
        f"  update {ident(relation.name)} set {sets} where {ident(found.key)} = row_key;\n$$;\n"
        f"revoke execute on function public.{name}({kinds}) from public, anon, authenticated;\n"
        f"grant execute on function public.{name}({kinds}) to service_role;"
    )
    simple = all(re.fullmatch(r"[a-z_][a-z0-9_]*", c) for c in (name, *found.deltas))
    return (name, up, f"drop function public.{name}({kinds});") if simple else None


def _called(found: _Update, name: str) -> Iterator[Edit]:
    """The call of the function, instead of the update or above it."""
    file = found.file
    named = {"row_key": file.of(found.value)} | {f"{c}_change": one.signed for c, one in found.deltas.items()}
    rows = [f"{file.said(key) if file.is_python else key}: {value}" for key, value in named.items()]
    statement = file.statement(found.call)
    margin = f"\n{file.indent(statement)}"
    space = "" if file.is_python else " "
    given = f"{{{space}{', '.join(rows)}{space}}}"
    if len(given) > 60:
        given = f"{{{margin}{file.step}{f',{margin}{file.step}'.join(rows)},{margin}}}"
    call = f"{file.of(found.client)}.rpc({file.said(name)}, {given}){'.execute()' if file.is_python else ''}"
    if len(found.deltas) == len(found.written.entries):
        yield file.instead(found.call, call)
        return
    waits = "" if file.is_python and b"await" not in file.code[statement.start : found.call.start] else "await "
    yield file.before(statement, f"{waits}{call}{file.end}")
    for start, end in _entries(found):
        yield Edit(file.path, start, end, "")


def _entries(found: _Update) -> Iterator[tuple[int, int]]:
    """Where the columns that are added to stand in what is written, with one comma each."""
    code, before, kept = found.file.code, found.written.start + 1, False
    for key, value in found.written.entries:
        comma = re.match(rb"\s*,", code[value.end :])
        end = value.end + (comma.end() if comma else 0)
        if key not in found.deltas:
            kept, before = True, value.end
        elif kept:
            yield before, value.end
            before = value.end
        else:
            yield before, end
            before = end
