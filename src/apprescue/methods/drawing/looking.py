"""What the server tells of a statement before it runs: the types of its parameters, the tables that it looks at, with
the rules of row level security, and which column each parameter is held against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError
from apprescue.model.plan import Plan
from apprescue.model.workload import Draw, Drawn, Standing, Statement

NAME = r'(?:"(?:[^"]|"")+"|\w+)'
COLUMN = rf"\(*({NAME})\.({NAME})\)?(?:::[a-z ]+)?\)?"
HELD = re.compile(rf"{COLUMN}\s*(<=|>=|<>|=|<|>)\s*(?:ANY \()?\(*\$(\d+)\b|\$(\d+)\)?(?:::[a-z ]+)?\)?\s*=\s*{COLUMN}")
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Look:
    """`types` has one for each parameter, empty where the server cannot say; `tables` are `schema.name`, those of the
    statement itself first. `held` are, for the number of a parameter, the columns that must be equal to it (relation
    and name)."""

    types: tuple[str, ...]
    tables: tuple[str, ...] = ()
    held: dict[int, list[tuple[str, str]]] = field(default_factory=dict)


def look(database: Database, catalog: Catalog, statement: Statement) -> Look:
    """Ask the server. Where it refuses, what the text alone tells."""
    types, plan = _prepared(database, statement)
    if plan is None:
        return Look(types, tuple(_named(catalog, statement.sql)))
    tables = [one.relation for one in plan.deep() if "." in one.relation]
    words = set(WORD.findall(statement.sql))
    called = [r for r in catalog.routines if r.name.rpartition(".")[2] in words]
    rules = " ".join(p.using + p.check for r in catalog.relations if r.name in tables for p in r.policies)
    called += [r for r in catalog.routines if f"{r.name}(" in rules or f"{r.name.removeprefix('public.')}(" in rules]
    for routine in called:
        tables += _named(catalog, routine.body)
    return Look(types, tuple(dict.fromkeys(tables)), _held(plan))


def _prepared(database: Database, statement: Statement) -> tuple[tuple[str, ...], Plan | None]:
    """The types of the parameters and a plan in which they still stand as such."""
    count = len(statement.parameters)
    given = ", ".join(parameter.type or "unknown" for parameter in statement.parameters)
    for types in ("", f"({given})") if count else ("",):
        try:
            with database.undone():
                if before := Drawn(statement, ()).before(Draw(Standing.EMPTY)):
                    database.run(before)
                database.run(f"prepare drawn{types} as {statement.sql}")
                try:
                    return _told(database, count)
                finally:
                    database.run("deallocate drawn")
        except DatabaseError:
            continue
    return tuple(parameter.type for parameter in statement.parameters), None


def _told(database: Database, count: int) -> tuple[tuple[str, ...], Plan | None]:
    nulls = f"({', '.join(['null'] * count)})" if count else ""
    plan: Plan | None = None
    try:
        with database.undone():
            database.run("set local plan_cache_mode = force_generic_plan")
            [(told,)] = database.query(f"explain (verbose, costs off, format json) execute drawn{nulls}")
            plan = Plan.of(told[0]["Plan"])
    except DatabaseError:
        pass
    database.run("set local search_path to ''")
    [(types,)] = database.query(
        "select array(select format_type(t, null) from unnest(parameter_types::oid[]) with ordinality u(t, i)"
        " order by i)::text[] from pg_prepared_statements where name = 'drawn'"
    )
    return tuple([*types, *[""] * count][:count]), plan


def _held(plan: Plan) -> dict[int, list[tuple[str, str]]]:
    """The columns that a parameter must be equal to."""
    found: dict[int, list[tuple[str, str]]] = {}
    relations = {step.alias: step.relation for step in plan.deep() if step.alias}
    for step in plan.deep():
        for _, text in step.conditions:
            for here, name, operator, number, other, there, other_name in HELD.findall(text):
                relation = relations.get(_plain(here or there))
                if relation and operator in ("=", ""):
                    place = (relation, _plain(name or other_name))
                    known = found.setdefault(int(number or other), [])
                    known += [place] if place not in known else []
    return found


def _named(catalog: Catalog, text: str) -> Iterator[str]:
    """The relations that a text names."""
    words = set(WORD.findall(text))
    return (r.name for r in catalog.relations if r.name.rpartition(".")[2] in words)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
