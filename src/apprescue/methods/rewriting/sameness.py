"""Whether rewrites leave everything as it is: the same rows for everybody, and the same access in every cell.

It is looked at where the few people of the access matrix stand. What mends a rule that fails for everybody may change
just that: see `mended`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from apprescue.methods.catalog import read
from apprescue.methods.rewriting import recursion
from apprescue.methods.trying.actors import claims_of, role_of
from apprescue.model.access import Access, Actor, Cell, Verdict
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError, ident, ident_of, literal
from apprescue.model.rows import Filled
from apprescue.model.tuning import Rewrite

MENDING = frozenset({recursion.KIND})
"""Rewrites that make something work which fails for everybody."""
OPEN, WRONG = (Verdict.BROKEN, Verdict.UNTESTED), (Verdict.BROKEN, Verdict.LEAK)
CIRCLES = ("42P17", "54001")

Cells = Counter[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Proving:
    """Where the few people of the access matrix stand with their rows. `matrix` tries everything there, as it is: a
    catalog goes in, what came of it out. `access` is what came of it before."""

    database: Database
    catalog: Catalog
    filled: Filled
    matrix: Callable[[Catalog], Access]
    access: Access


def mended(before: Access, after: Access) -> str:
    """What is wrong with the access that a mended rule gives; empty where nothing is.

    Something that failed for everybody must work. Only what failed, or could not be tried for that, may come out
    otherwise than it did, and never as a leak or a failure; what was not there before neither. All else stays.
    """
    was = {_name(cell): cell.verdict for cell in before.cells}
    for cell in after.cells:
        old = was.pop(_name(cell), Verdict.UNTESTED)
        if cell.verdict is not old and (old not in OPEN or cell.verdict in WRONG):
            return f"{_told(cell)}: {old} before, {cell.verdict} after"
    gone = next((name for name, verdict in was.items() if verdict not in OPEN), None)
    if gone:
        return f"{gone[3]} {gone[4]} {gone[0]} cannot be tried any more"
    failed, fails = (sum(c.verdict is Verdict.BROKEN for c in access.cells) for access in (before, after))
    return "" if fails < failed else "what failed still fails"


def changed_access(before: Access, after: Access) -> str:
    """The first cell that is another than before, in words; empty where each is the same. Functions that were not
    there may be there now, where nobody gets by them what he should not."""
    old, new = _cells(before.cells), _cells(after.cells)
    known = {cell.object for cell in before.cells}
    for cell in (*after.cells, *before.cells):
        added = cell.kind == "function" and cell.object not in known and cell.verdict not in WRONG
        if not added and new[(*_name(cell), cell.verdict)] != old[(*_name(cell), cell.verdict)]:
            was, now = (", ".join(c.verdict for c in a.cells if _name(c) == _name(cell)) for a in (before, after))
            return f"{_told(cell)}: {was or 'nothing'} before, {now or 'nothing'} after"
    return ""


def harmful(proving: Proving, rewrites: Sequence[Rewrite], beside: Sequence[Rewrite] = ()) -> dict[Rewrite, str]:
    """Those that change an answer or somebody's access, and how; found by trying all, then halves, each `beside` what
    was found to change nothing."""
    mending = any(one.kind in MENDING for one in rewrites)
    why = _complaint(proving, [*beside, *rewrites]) if rewrites and not (mending and len(rewrites) > 1) else ""
    if len(rewrites) < 2:
        return dict.fromkeys(rewrites, why) if why else {}
    if not why and not mending:
        return {}
    half = len(rewrites) // 2
    found = harmful(proving, rewrites[:half], beside)
    good = [one for one in rewrites[:half] if one not in found and not mending]
    return found | harmful(proving, rewrites[half:], [*beside, *good])


def _complaint(proving: Proving, rewrites: list[Rewrite]) -> str:
    """What some rewrites together change that they must not; empty where nothing."""
    database = proving.database
    try:
        with database.undone():
            before = dict(_seen_by_all(proving))
            for one in rewrites:
                database.run(one.up)
            after = dict(_seen_by_all(proving))
            access = proving.matrix(_with_new_functions(proving.catalog, read(database)))
            for one in reversed(rewrites):
                database.run(one.down)
            if read(database) != proving.catalog:
                return "It cannot be undone exactly."
    except DatabaseError as error:
        return f"The server refuses it: {error}"
    if rewrites[0].kind in MENDING:
        wrong = next((k for k, rows in before.items() if rows != after[k] and not isinstance(rows, str)), None)
        why = mended(proving.access, access)
    else:
        wrong = next((k for k, rows in before.items() if rows != after[k]), None)
        why = changed_access(proving.access, access)
    if wrong:
        return f"{wrong[1]} sees other rows of {wrong[0]} than before."
    return f"It changes who can do what: {why}." if why else ""


def _with_new_functions(before: Catalog, after: Catalog) -> Catalog:
    """What was there, so that the same is tried, and the functions that came."""
    known = {routine.signature for routine in before.routines}
    came = tuple(routine for routine in after.routines if routine.signature not in known)
    return replace(before, routines=(*before.routines, *came))


def _seen_by_all(proving: Proving) -> Iterator[tuple[tuple[str, Actor], Cells | str]]:
    """What each person sees of each relation: the rows, or the state of the error that he gets."""
    for relation in proving.catalog.relations:
        columns = ", ".join(f"{ident_of(column.name)}::text" for column in relation.columns) or "1"
        for actor in Actor:
            person = proving.filled.person(actor)
            if actor in (Actor.ANON, Actor.SERVICE) or person:
                role = role_of(actor)
                before = f"select {_set('role', role)}, {_set('request.jwt.claims', claims_of(actor, person))}"
                seen = answer(proving.database, before, f"select {columns} from {ident(relation.name)}")
                yield (relation.name, actor), seen if isinstance(seen, str) else Counter(seen)


def _set(name: str, value: str) -> str:
    return f"set_config({literal(name)}, {literal(value)}, true)"


def answer(database: Database, before: str, sql: str) -> list[tuple[Any, ...]] | str:
    """The rows of a statement, or the state of the error."""
    try:
        with database.undone():
            if before:
                database.query(before)
            return database.query(sql)
    except DatabaseError as error:
        return "42P17" if error.sqlstate in CIRCLES else error.sqlstate


def _name(cell: Cell) -> tuple[Any, ...]:
    return (cell.object, cell.kind, cell.column, cell.actor, cell.operation, cell.row, cell.intended)


def _cells(cells: Iterable[Cell]) -> Cells:
    return Counter((*_name(cell), cell.verdict) for cell in cells)


def _told(cell: Cell) -> str:
    what = f"{cell.object}.{cell.column}" if cell.column else cell.object
    return f"{cell.actor} {cell.operation} {what} ({cell.row})"
