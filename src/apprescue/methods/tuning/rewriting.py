"""A rewrite stays where nothing but the time changes: the same rows for everybody, the same access, and faster.

Rows and access are compared where the few people of the access matrix stand, and rows once more at volume, where also
the time is taken. What mends a rule that fails for everybody may change just that: see `mended`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from apprescue.methods.catalog import read
from apprescue.methods.trying.actors import claims_of, role_of
from apprescue.methods.trying.mentions import Mentions
from apprescue.methods.tuning.expressions import each, statements
from apprescue.methods.tuning.rewrites import merge, recursion, set_returning, wrap
from apprescue.model.access import Access, Actor, Cell, Verdict
from apprescue.model.catalog import Catalog, Rule
from apprescue.model.database import Database, DatabaseError, ident, ident_of, literal
from apprescue.model.rows import Filled
from apprescue.model.tuning import Rewrite, Rewritten
from apprescue.model.workload import Draw, Drawn

SHARE, LEAST = 0.8, 1.0
"""What is left of the time at most, and how many milliseconds are saved at least, where something got faster."""
SLOWER = 1.1
KINDS = (recursion, set_returning, wrap, merge)
MENDING = frozenset({recursion.KIND})
"""Rewrites that make something work which fails for everybody."""
OPEN, WRONG = (Verdict.BROKEN, Verdict.UNTESTED), (Verdict.BROKEN, Verdict.LEAK)
CIRCLES = ("42P17", "54001")
BETTER = "Written another way it gets faster still."
READING = ("select", "all")
LOOKED_AT = 4_000_000
"""Bytes of a table whose rows are compared at volume."""
SUM = "select count(*), coalesce(sum(hashtextextended(r::text, 0)::numeric), 0)::text from {}"
NEEDLESS = "No query of the app gets faster by it."

Milliseconds = Callable[[Drawn, Draw], float]
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


def rewritten(
    proving: Proving, grown: Database, drawn: Sequence[Drawn], milliseconds: Milliseconds
) -> tuple[Rewritten, ...]:
    """Try every rewrite of every kind, one kind after the other. What stays, stays in both databases, and the next
    kind begins there: undone in the opposite order, all is as it was."""
    found: list[Rewritten] = []
    for kind in KINDS:
        done = tried(proving, tuple(kind.rewrites(proving.catalog)), grown, drawn, milliseconds)
        found += done
        if stay := [one.rewrite for one in done if not one.refused]:
            for one in stay:
                proving.database.run(one.up)
                grown.run(one.up)
            catalog = read(proving.database)
            proving = replace(proving, catalog=catalog, access=proving.matrix(catalog))
    return tuple(found)


def tried(
    proving: Proving, rewrites: Sequence[Rewrite], grown: Database, drawn: Sequence[Drawn], milliseconds: Milliseconds
) -> tuple[Rewritten, ...]:
    """Try rewrites of one kind, and take each back. Where many leave all access as it is together, none is tried
    alone. Of several about the same thing at most the best stays."""
    complaints: dict[Rewrite, str] = {}
    for ways in zip_longest(*_by_about(rewrites)):
        complaints |= _not_the_same(proving, [one for one in ways if one])
    measuring = _Measuring(proving, grown, drawn, milliseconds)
    done = [Rewritten(r, refused=complaints[r]) if r in complaints else measuring.measured(r) for r in rewrites]
    best = {}
    for one in sorted((one for one in done if not one.refused), key=_left, reverse=True):
        best[one.rewrite.about] = one
    return tuple(one if one.refused or best[one.rewrite.about] is one else replace(one, refused=BETTER) for one in done)


def _by_about(rewrites: Sequence[Rewrite]) -> list[list[Rewrite]]:
    """The rewrites, those about the same thing together."""
    groups: defaultdict[str, list[Rewrite]] = defaultdict(list)
    for one in rewrites:
        groups[one.about].append(one)
    return list(groups.values())


def _left(one: Rewritten) -> float:
    """The time that is left of what its queries took."""
    return sum(now for _, _, now in one.gains)


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


def _not_the_same(proving: Proving, rewrites: list[Rewrite]) -> dict[Rewrite, str]:
    """Those that change an answer or somebody's access, and how; found by trying all, then halves."""
    if not rewrites:
        return {}
    mending = [one for one in rewrites if one.kind in MENDING]
    if mending and len(rewrites) > 1:
        others = [one for one in rewrites if one.kind not in MENDING]
        alone = [found for one in mending for found in _not_the_same(proving, [one]).items()]
        return {**dict(alone), **_not_the_same(proving, others)}
    why = _complaint(proving, rewrites)
    if not why:
        return {}
    if len(rewrites) == 1:
        return {rewrites[0]: why}
    half = len(rewrites) // 2
    found = {**_not_the_same(proving, rewrites[:half]), **_not_the_same(proving, rewrites[half:])}
    return found or dict.fromkeys(rewrites, why)


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
                seen = _answer(proving.database, before, f"select {columns} from {ident(relation.name)}")
                yield (relation.name, actor), seen if isinstance(seen, str) else Counter(seen)


def _set(name: str, value: str) -> str:
    return f"set_config({literal(name)}, {literal(value)}, true)"


def _answer(database: Database, before: str, sql: str) -> list[tuple[Any, ...]] | str:
    """The rows of a statement, or the state of the error."""
    try:
        with database.undone():
            if before:
                database.query(before)
            return database.query(sql)
    except DatabaseError as error:
        return "42P17" if error.sqlstate in CIRCLES else error.sqlstate


class _Measuring:
    """Takes the time of what a rewrite touches, and looks at its rows at volume."""

    def __init__(self, proving: Proving, database: Database, drawn: Sequence[Drawn], took: Milliseconds) -> None:
        self._proving, self._database, self._drawn, self._took = proving, database, drawn, took
        self._mentions = Mentions(proving.catalog)
        self._before: dict[str, tuple[float, Mapping[int, Any]]] = {}
        self._totals: dict[tuple[str, str], Any] = {}

    def measured(self, rewrite: Rewrite) -> Rewritten:
        """How a rewrite does on the statements that it touches."""
        try:
            touched, relations = self._touched(rewrite)
            people = list(_people(touched))
            for one in touched:
                if one.statement.key not in self._before:
                    self._before[one.statement.key] = (self._time(one), self._rows(one))
            totals = {key: self._totals.setdefault(key, total) for key, total in self._sums(relations, people)}
            with self._applied(rewrite):
                gains = tuple(
                    (one.statement.key, self._before[one.statement.key][0], self._time(one)) for one in touched
                )
                same_sums = totals == dict(self._sums(relations, people))
                other = next((one for one in touched if not self._same(one)), None)
        except DatabaseError as error:
            return Rewritten(rewrite, refused=f"It could not be measured: {error}")
        done = Rewritten(rewrite, gains, _same_in_words(touched, people))
        if (not same_sums or other) and rewrite.kind not in MENDING:
            where = other.statement.place if other else None
            told = f"the query at {where.path}:{where.line}" if where else rewrite.relation
            return replace(done, refused=f"At volume, {told} gives other rows.")
        return replace(done, refused="" if rewrite.kind in MENDING else verdict(gains))

    @contextmanager
    def _applied(self, rewrite: Rewrite) -> Iterator[None]:
        with self._database.undone():
            self._database.run(rewrite.up)
            yield

    def _touched(self, rewrite: Rewrite) -> tuple[list[Drawn], list[str]]:
        """The statements that come to what is rewritten, through rules and functions too, and the tables whose rules
        for reading change or call a function that does."""
        with self._proving.database.undone():
            self._proving.database.run(rewrite.up)
            after = read(self._proving.database)
        catalog = self._proving.catalog
        old = {r.signature: r.body for r in catalog.routines}
        bodies = {old[r.signature] for r in after.routines if r.signature in old and old[r.signature] != r.body}
        rules = {r.name: r.policies for r in after.relations}
        readable, changed = set(), set()
        for relation in catalog.relations:
            different = set(relation.policies) ^ set(rules.get(relation.name, ()))
            different |= {rule for rule in relation.policies if self._calls(rule, bodies)}
            if different:
                changed.add(relation.name)
            if any(rule.command in READING for rule in different):
                readable.add(relation.name)
        touched = [
            one for one in self._drawn if self._comes_to(one, changed if one.statement.writes else readable, bodies)
        ]
        return touched, sorted(readable)

    def _calls(self, rule: Rule, bodies: set[str]) -> bool:
        return bool(bodies) and bool(bodies & set(self._mentions.reached(f"{rule.using} {rule.check}")[1]))

    def _comes_to(self, drawn: Drawn, relations: set[str], bodies: set[str]) -> bool:
        tables, texts = self._mentions.reached(drawn.statement.sql)
        return bool(relations & tables or bodies & set(texts))

    def _time(self, drawn: Drawn) -> float:
        times = []
        for draw in drawn.draws:
            try:
                times.append(self._took(drawn, draw))
            except DatabaseError:
                times.append(math.inf)
        return sum(times) / len(times) if times else 0.0

    def _rows(self, drawn: Drawn) -> Mapping[int, Any]:
        """The answers for each draw; of a write only how it ended."""
        answers = (_answer(self._database, drawn.before(draw), drawn.text(draw)) for draw in drawn.draws)
        if drawn.statement.writes:
            return {n: one if isinstance(one, str) else len(one) for n, one in enumerate(answers)}
        return {n: one if isinstance(one, str) else _in_any_order(one) for n, one in enumerate(answers)}

    def _same(self, drawn: Drawn) -> bool:
        """Whether the answers are the same. Which rows come of those that stand equal at a limit is not settled by
        the statement: there the rows behind it, which are compared too, have to do."""
        before, after = self._before[drawn.statement.key][1], self._rows(drawn)
        late = {n for n in before if "57014" in (before[n], after[n])}
        return _is_cut(drawn.statement.sql) or all(before[n] == after[n] for n in before if n not in late)

    def _sums(self, relations: list[str], people: list[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], Any]]:
        """How many rows of a table each person sees, and a sum over all that stands in them; of a large table only
        some rows are looked at, always the same."""
        for name in relations:
            sql = SUM.format(f"{ident(name)} r tablesample bernoulli ({self._share(name)}) repeatable (1)")
            for _, before in people:
                yield (name, before), _answer(self._database, before, sql)

    def _share(self, name: str) -> float:
        """How many of a hundred rows of a table are looked at."""
        ((size,),) = self._database.query(f"select pg_relation_size({literal(ident(name))}::regclass)::float8")
        return float(min(100.0, 100.0 * LOOKED_AT / max(size, 1.0)))


def _people(drawn: Iterable[Drawn]) -> Iterator[tuple[str, str]]:
    """Who asks: one of each standing, and what is sent first for him."""
    seen = set()
    for one in drawn:
        for draw in one.draws:
            kind = (one.statement.role, draw.standing)
            if kind not in seen:
                seen.add(kind)
                yield draw.who, one.before(draw)


def verdict(gains: Iterable[tuple[str, float, float]]) -> str:
    """Why a change does not stay, by what statements took before and after; empty where it does."""
    gains = list(gains)
    worse = [(was, now) for _, was, now in gains if now > was * SLOWER and now > was + LEAST]
    if worse:
        was, now = max(worse, key=lambda pair: pair[1] - pair[0])
        return f"A query gets slower by it: {was:.1f} ms before, {now:.1f} ms after."
    return "" if any(now <= was * SHARE and now <= was - LEAST for _, was, now in gains) else NEEDLESS


def _same_in_words(touched: Sequence[Drawn], people: Sequence[object]) -> str:
    draws = sum(len(one.draws) for one in touched)
    return (
        "each cell of the access matrix, all rows that each of its people sees, "
        f"and {len(touched)} queries with {draws} sets of values as {len(people)} people at volume"
    )


def _in_any_order(rows: list[tuple[Any, ...]]) -> Any:
    """Rows without their order, also where they came as one list."""
    if len(rows) == 1:
        return tuple(sorted(map(repr, value)) if isinstance(value, list) else repr(value) for value in rows[0])
    return Counter(map(repr, rows))


def _is_cut(sql: str) -> bool:
    tree = statements(sql)
    return tree is None or any(select.get("limitCount") for select in each(tree.tree, "SelectStmt"))


def _name(cell: Cell) -> tuple[Any, ...]:
    return (cell.object, cell.kind, cell.column, cell.actor, cell.operation, cell.row, cell.intended)


def _cells(cells: Iterable[Cell]) -> Cells:
    return Counter((*_name(cell), cell.verdict) for cell in cells)


def _told(cell: Cell) -> str:
    what = f"{cell.object}.{cell.column}" if cell.column else cell.object
    return f"{cell.actor} {cell.operation} {what} ({cell.row})"
