"""Queries through Prisma: `prisma.post.findMany({where, include, orderBy, take})`. Raw ones are SQL's reader's."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.app import Filter, Query
from apprescue.model.trace import Step, Value
from apprescue.source.chains import merged, place_of, query_links, table_of, text, whole
from apprescue.source.known import Names
from apprescue.source.rows import PRISMA, SURE

_OPERATIONS = {
    "create": "insert",
    "createMany": "insert",
    "createManyAndReturn": "insert",
    "update": "update",
    "updateMany": "update",
    "updateManyAndReturn": "update",
    "upsert": "upsert",
    "delete": "delete",
    "deleteMany": "delete",
    "count": "count",
    "aggregate": "count",
}
_COMPARES = {
    "equals": "eq",
    "in": "in",
    "notIn": "not.in",
    "not": "neq",
    "lt": "lt",
    "lte": "lte",
    "gt": "gt",
    "gte": "gte",
    "contains": "ilike",
    "startsWith": "like",
    "endsWith": "like",
    "has": "contains",
    "hasSome": "overlaps",
    "hasEvery": "contains",
    "search": "textSearch",
}
_WORDS = Names(r"\.(?:find|create|up|delete|count|agg|group)")
_ONE = ("findUnique", "findFirst", "findUniqueOrThrow", "findFirstOrThrow")


def read(step: Step) -> Query | None:
    """The query that a call of a Prisma model is."""
    if not _WORDS.search(step.name):
        return None
    links = query_links(step, _begins, ())
    if not links:
        return None
    table = table_of(links[0])
    return _query(links[0], table) if table else None


def _begins(link: Step) -> bool:
    if link.method not in PRISMA or ".query." in link.name or "drizzle" in link.name:
        return False
    if "prisma" in link.name.lower() or link.method in SURE:
        return True
    given = link.args[0].fields if link.args else None
    return given is not None and bool({"where", "data"} & given.keys()) and link.name.count(".") >= 2


def _query(call: Step, table: str) -> Query:
    given = (call.args[0].fields if call.args else None) or {}
    where, take = given.get("where"), given.get("take")
    columns, embeds = _asked(given)
    return Query(
        "prisma",
        table,
        _OPERATIONS.get(call.method, "select"),
        place_of([call]),
        call,
        filters=tuple(_filters(where)) if where is not None else (),
        columns=columns if call.method != "groupBy" else ("by",),
        embeds=embeds,
        order=tuple(_orders(given.get("orderBy"))),
        limit=whole(take),
        paged=any(k in given for k in ("skip", "cursor")) or (take is not None and whole(take) is None),
        single=call.method in _ONE,
        written=_written(given),
    )


def _written(given: dict[str, Value]) -> Value | None:
    parts = [given[k] for k in ("data", "create", "update") if k in given]
    return parts[0] if len(parts) == 1 else merged(parts) if parts else None


def _asked(given: dict[str, Value]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns and the relations that are read along."""
    selected = given["select"].fields if "select" in given else None
    included = given["include"].fields if "include" in given else None
    embeds = [k for k, v in (included or {}).items() if v.constant is not False]
    if selected is None:
        return ("*",), tuple(embeds)
    columns = [k for k, v in selected.items() if v.fields is None and v.constant is not False]
    return tuple(columns), (*embeds, *(k for k, v in selected.items() if v.fields is not None))


def _orders(order: Value | None) -> Iterator[str]:
    for part in (order.items or (order,)) if order is not None else ():
        yield from part.fields or {}


def _filters(where: Value, path: str = "") -> Iterator[Filter]:
    """The conditions of a `where`, relations' as `relation.column`; alternatives are one condition on all of theirs."""
    if where.fields is None:
        yield Filter(path.rstrip(".") or "?", "where", where)
        return
    for key, value in where.fields.items():
        if key == "...":
            yield Filter("?", "where", value)
        elif key == "AND":
            for part in value.items or (value,):
                yield from _filters(part, path)
        elif key == "OR":
            alternatives = [f for part in value.items or () for f in _filters(part, path)]
            columns = dict.fromkeys(f.column for f in alternatives)
            yield Filter(",".join(columns) or "?", "or", value)
        elif key == "NOT":
            yield from (Filter(f.column, f"not.{f.operator}", f.value) for f in _filters(value, path))
        else:
            yield from _condition(path + key, value)


def _condition(column: str, value: Value) -> Iterator[Filter]:
    parts = value.fields
    if not parts or text(value):
        yield Filter(column, "eq", value)
        return
    compared = [k for k in parts if k in _COMPARES]
    if compared:
        yield from (Filter(column, _COMPARES[k], parts[k]) for k in compared)
    elif parts.keys() & {"some", "every", "none", "is", "isNot"}:
        for inner in parts.values():
            yield from _filters(inner, column + ".")
    elif "_" in column.rpartition(".")[2] and "." not in column:
        yield from _filters(value)
    else:
        yield from _filters(value, column + ".")
