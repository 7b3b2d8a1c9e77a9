"""The question whose a row is, in the words of the library that a handler asks its database with.

`owner_test` gives the lines that load the owner, the test that finds somebody else, and what must be imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from apprescue.model.app import App
from apprescue.source.asked_rows import AskedRow
from apprescue.source.drizzle_names import drizzle_names, table_called
from apprescue.source.handled import Handled, parsed
from apprescue.source.imports import Needed, imported
from apprescue.source.owner_path import Way, same_name, shared_through, told_owner, way_to_owner
from apprescue.source.prisma_names import relation_of
from apprescue.source.project import SCRIPTS
from apprescue.source.staff_words import unless_staff
from apprescue.source.style import Style, style_of

OWNED = "owned"


@dataclass(frozen=True)
class OwnerTest:
    """Lines that load a row's owner, the test that finds somebody else than him, and what both need."""

    load: tuple[str, ...]
    test: str
    needed: tuple[Needed, ...] = ()


def owner_test(app: App, handled: Handled, asked: AskedRow, caller: str) -> OwnerTest | None:
    """The question of one query's row, with the name `OWNED` for what is loaded; None where nobody alone owns it."""
    table = asked.query.table
    way = way_to_owner(app, table) or told_owner(app, table)
    if way is None:
        return None
    staff = unless_staff(app, caller, handled.cut(handled.node))
    if same_name(asked.column, way.steps[0][1]):
        if len(way.steps) == 1:
            return OwnerTest((), f"{asked.id} !== {caller}{staff}")
        way = Way(way.steps[1:])
        asked = replace(asked, column="id")
    elif not same_name(asked.column.strip("_"), "id"):
        return None
    reads = asked.query.operation == "select"
    hangs_on = reads or len(way.steps) > 1
    if hangs_on and any(shared_through(app, one, not reads) for one, _ in way.steps):
        return None
    outside = asked.query.place.path != handled.path and not asked.wrapped
    if not asked.database or (outside and not asked.needed):
        return None
    write = {"drizzle": _drizzle, "prisma": _prisma, "supabase": _supabase, "mongo": _mongo, "sql": _sql}
    made = write[asked.query.library](app, asked, way, OWNED) if asked.query.library in write else None
    if made is None:
        return None
    load, owner, needed = made
    alike = asked.query.library in ("mongo", "sql")
    test = f"String({owner}) !== String({caller})" if alike else f"{owner} !== {caller}"
    return OwnerTest(tuple(load), f"{test}{staff}", (*asked.needed, *needed))


_Made = tuple[list[str], str, list[Needed]]


def _drizzle(app: App, asked: AskedRow, way: Way, name: str) -> _Made | None:
    names = drizzle_names(app.files)
    tables = [table_called(names, table) for table, _ in way.steps]
    if not all(tables):
        return None
    known = [one for one in tables if one is not None]
    columns = [one.property_of(column) for one, (_, column) in zip(known, way.steps, strict=True)]
    if not all(columns) or not all(one.property_of("id") for one in known):
        return None
    first, last = known[0], known[-1]
    joins = [
        f"  .innerJoin({parent.variable}, eq({child.variable}.{column}, {parent.variable}.{parent.property_of('id')}))"
        for child, parent, column in zip(known, known[1:], columns, strict=False)
    ]
    load = [
        f"const [{name}] = await {asked.database}",
        f"  .select({{ {columns[-1]}: {last.variable}.{columns[-1]} }})",
        f"  .from({first.variable})",
        *joins,
        f"  .where(eq({first.variable}.{first.property_of('id')}, {asked.id}));",
    ]
    path = asked.query.place.path
    top = parsed(path, app.files[path])
    needed = [imported(one, path, top, path) for one in ("eq", *(one.variable for one in known))]
    if not all(needed):
        return None
    return load, f"{name}?.{columns[-1]}", [one for one in needed if one is not None]


def _prisma(app: App, asked: AskedRow, way: Way, name: str) -> _Made | None:
    relations = [relation_of(app.files, table, column) for table, column in way.steps[:-1]]
    if not all(relations):
        return None
    taken = f"{way.owner[1]}: true"
    for relation in reversed(relations):
        taken = f"{relation}: {{ select: {{ {taken} }} }}"
    model = asked.query.step.name.split(".")[-2]
    if len(way.steps) and not same_name(model, way.steps[0][0]) and not same_name(asked.query.table, way.steps[0][0]):
        model = way.steps[0][0][:1].lower() + way.steps[0][0][1:]
    key = "id" if asked.id == "id" else f"id: {asked.id}"
    load = [
        f"const {name} = await {asked.database}.{model}.findFirst({{",
        f"  where: {{ {key} }},",
        f"  select: {{ {taken} }},",
        "});",
    ]
    owner = "?.".join((name, *relations, way.owner[1]))
    return load, owner, []


def _supabase(app: App, asked: AskedRow, way: Way, name: str) -> _Made | None:
    (table, column), further = way.steps[0], way.steps[1:]
    if further:
        return None
    style = style_of(app.files[asked.query.place.path], asked.query.place.path)
    load = [
        f"const {{ data: {name} }} = await {asked.database}",
        f"{style.step}.from({style.text(table)})",
        f"{style.step}.select({style.text(column)})",
        f"{style.step}.eq({style.text('id')}, {asked.id})",
        f"{style.step}.maybeSingle(){style.end}",
    ]
    return load, f"{name}?.{column}", []


def _mongo(app: App, asked: AskedRow, way: Way, name: str) -> _Made | None:
    """Of a Mongoose model, or of a collection of the driver's."""
    (_, column), further = way.steps[0], way.steps[1:]
    rows, _, _ = asked.call.rpartition(".")
    if further or not rows or "\n" in rows:
        return None
    style = style_of(app.files[asked.query.place.path], asked.query.place.path)
    if "collection(" in rows:
        asks = f"findOne({{ _id: {asked.id} }}, {{ projection: {{ {column}: 1 }} }})"
    else:
        asks = f"findById({asked.id}).select({style.text(column)})"
    return [f"const {name} = await {rows}.{asks}{style.end}"], f"{name}?.{column}", []


def _sql(app: App, asked: AskedRow, way: Way, name: str) -> _Made | None:
    """In the words of pg, mysql2, better-sqlite3, Neon or postgres.js."""
    path, step = asked.query.place.path, asked.carrier
    style, typed = style_of(app.files[path], path), path.endswith((".ts", ".tsx"))
    (first, _), (last, column) = way.steps[0], way.owner
    joins = [
        f" JOIN {parent} ON {parent}.id = {child}.{key}"
        for (child, key), (parent, _) in zip(way.steps, way.steps[1:], strict=False)
    ]
    asks = f"SELECT {last}.{column} FROM {first}{''.join(joins)} WHERE {first}.id = "
    asks = asks if joins else f"SELECT {column} FROM {first} WHERE id = "
    if asked.wrapped:
        return _wrapped(app, asked, asks, name, column, style)
    if step.startswith("pg.") and asked.call.endswith(".query"):
        text = style.text(f"{asks}$1")
        row = f"const {{ rows: [{name}] }} = await {asked.call}({text}, [{asked.id}]){style.end}"
    elif step.startswith("mysql2/promise") and asked.call.endswith((".query", ".execute")):
        kind, text = "<any[]>" if typed else "", style.text(f"{asks}?")
        row = f"const [[{name}]] = await {asked.call}{kind}({text}, [{asked.id}]){style.end}"
    elif step.startswith("better-sqlite3") and asked.call.endswith(".prepare"):
        kind, text = f" as {{ {column}: unknown }} | undefined" if typed else "", style.text(f"{asks}?")
        row = f"const {name} = {asked.call}({text}).get({asked.id}){kind}{style.end}"
    elif re.match(r"(?:@neondatabase/serverless|postgres|@vercel/postgres)\b", step) and asked.call.isidentifier():
        row = f"const [{name}] = await {asked.call}`{asks}${{{asked.id}}}`{style.end}"
        row = row.replace("const [", "const { rows: [").replace("] =", "] } =") if step.startswith("@vercel") else row
    else:
        return None
    return [row], f"{name}?.{column}", []


def _wrapped(app: App, asked: AskedRow, asks: str, name: str, column: str, style: Style) -> _Made | None:
    """By a function of the app's own, whose answer is taken apart as the app takes it apart elsewhere."""
    texts = [text for path, text in app.files.items() if path.endswith(SCRIPTS) and asked.call in text]
    ways = {way for text in texts for way in _taken_apart(text, rf"await\s+{re.escape(asked.call)}\b")}
    if ways not in ({"rows"}, {"list"}):
        return None
    mark = "$1" if "$1" in asked.query.sql else "?"
    row = f"{{ rows: [{name}] }}" if ways == {"rows"} else f"[{name}]"
    load = f"const {row} = await {asked.call}({style.text(asks + mark)}, [{asked.id}]){style.end}"
    return [load], f"{name}?.{column}", []


def _taken_apart(text: str, call: str) -> Iterator[str]:
    """How a text takes apart what a call answers: its `rows`, or as a list."""
    if re.search(rf"\{{\s*rows\b[^}}]*\}}\s*=\s*{call}|\({call}[^;]*?\)\)\.rows\b", text):
        yield "rows"
    if re.search(rf"(?:const|let)\s+\[[^=;]*\]\s*=\s*{call}", text):
        yield "pairs"
    for kept in re.finditer(rf"(?:const|let)\s+(\w+)[^=\n;]*=\s*{call}", text):
        if re.search(rf"\b{kept[1]}\.rows\b", text):
            yield "rows"
        elif re.search(rf"\b{kept[1]}(?:\[\d|\.(?:length|map)\b)", text):
            yield "list"
