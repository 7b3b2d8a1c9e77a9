"""Which indexes an app should have: made of what its statements ask, chosen by what the planner makes of them."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterable, Sequence

from apprescue.methods.advising.candidates import candidates, narrowed, shared, turned
from apprescue.methods.advising.choosing import Search, Worth, taxed
from apprescue.methods.advising.costs import NONE, Costs, Imagining, Set, explained
from apprescue.methods.advising.figures import Figures
from apprescue.methods.advising.reasons import reason
from apprescue.methods.advising.terms import Wanted
from apprescue.methods.advising.unseen import unseen
from apprescue.methods.advising.wants import wanted
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError, literal
from apprescue.model.index import Index
from apprescue.model.plan import Plan
from apprescue.model.tuning import Advice, Advised
from apprescue.model.workload import HOLE, Drawn, Source

PAGE = 8192
BARE = "set local enable_indexscan = off; set local enable_indexonlyscan = off; set local enable_bitmapscan = off"
DEFINITIONS = """
select n.nspname || '.' || c.relname, i.relname::text, pg_get_indexdef(x.indexrelid)
  from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  join pg_namespace n on n.oid = c.relnamespace where n.nspname not in ('pg_catalog', 'pg_toast')"""
MADE = re.compile(r"^.*? USING ", re.S)


def advise(
    whatif: Imagining,
    drawn: Sequence[Drawn],
    catalog: Catalog,
    *,
    budget: int | None,
    progress: Callable[[float], None] = lambda _: None,
) -> Advice:
    """The indexes that make these statements cheapest and take at most `budget` bytes together, None for no bound.

    Nothing is built. `progress` is told how much of the work is done, from 0 to 1.
    """
    advising = _Advising(whatif, drawn, catalog, progress)
    return advising.advice(budget)


class _Advising:
    """One advice on its way."""

    def __init__(
        self, whatif: Imagining, drawn: Sequence[Drawn], catalog: Catalog, progress: Callable[[float], None]
    ) -> None:
        self._begun = time.monotonic()
        self._database, self._catalog, self._progress = whatif.database, catalog, progress
        known = [(one, plan) for one in drawn if one.draws and (plan := _plan(whatif.database, one))]
        more = [(one, why) for one, why in unseen(catalog, known) if _plan(whatif.database, one)]
        self._drawn = [one for one, _ in known] + [one for one, _ in more]
        self._asked_by = [one.statement for one, _ in known] + [why for _, why in more]
        self._figures = Figures.of(whatif.database)
        self._costs = Costs(whatif, self._drawn)
        self._considered = 0

    def advice(self, budget: int | None) -> Advice:
        """What is to be built."""
        with_words(self._database)
        existing = set(_definitions(self._database).values())
        pool = self._pool(existing, small=budget is not None)
        base = self._costs.costs(range(len(self._drawn)), NONE)
        worth = self._worth(base)
        search = Search(self._costs, worth, pool, float("inf") if budget is None else budget)
        chosen = search.best()
        missed = {index: search.loss(index, chosen) for index in chosen}
        order = sorted(chosen, key=lambda index: (-missed[index], index.name))
        advised = tuple(self._advised(index, chosen) for index in order)
        self._costs.keep(())
        self._progress(1.0)
        return Advice(advised, self._considered, self._costs.asked, time.monotonic() - self._begun)

    def _worth(self, base: Sequence[float]) -> Worth:
        weights = [one.statement.weight * one.statement.repeats for one in self._drawn]
        total = sum(weights) or 1.0
        writes: dict[str, float] = {}
        for one, weight in zip(self._drawn, weights, strict=True):
            if one.statement.writes:
                for relation in _written(self._database, one):
                    writes[relation] = writes.get(relation, 0.0) + weight / total
        for relation in self._figures.rows:
            writes.setdefault(relation, 0.02)
        data = float(sum(self._figures.pages.values()) * PAGE)
        return Worth([w / total for w in weights], base, taxed(writes, data, self._costs.size))

    def _pool(self, existing: set[str], *, small: bool) -> list[Index]:
        """The candidates that some statement would use, and what they could be put together or cut down to."""
        own: list[list[Index]] = []
        forms: dict[Index, Index] = {}
        for one in self._drawn:
            found: list[Index] = []
            for seen in wants(self._database, one):
                found += [_form(index, forms) for index in candidates(seen, self._catalog, self._figures)]
            own.append(list(dict.fromkeys(found)))
        kept: dict[Index, None] = {}
        for number, found in enumerate(own):
            useful = self._useful(number, self._new(found, existing))
            kept.update(dict.fromkeys(sorted(useful, key=lambda index: index.name)))
            self._costs.keep(set(kept))
            self._progress(0.5 * (number + 1) / len(own))
        self._considered = len({index for found in own for index in found})
        more = [index for one in kept for index in narrowed(one)] if small else []
        more = list(dict.fromkeys([*kept, *more]))
        more += [index for index in dict.fromkeys(shared(more)) if index not in more]
        pool = self._new(dict.fromkeys(_form(index, forms) for index in more), existing)
        self._concern(own, pool)
        return pool

    def _concern(self, own: Sequence[Sequence[Index]], pool: Sequence[Index]) -> None:
        for number, found in enumerate(own):
            begins = {(index.relation, index.keys[0].expression) for index in found}
            mine = [i for i in pool if (i.relation, i.keys[0].expression) in begins]
            if self._costs.is_large(number):
                used = frozenset[Index]().union(*(answer.used for answer in self._costs.answers(number)))
                mine = [i for i in mine if i in used]
            self._costs.concerns(number, mine)
            self._costs.look([number], frozenset(mine))

    def _useful(self, number: int, possible: Sequence[Index]) -> Set:
        """What the planner would use of the candidates of a statement: of all of them, of those that are left then, of
        the plain ones, and of the small ones."""
        self._costs.concerns(number, possible)
        self._costs.compare(number)
        everything = frozenset(self._few(possible) if self._costs.is_large(number) else possible)
        used = best = self._costs.look([number], everything)[0].used
        half = sum(map(self._costs.size, best)) / 2
        rounds = [
            everything - best,
            frozenset(i for i in everything if not i.include),
            frozenset(i for i in everything if not i.where and not i.include),
            frozenset(i for i in everything if not i.where),
            frozenset(i for i in everything if len(i.keys) == 1 and not i.include),
            frozenset(i for i in everything if self._costs.size(i) < half),
        ]
        if self._costs.is_large(number):
            firsts = {(index.relation, index.keys[0]) for index in best}
            wider = (i for i in possible if (i.relation, i.keys[0]) in firsts and i.include and len(i.keys) == 1)
            rounds = [everything - best, best.union(wider)]
        for seen in rounds:
            used |= self._costs.look([number], seen)[0].used
        return used

    @staticmethod
    def _few(possible: Sequence[Index]) -> list[Index]:
        """The plainest of many candidates: where many relations are joined each more of them costs the planner dear."""
        return [i for i in possible if len(i.keys) == 1 and not i.include and not i.where]

    def _new(self, indexes: Iterable[Index], existing: set[str]) -> list[Index]:
        """Those that can be, and that do not stand already."""
        possible = [index for index in indexes if self._costs.imagine(index)]
        told = _definitions(self._database, [index.name for index in possible])
        return [index for index in possible if told.get((index.relation, index.name)) not in existing]

    def _advised(self, index: Index, chosen: Set) -> Advised:
        helped = []
        for number in self._costs.concerned([index]):
            now, without = self._costs.cost(number, chosen), self._costs.cost(number, chosen - {index})
            if without - now > max(1.0, 0.05 * without):
                helped.append((without - now, number))
        numbers = [number for _, number in sorted(helped, key=lambda pair: (-pair[0], pair[1]))]
        keys = dict.fromkeys(self._asked_by[number].key for number in numbers)
        told = [
            (
                self._drawn[number].statement,
                self._costs.cost(number, chosen - {index}),
                self._costs.cost(number, chosen),
            )
            for number in numbers
        ]
        return Advised(index, self._costs.size(index), tuple(keys), reason(index, told))


def wants(database: Database, drawn: Drawn) -> list[Wanted]:
    """What a statement asks of each relation: by its plan with the parameters open, or else by one with values."""
    text, patterns = _open(drawn)
    first = drawn.draws[0]
    for sql, options in ((text, "generic_plan, "), (drawn.text(first), "")):
        with database.undone():
            try:
                if before := drawn.before(first):
                    database.query(before)
                database.run(BARE)
                told = database.query(f"explain (verbose, costs off, {options}format json) {sql}")[0][0]
            except DatabaseError:
                continue
            return wanted(told[0]["Plan"], patterns)
    return []


def _open(drawn: Drawn) -> tuple[str, dict[int, str]]:
    """The statement with a place for each value that differs from call to call; the others have theirs."""
    statement, first = drawn.statement, drawn.draws[0]
    numbers: dict[int, int] = {}
    patterns: dict[int, str] = {}

    def place(at: int) -> str:
        parameter = statement.parameters[at - 1] if at <= len(statement.parameters) else None
        if parameter is None or parameter.source in (Source.FIXED, Source.MOMENT):
            return first.values[at - 1]
        number = numbers.setdefault(at, len(numbers) + 1)
        patterns[number] = parameter.pattern
        return f"${number}::{parameter.type}" if parameter.type else f"${number}"

    return HOLE.sub(lambda hole: place(int(hole[1])), statement.sql), patterns


def _plan(database: Database, drawn: Drawn) -> Plan | None:
    try:
        return Plan.of(explained(database, drawn, drawn.draws[0], "verbose, "))
    except DatabaseError:
        return None


def _form(index: Index, forms: dict[Index, Index]) -> Index:
    """An index, or the one of the same use that was met first: read from its other end it is the same."""
    return forms.setdefault(index, forms.get(turned(index), index))


def with_words(database: Database) -> None:
    """See to it that pieces of text can be indexed."""
    with contextlib.suppress(DatabaseError):
        database.run("create extension if not exists pg_trgm")


def _definitions(database: Database, names: Sequence[str] | None = None) -> dict[tuple[str, str], str]:
    """What each index is on, without its own name, by its relation and its name; of all, or of those names."""
    which = "" if names is None else f" and i.relname = any({literal(list(names))}::text[])"
    rows = database.query(DEFINITIONS + which)
    return {(relation, name): f"{relation} {MADE.sub('', text)}" for relation, name, text in rows}


def _written(database: Database, drawn: Drawn) -> Iterable[str]:
    plan = explained(database, drawn, drawn.draws[0], "verbose, ")
    todo = [plan]
    while todo:
        node = todo.pop()
        todo += node.get("Plans", [])
        if node["Node Type"] == "ModifyTable" and "Relation Name" in node:
            yield f"{node['Schema']}.{node['Relation Name']}"
