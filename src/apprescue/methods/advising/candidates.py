"""The indexes that might help a statement, made of what it asks of each relation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import permutations

from apprescue.methods.advising.figures import Figures, plain
from apprescue.methods.advising.terms import Sort, Term, Wanted
from apprescue.model.catalog import Attribute, Catalog
from apprescue.model.database import ident_of
from apprescue.model.index import Index, Key

MOST_KEYS = 5
WIDEST_KEY = 100
MOST_CARRIED, WIDEST_CARRIED = 6, 120
MOST_SETS = 12
FEW_COLUMNS = 4
ENDLESS = ("text", "json", "jsonb", "bytea", "xml", "citext", "tsvector", "hstore", "vector")
JSON_KEYS = ("?", "?|", "?&")
RANGE_TYPES = ("int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "inet", "cidr")

Keys = tuple[Key, ...]


def candidates(wanted: Wanted, catalog: Catalog, figures: Figures) -> Iterator[Index]:
    """The indexes of one relation that might help one statement, each of them once.

    Keys that are compared for equality come first, the most selective one leading, then the tail of an order, a range
    or a list. Each is also proposed partial on the conditions that never change, and carrying the few other columns
    that are looked at.
    """
    relation = catalog.relation(wanted.relation)
    if relation is None or relation.kind not in ("table", "materialized view") or relation.name.startswith("storage."):
        return
    making = _Making(wanted, {c.name: c for c in relation.columns}, figures)
    yield from dict.fromkeys((*making.ordered(), *making.branches(), *making.inverted()))


def shared(chosen: Iterable[Index]) -> Iterator[Index]:
    """Further candidates that several of these could share: with the keys in the order in which another one begins,
    and with what both of them carry."""
    known = list(dict.fromkeys(chosen))
    for wide in known:
        for other in known:
            if wide == other or (wide.relation, wide.method, wide.where) != (other.relation, "btree", other.where):
                continue
            mine, theirs = [k.expression for k in wide.keys], [k.expression for k in other.keys]
            if len(theirs) < len(mine) and set(theirs) < set(mine) and mine[: len(theirs)] != theirs:
                rest = tuple(k for k in wide.keys if k.expression not in theirs)
                yield Index(wide.relation, other.keys + rest, wide.include, wide.where)
            if mine[: len(theirs)] == theirs and wide.keys[: len(theirs)] == other.keys:
                carried = [c for c in (*wide.include, *other.include) if c not in mine]
                together = Index(wide.relation, wide.keys, tuple(dict.fromkeys(carried)), wide.where)
                if together != wide and len(together.include) <= MOST_CARRIED:
                    yield together


def narrowed(index: Index) -> Iterator[Index]:
    """Smaller ones that do what an index does, or a part of it: without what it carries, or with that among its keys,
    where equal entries share their room; without its last key."""
    if index.include:
        yield Index(index.relation, index.keys, (), index.where, index.method)
        if index.method == "btree":
            yield Index(index.relation, (*index.keys, *map(Key, index.include)), (), index.where)
    if len(index.keys) > 1 and index.method == "btree":
        yield Index(index.relation, index.keys[:-1], (), index.where)


def turned(index: Index) -> Index:
    """The same index read from its other end: every direction the other way round."""
    return Index(index.relation, tuple(map(_turned, index.keys)), index.include, index.where, index.method)


def _turned(key: Key) -> Key:
    nulls = None if key.nulls_first is None else not key.nulls_first
    return Key(key.expression, not key.descending, nulls, key.opclass)


class _Making:
    """The candidates of one relation for one statement."""

    def __init__(self, wanted: Wanted, columns: dict[str, Attribute], figures: Figures) -> None:
        self._wanted, self._columns, self._figures = wanted, columns, figures
        self._relation = wanted.relation
        self._states = [t for t in wanted.terms if t.text and not t.joined and self._is_state(t)]

    def _is_state(self, term: Term) -> bool:
        if term.sort not in (Sort.EQUAL, Sort.AMONG, Sort.STATE):
            return False
        constant = not term.operator or not term.key
        return constant or self._figures.is_state(self._relation, term.key)

    def ordered(self) -> Iterator[Index]:
        """B-trees."""
        for equal in self._sets(self._wanted.terms):
            for states in self._partial():
                keys = [t for t in equal if t not in states]
                for tail in self._tails(states):
                    yield from self._trees([t.key for t in keys], tail, states)

    def branches(self) -> Iterator[Index]:
        """One for each branch of an OR, alone and together with what is asked beside it."""
        beside = [t for t in self._wanted.terms if t.sort is Sort.EQUAL and not t.joined]
        for several in self._wanted.either:
            for branch in several:
                equal = [t.key for t in branch if t.sort is Sort.EQUAL]
                tails = [t.key for t in branch if t.sort in (Sort.RANGE, Sort.AMONG)]
                for more in ([], [t.key for t in beside]) if beside else ([],):
                    yield from self._trees([*equal, *more], (), ())
                    for key in tails:
                        yield from self._trees([*equal, *more], (Key(key),), ())
                    for order in self._wanted.orders:
                        yield from self._trees([*equal, *more], order, ())
                for term in branch:
                    yield from self._inverted(term, ())

    def inverted(self) -> Iterator[Index]:
        """Those that look into a value: text, JSON, arrays, words."""
        for term in self._wanted.terms:
            for states in self._partial():
                yield from self._inverted(term, states)

    def _sets(self, terms: Sequence[Term]) -> list[list[Term]]:
        """What is compared for equality at the same time: with constants, with each of the other relations in turn,
        with both, with all of them."""
        fixed = [t for t in terms if t.sort is Sort.EQUAL and not t.joined]
        joins = [t for t in terms if t.sort is Sort.EQUAL and t.joined]
        found: list[list[Term]] = [fixed]
        for others in dict.fromkeys(t.joined for t in joins):
            mine = [t for t in joins if t.joined == others]
            found += [mine, mine + fixed]
        if len({t.joined for t in joins}) > 1:
            found += [joins, joins + fixed]
        return [list(dict.fromkeys(one)) for one in found][:MOST_SETS]

    def _partial(self) -> Iterator[tuple[Term, ...]]:
        """The conditions that never change: none of them, all, each alone."""
        yield ()
        if self._states:
            yield tuple(self._states)
        if len(self._states) > 1:
            yield from ((state,) for state in self._states)

    def _tails(self, states: Sequence[Term]) -> Iterator[Keys]:
        """What may follow the equal ones: nothing, an order, a range, a list; an order with what is looked at too."""
        wanted = self._wanted
        loose = [t for t in wanted.terms if t.sort in (Sort.RANGE, Sort.AMONG) and t not in states and not t.joined]
        single = list(dict.fromkeys(t.key for t in loose))
        yield ()
        yield from wanted.orders
        yield from ((Key(key),) for key in single)
        begun = dict.fromkeys(t.key for t in wanted.terms if t.sort is Sort.BEGINS and t.key.startswith('"'))
        yield from ((Key(key, opclass="text_pattern_ops"),) for key in begun)
        for order in wanted.orders:
            more = tuple(Key(key) for key in single if key not in {k.expression for k in order})
            if more:
                yield order + more
        if len(single) > 1:
            yield from (tuple(map(Key, several)) for several in permutations(single[:2], 2))

    def _trees(self, equal: Sequence[str], tail: Keys, states: Sequence[Term]) -> Iterator[Index]:
        first = sorted(dict.fromkeys(equal), key=lambda key: -self._figures.distinct(self._relation, key))
        keys = tuple(map(Key, first)) + tuple(k for k in tail if k.expression not in first)
        keys = keys[:MOST_KEYS]
        if not keys or any(self._figures.width(self._relation, k.expression) > WIDEST_KEY for k in keys):
            return
        if any((known := self._columns.get(plain(k.expression))) and known.base in ("json", "xml") for k in keys):
            return
        where = " and ".join(sorted(t.text for t in states))
        yield Index(self._relation, keys, (), where)
        needed = self._wanted.needs - {plain(k.expression) for k in keys}
        for names in dict.fromkeys((frozenset(needed - {plain(t.key) for t in states}), frozenset(needed))):
            if names and self._can_carry(names):
                yield Index(self._relation, keys, tuple(map(ident_of, sorted(names))), where)

    def _can_carry(self, names: Collection[str]) -> bool:
        """Whether an index may hold these as well: few, short, and never so long that a row could not be written."""
        everything = len(self._wanted.needs) >= len(self._columns) > FEW_COLUMNS
        if self._wanted.whole or everything or len(names) > MOST_CARRIED:
            return False
        width = sum(self._figures.width(self._relation, name) for name in names)
        return width <= WIDEST_CARRIED and all(self._is_short(name) for name in names)

    def _is_short(self, name: str) -> bool:
        column = self._columns.get(name)
        if column is None or column.is_array:
            return False
        return column.base not in ENDLESS or self._has_few(name)

    def _has_few(self, name: str) -> bool:
        return (self._relation, name) in self._figures.columns and self._figures.is_state(self._relation, name)

    def _inverted(self, term: Term, states: Sequence[Term]) -> Iterator[Index]:
        where = " and ".join(sorted(t.text for t in states if t is not term))
        column = self._columns.get(plain(term.key))
        base = column.base if column and not column.is_array else ""
        if term.sort in (Sort.CONTAINS, Sort.BEGINS) and (column is None or base in ("text", "character varying")):
            yield Index(self._relation, (Key(term.key, opclass="gin_trgm_ops"),), (), where, "gin")
        elif term.sort is Sort.HELD and (base in RANGE_TYPES or base.endswith("range")):
            yield Index(self._relation, (Key(term.key),), (), where, "gist")
        elif term.sort is Sort.HELD:
            is_json = base == "jsonb" or (column is None and ("->" in term.key or "jsonb" in term.key))
            path = is_json and term.operator not in JSON_KEYS
            yield Index(self._relation, (Key(term.key, opclass="jsonb_path_ops" if path else ""),), (), where, "gin")
