"""Which relations belong together, as PostgREST tells it: by foreign keys, through junctions, by functions of a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from apprescue.model.catalog import Catalog, Reference, Relation
from apprescue.source.statements.told import UntoldError

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Relationship:
    """A way from one relation to another. `kind` is m2o, o2m, o2o, m2m or computed; `pairs` are the columns here and
    there. Through a junction, `pairs` are the columns here and in the junction, `beyond` those there and in it."""

    to: str
    kind: str
    pairs: Pairs = ()
    name: str = ""
    junction: str = ""
    beyond: Pairs = ()
    function: str = ""
    one: bool = False
    of_self: bool = False
    to_view: bool = False

    @property
    def to_one(self) -> bool:
        """Whether at most one row belongs to each."""
        return self.kind in ("m2o", "o2o") or self.one


class Relationships:
    """The relationships of a catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._of: dict[str, list[Relationship]] = {}
        keys = [(r, key) for r in catalog.relations if not r.partition_of for key in r.references]
        for relation, key in keys:
            for here in (relation, *self._views(relation, key.columns)):
                target = catalog.relation(key.to)
                for there in (target, *self._views(target, key.to_columns)) if target else ():
                    self._add(here, there, key, relation)
        for relation in {r.name: r for r, _ in keys}.values():
            self._join(relation)
        self._compute()

    def _views(self, relation: Relation, columns: tuple[str, ...]) -> Iterator[Relation]:
        """The views that show some columns of a relation under their own names."""
        for view in self._catalog.relations:
            if relation.name in view.reads and all(view.column(column) for column in columns):
                yield view

    def _add(self, here: Relation, there: Relation, key: Reference, made: Relation) -> None:
        alone = set(key.columns) in map(set, made.unique)
        pairs = tuple(zip(key.columns, key.to_columns, strict=True))
        back = tuple((b, a) for a, b in pairs)
        itself, view = here.name == there.name, "view" in there.kind
        to, fro = ("o2o", "o2o") if alone else ("m2o", "o2m")
        self._note(here.name, Relationship(there.name, to, pairs, key.name, of_self=itself, to_view=view))
        self._note(
            there.name, Relationship(here.name, fro, back, key.name, of_self=itself, to_view="view" in here.kind)
        )

    def _join(self, junction: Relation) -> None:
        for first in junction.references:
            for second in junction.references:
                columns = {*first.columns, *second.columns}
                if first is second or not columns <= set(junction.primary_key):
                    continue
                mine = tuple(zip(first.to_columns, first.columns, strict=True))
                theirs = tuple(zip(second.to_columns, second.columns, strict=True))
                itself = first.to == second.to
                self._note(
                    first.to,
                    Relationship(second.to, "m2m", mine, junction=junction.name, beyond=theirs, of_self=itself),
                )

    def _compute(self) -> None:
        for routine in self._catalog.routines:
            if len(routine.arguments) != 1 or self._catalog.relation(routine.arguments[0][1]) is None:
                continue
            to = routine.returns.removeprefix("SETOF ").strip()
            if self._catalog.relation(to):
                one = not routine.returns_set or "ROWS 1\n" in routine.definition
                self._note(routine.arguments[0][1], Relationship(to, "computed", function=routine.name, one=one))

    def _note(self, name: str, relationship: Relationship) -> None:
        known = self._of.setdefault(name, [])
        if relationship not in known:
            known.append(relationship)

    def find(self, origin: str, target: str, hint: str = "") -> Relationship:
        """The relationship that an embedded name means. UntoldError where there is none, or more than one."""
        schema, _, bare = origin.rpartition(".")
        every = [r for r in self._of.get(origin, ()) if r.to.rpartition(".")[0] == schema]
        found = [r for r in every if _meant(r, target, hint)]
        if len(found) > 1 and any(r.to_view for r in found):
            found = found[:1]
        if not found:
            raise UntoldError(f"no foreign key leads between `{bare}` and `{target}`{f' by `{hint}`' if hint else ''}")
        if len(found) > 1:
            raise UntoldError(f"more than one foreign key leads between `{bare}` and `{target}`, and none is named")
        return found[0]


def _meant(one: Relationship, target: str, hint: str) -> bool:
    named = one.to.rpartition(".")[2] == target
    here = [a for a, _ in one.pairs] if len(one.pairs) == 1 and one.kind != "m2m" else []
    there = [b for _, b in one.pairs] if here else []
    if one.kind == "computed":
        return one.function.rpartition(".")[2] == target
    if one.of_self:
        if hint:
            return named and one.kind == "o2m" and hint in there
        return (named and one.kind == "o2m") or (target in here and one.kind == "m2o")
    if hint:
        return named and (hint == one.name or hint in here or hint in there or _bare(one.junction) == hint)
    return named or (not one.to_view and (target == one.name != "" or target in here))


def _bare(name: str) -> str:
    return name.rpartition(".")[2]


class _ById:
    """A catalog by which one it is: it holds a dictionary, and is no key itself."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def __hash__(self) -> int:
        return id(self.catalog)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.catalog is self.catalog


@lru_cache(maxsize=4)
def _of(key: _ById) -> Relationships:
    return Relationships(key.catalog)


def relationships(catalog: Catalog) -> Relationships:
    """The relationships of a catalog, gathered once."""
    return _of(_ById(catalog))
