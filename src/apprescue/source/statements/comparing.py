"""Where the numbered places of a statement stand: what column each is compared with, written to or ordered by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from apprescue.model.catalog import Attribute, Catalog, Relation
from apprescue.source.sql import Broken, Tree, nodes, parse, relation, words

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_OPERATORS = {"=": "eq", "<>": "neq", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
_HOLDS = ("@>", "<@", "&&", "@@", "IS DISTINCT FROM")
_LIKE = {"~~": "like", "~~*": "ilike", "!~~": "like", "!~~*": "ilike", "~": "match", "~*": "match"}


@dataclass(frozen=True, slots=True)
class Spot:
    """What stands around a place: the column it meets, by which operator (eq, lt, like, set, ...). `many` where it is
    a list, `array` where that is an SQL array. `use` is limit or offset for a number of rows; `type` what it is cast
    to; `pattern` the text around it (`%{}%`)."""

    relation: Relation | None = None
    column: Attribute | None = None
    operator: str = ""
    many: bool = False
    array: bool = False
    use: str = ""
    type: str = ""
    pattern: str = "{}"


Scope = Mapping[str, Relation | None]


@dataclass
class _Search:
    catalog: Catalog
    found: dict[int, Spot] = field(default_factory=dict)

    def note(self, number: int, spot: Spot) -> None:
        """Keep what tells most of a place: one that stands at several is known by a column."""
        known = self.found.get(number)
        if known is None or (known.column is None and spot.column is not None):
            self.found[number] = spot

    # statements

    def statement(self, tree: Tree, outer: Scope) -> None:
        """A SELECT, INSERT, UPDATE or DELETE, with those inside of it."""
        (kind, node), *_ = tree.items()
        if not isinstance(node, dict):
            return
        scope = {**outer, **self._scope(node)}
        for name, use in (("limitCount", "limit"), ("limitOffset", "offset")):
            for place in _params(node.get(name)):
                self.note(place, Spot(use=use))
        if kind == "InsertStmt":
            self._insert(node, scope)
        elif kind == "UpdateStmt":
            self._sets(node.get("targetList"), scope, relation(node.get("relation")))
        self.walk({k: v for k, v in node.items() if k not in ("limitCount", "limitOffset")}, scope)

    def _scope(self, node: Tree) -> dict[str, Relation | None]:
        own = [node["relation"]] if isinstance(node.get("relation"), dict) else []
        froms = [*(node.get("fromClause") or ()), *(node.get("usingClause") or ())]
        found: dict[str, Relation | None] = {}
        for one in (*own, *_tables(froms)):
            name = one.get("alias", {}).get("aliasname") or one.get("relname", "")
            known = self.catalog.relation(relation(one))
            found[name] = known
        for entry in node.get("withClause", {}).get("ctes", ()):
            found.setdefault(entry.get("CommonTableExpr", {}).get("ctename", ""), None)
        return found

    def _insert(self, node: Tree, scope: Scope) -> None:
        table = self.catalog.relation(relation(node.get("relation")))
        names = [one.get("ResTarget", {}).get("name", "") for one in node.get("cols") or ()]
        names = names or ([c.name for c in table.columns] if table else [])
        select = node.get("selectStmt", {}).get("SelectStmt", {})
        rows = [entry.get("List", {}).get("items", ()) for entry in select.get("valuesLists") or ()]
        rows = rows or [[one.get("ResTarget", {}).get("val", {}) for one in select.get("targetList") or ()]]
        for row in rows:
            for name, value in zip(names, row, strict=False):
                for place in _params(value):
                    column = table.column(name) if table else None
                    self.note(place, Spot(table, column, "insert", type=_cast(value)))
        conflict = node.get("onConflictClause", {})
        self._sets(conflict.get("targetList"), scope, relation(node.get("relation")))

    def _sets(self, targets: Any, scope: Scope, name: str) -> None:
        table = self.catalog.relation(name)
        for one in targets or ():
            target = one.get("ResTarget", {})
            for place in _params(target.get("val")):
                column = table.column(target.get("name", "")) if table else None
                self.note(place, Spot(table, column, "set", type=_cast(target.get("val"))))

    # expressions

    def walk(self, node: Any, scope: Scope) -> None:
        """Everything inside a node; a query there sees the tables around it."""
        if isinstance(node, list):
            for one in node:
                self.walk(one, scope)
        elif isinstance(node, dict):
            for kind, inner in node.items():
                if kind in ("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt"):
                    self.statement({kind: inner}, scope)
                elif kind in ("larg", "rarg") and isinstance(inner, dict) and "targetList" in inner:
                    self.statement({"SelectStmt": inner}, scope)
                elif kind == "A_Expr":
                    self._compare(inner, scope)
                    self.walk(inner, scope)
                elif kind == "ParamRef":
                    self.note(int(inner.get("number", 0)), Spot())
                elif kind == "TypeCast" and "ParamRef" in inner.get("arg", {}):
                    self.note(int(inner["arg"]["ParamRef"].get("number", 0)), Spot(type=_type(inner)))
                else:
                    self.walk(inner, scope)

    def _compare(self, node: Tree, scope: Scope) -> None:
        left, right, kind = node.get("lexpr", {}), node.get("rexpr", {}), node.get("kind", "")
        sign = (words(node.get("name")) or ("=",))[-1]
        if kind in ("AEXPR_LIKE", "AEXPR_ILIKE") or sign in _LIKE:
            self._like(left, right, "ilike" if kind == "AEXPR_ILIKE" else _LIKE.get(sign, "like"), scope)
            return
        if sign not in _OPERATORS and sign not in _HOLDS:
            return
        for one, other, operator in ((left, right, sign), (right, left, _TURNED.get(sign, sign))):
            table, column = self._column(one, scope)
            if column is None:
                continue
            whole = kind in ("AEXPR_OP_ANY", "AEXPR_OP_ALL")
            for place in _direct(other):
                several = kind == "AEXPR_IN" and len(_items(other)) == 1
                self.note(
                    place,
                    Spot(table, column, _OPERATORS.get(operator, operator), several or whole, whole, type=_cast(other)),
                )

    def _like(self, left: Tree, right: Tree, operator: str, scope: Scope) -> None:
        table, column = self._column(left, scope)
        places = list(_params(right))
        if places:
            self.note(places[0], Spot(table, column, operator, pattern="{}" if "A_Expr" in right else ""))

    def _column(self, node: Any, scope: Scope) -> tuple[Relation | None, Attribute | None]:
        """The column that a side of a comparison is, also inside `lower(...)` and casts."""
        for reference in nodes(node, "ColumnRef"):
            parts = words(reference.get("fields"))
            if not parts or any(True for _ in nodes(node, "SubLink")):
                return None, None
            tables = [scope.get(parts[-2])] if len(parts) > 1 else list(scope.values())
            for table in tables:
                if table is not None and (column := table.column(parts[-1])) is not None:
                    return table, column
        return None, None


def spots(sql: str, catalog: Catalog) -> dict[int, Spot] | None:
    """What stands around each place `$1`, `$2`, ... of a statement; None for what is no single statement."""
    found = parse(sql)
    if len(found) != 1 or isinstance(found[0], Broken):
        return None
    search = _Search(catalog)
    search.statement({found[0].kind: found[0].tree}, {})
    return search.found


def _tables(node: Any) -> Iterator[Tree]:
    """The tables named in a FROM, not those of queries inside."""
    if isinstance(node, list):
        for one in node:
            yield from _tables(one)
    elif isinstance(node, dict):
        for kind, inner in node.items():
            if kind == "RangeVar":
                yield inner
            elif kind in ("JoinExpr", "larg", "rarg"):
                yield from _tables(inner)


def _items(node: Any) -> list[Tree]:
    items = node.get("List", {}).get("items", [node]) if isinstance(node, dict) else node
    return list(items)


def _params(node: Any) -> Iterator[int]:
    """The places in an expression, not those inside of queries or of other comparisons."""
    if isinstance(node, list):
        for one in node:
            yield from _params(one)
    elif isinstance(node, dict):
        if "SubLink" in node:
            return
        if "ParamRef" in node:
            yield int(node["ParamRef"].get("number", 0))
        for value in node.values():
            yield from _params(value)


def _direct(node: Any) -> Iterator[int]:
    """The places that a side of a comparison is, not those that it is computed from."""
    if isinstance(node, list):
        for one in node:
            yield from _direct(one)
    elif isinstance(node, dict) and "A_Expr" not in node and "SubLink" not in node:
        if "ParamRef" in node:
            yield int(node["ParamRef"].get("number", 0))
        for value in node.values():
            yield from _direct(value)


def _cast(node: Any) -> str:
    return next((found for cast in nodes(node, "TypeCast") if (found := _type(cast))), "")


def _type(cast: Tree) -> str:
    name = cast.get("typeName", {})
    kind = (words(name.get("names")) or ("",))[-1]
    return f"{kind}[]" if kind and name.get("arrayBounds") else kind
