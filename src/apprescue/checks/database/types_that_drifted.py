"""Your database is not what your migrations say.

What we look at: the types that were generated from the live database (`types.ts`), held against the database that
your migrations make when they are run: tables, columns and enums that only one of the two knows.

Why it matters: what only the types know was made by hand and stands in no migration: its rules were never reviewed and
are lost with the database. What only the migrations know never reached the live database, or the types are old and
the compiler checks your code against a database that is no longer there.

How to repair: let `supabase db diff` write what was made by hand into a migration, apply what is missing, and generate
the types anew after each migration (`supabase gen types typescript`), best in the same automatic step.

When it is fine: the types belong to another database than these migrations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code, TablePlace
from apprescue.model.rebuilt import Rebuilt
from apprescue.model.schema import Schema
from apprescue.source import supabase_types

_SHOWN = 6


@check(severity=Severity.MEDIUM, impact=Impact.ONBOARDING, cwe=["CWE-1059"], owasp=["A06:2025"])
def types_that_drifted(app: App, rebuilt: Rebuilt) -> Iterator[Seen]:
    """One finding for the whole drift; it is worse where the live database has what no migration makes."""
    generated = {p: text for p, text in app.files.items() if p.endswith(".ts") and supabase_types.is_generated(text)}
    types = supabase_types.read(generated)
    if not types.tables or not any(one.path.endswith(".sql") for one in rebuilt.files):
        return
    by_hand, not_there = _differences(types, rebuilt)
    if not by_hand and not not_there:
        return
    first = types.tables[0].place
    said = [f"The types know {_list(by_hand)}, which no migration makes."] if by_hand else []
    said += [f"The migrations make {_list(not_there)}, which the types do not know."] if not_there else []
    tables = [t.name for t in types.tables if f"table {t.name.removeprefix('public.')}" in by_hand]
    yield Seen(
        Code(first.path, first.line),
        " ".join(said),
        related=tuple(TablePlace(name) for name in tables),
        severity=Severity.MEDIUM if by_hand else Severity.LOW,
        evidence=Evidence.PROVEN,
    )


def _differences(types: Schema, rebuilt: Rebuilt) -> tuple[list[str], list[str]]:
    """What only the types know, and what only the migrations make."""
    made = {
        table: {c for c in columns if f"column {table}.{c}" not in rebuilt.guessed}
        for table, columns in rebuilt.columns.items()
        if not {f"table {table}", f"view {table}"} & rebuilt.guessed
    }
    views = {view.name for view in types.views}
    known = {table.name: {c.name for c in table.columns} for table in types.tables}
    by_hand = [f"table {_bare(t)}" for t in known if t not in made]
    by_hand += [f"column {_bare(t)}.{c}" for t in known if t in made for c in sorted(known[t] - made[t])]
    by_hand += [f"view {_bare(view)}" for view in sorted(views - set(made))]
    not_there = [f"table {_bare(t)}" for t in made if t not in known and t not in views]
    not_there += [f"column {_bare(t)}.{c}" for t in known if t in made for c in sorted(made[t] - known[t])]
    enums = {name: v for name, v in rebuilt.enums.items() if f"type {name}" not in rebuilt.guessed}
    guessed = {one.removeprefix("value ") for one in rebuilt.guessed if one.startswith("value ")}
    by_hand += [f"enum {_bare(name)}" for name in types.enums if name not in enums]
    not_there += [f"enum {_bare(name)}" for name in enums if name not in types.enums]
    for name in set(types.enums) & set(enums):
        values = {v for v in enums[name] if f"{name}.{v}" not in guessed}
        by_hand += [f"value {_bare(name)}.{v}" for v in types.enums[name] if v not in values]
        not_there += [f"value {_bare(name)}.{v}" for v in values if v not in types.enums[name]]
    return by_hand, not_there


def _bare(name: str) -> str:
    return name.removeprefix("public.")


def _list(names: Iterable[str]) -> str:
    """Some things in words, the first few by name."""
    told = list(names)
    more = len(told) - _SHOWN
    return ", ".join(told[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
