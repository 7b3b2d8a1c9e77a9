"""Queries through TypeORM's repositories: `this.users.findOne({where: {id}, relations: {posts: true}})`."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.app import Filter, Query
from apprescue.model.trace import Step, Value
from apprescue.source.chains import place_of, query_links, table_of, text, whole

_OPERATIONS = {
    "find": "select",
    "findBy": "select",
    "findOne": "select",
    "findOneBy": "select",
    "findOneOrFail": "select",
    "findOneByOrFail": "select",
    "findAndCount": "select",
    "count": "count",
    "countBy": "count",
    "exists": "count",
    "save": "upsert",
    "insert": "insert",
    "upsert": "upsert",
    "update": "update",
    "delete": "delete",
    "softDelete": "delete",
    "remove": "delete",
    "increment": "update",
    "decrement": "update",
}
_BARE = ("By", "ByOrFail")
_COMPARES = {
    "In": "in",
    "Not": "neq",
    "LessThan": "lt",
    "MoreThan": "gt",
    "Like": "like",
    "ILike": "ilike",
    "IsNull": "is",
}


def read(step: Step) -> Query | None:
    """The query that a call of a repository is."""
    if "Repository<" not in step.name and "getRepository()" not in step.name:
        return None
    links = query_links(step, _begins, ())
    return _query(links[0]) if links else None


def _begins(link: Step) -> bool:
    owner = link.name[: -len(link.method) - 1]
    return link.method in _OPERATIONS and owner.endswith(("getRepository()", ">()")) and bool(table_of(link))


def _query(call: Step) -> Query:
    operation = _OPERATIONS[call.method]
    first = call.args[0] if call.args else Value()
    options = first.fields or {}
    bare = call.method.endswith(_BARE) or operation in ("update", "delete")
    where = first if bare else options.get("where")
    take = options.get("take") if not bare else None
    return Query(
        "typeorm",
        table_of(call),
        operation,
        place_of([call]),
        call,
        filters=tuple(_filters(where)) if where is not None else (),
        columns=("*",),
        embeds=tuple(_names(options.get("relations"))) if not bare else (),
        order=tuple(_names(options.get("order"))) if not bare else (),
        limit=whole(take),
        paged="skip" in options or (take is not None and whole(take) is None),
        single="One" in call.method,
        written=call.args[-1] if operation in ("insert", "update", "upsert") and call.args else None,
    )


def _names(value: Value | None) -> Iterator[str]:
    if value is not None:
        yield from value.fields or {}
        yield from (text(i) for i in value.items or () if text(i))


def _filters(where: Value) -> Iterator[Filter]:
    """The conditions of a `where`; a bare id, and a list of alternatives."""
    if where.items is not None:
        inner = [f for part in where.items for f in _filters(part)]
        yield Filter(",".join(dict.fromkeys(f.column for f in inner)) or "?", "or", where)
    elif where.fields is None:
        yield Filter("id", "eq", where)
    for column, value in (where.fields or {}).items():
        made = value.step.method if value.step is not None else ""
        if column == "...":
            yield Filter("?", "where", value)
        elif value.fields:
            yield from (Filter(f"{column}.{f.column}", f.operator, f.value) for f in _filters(value))
        else:
            yield Filter(column, _COMPARES.get(made, "eq"), value)
