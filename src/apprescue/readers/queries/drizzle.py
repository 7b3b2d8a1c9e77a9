"""Queries through Drizzle: `db.select().from(posts).where(eq(posts.id, id))`, `db.query.posts.findMany({...})`."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.app import Filter, Query
from apprescue.model.trace import Step, Value
from apprescue.source.chains import merged, place_of, query_links, table_of, text, whole
from apprescue.source.known import Names

_BEGINS = frozenset("select selectDistinct selectDistinctOn insert update delete findMany findFirst $count".split())
_CALLS = frozenset(
    "from where limit offset orderBy groupBy having innerJoin leftJoin rightJoin fullJoin values set returning "
    "onConflictDoNothing onConflictDoUpdate onDuplicateKeyUpdate $dynamic for execute prepare all get run".split()
)
_COMPARES = {
    "eq": "eq",
    "ne": "neq",
    "gt": "gt",
    "gte": "gte",
    "lt": "lt",
    "lte": "lte",
    "inArray": "in",
    "notInArray": "not.in",
    "like": "like",
    "ilike": "ilike",
    "notLike": "not.like",
    "notIlike": "not.ilike",
    "isNull": "is",
    "isNotNull": "not.is",
    "between": "between",
    "notBetween": "not.between",
    "arrayContains": "contains",
    "arrayContained": "containedBy",
    "arrayOverlaps": "overlaps",
}
_WORDS = Names(r"\.(?:from|query\.|\$count|insert|update|delete)")
_COUNTS = ("count", "countDistinct", "sum", "avg", "max", "min")


def read(step: Step) -> Query | None:
    """The query that a finished chain of Drizzle calls is."""
    if not _WORDS.search(step.name):
        return None
    links = query_links(step, _begins, _CALLS)
    if not links:
        return None
    if links[0].method in ("findMany", "findFirst"):
        return _relational(links[0])
    tables = [x for x in links if x.method in ("from", "insert", "update", "delete", "$count")]
    if (
        not tables
        or not tables[0].args
        or isinstance(tables[0].args[0].constant, str)
        or len(links) < 2 - (len(tables[0].args) > 1)
    ):
        return None
    return _query(links, tables[0])


def _begins(link: Step) -> bool:
    if link.method not in _BEGINS or "prisma" in link.name.lower():
        return False
    if link.method.startswith("find"):
        return ".query." in link.name
    if link.method.startswith("select"):
        return not link.args or link.args[0].fields is not None or link.args[0].items is not None
    return (
        bool(link.args)
        and bool(table_of(link))
        and link.args[0].fields is None
        and link.args[0].items is None
        and ".from()." not in link.name
        and not link.keywords
        and "sqlalchemy" not in link.name
    )


def _query(links: list[Step], source: Step) -> Query:
    given = {link.method: link for link in links}
    table = table_of(source) or _bare(source.args[0])
    begun = links[0]
    columns, counting = _asked(begun)
    limit = whole(_first(given.get("limit")))
    written = given.get("values") or given.get("set")
    wheres = [x.args[0] for x in links if x.method == "where" and x.args]
    if source.method == "$count" and len(source.args) > 1:
        wheres.append(source.args[1])
    operation = "select" if begun.method.startswith("select") else begun.method
    return Query(
        "drizzle",
        table or "?",
        "count" if (counting and "groupBy" not in given) or begun.method == "$count" else _upsert(operation, given),
        place_of(links),
        links[-1],
        filters=tuple(f for where in wheres for f in filters_of(where)),
        columns=columns,
        embeds=tuple(_joins(links)),
        order=tuple(_orders(given["orderBy"].args)) if "orderBy" in given else (),
        limit=limit,
        paged="offset" in given or ("limit" in given and limit is None),
        single=begun.method == "get",
        written=written.args[0] if written is not None and written.args else None,
    )


def _upsert(operation: str, given: dict[str, Step]) -> str:
    conflicts = "onConflictDoUpdate" in given or "onDuplicateKeyUpdate" in given
    return "upsert" if operation == "insert" and conflicts else operation


def _relational(call: Step) -> Query:
    """`db.query.posts.findMany({where, with, columns, limit})`."""
    given = (call.args[0].fields if call.args else None) or {}
    columns = given["columns"].fields if "columns" in given else None
    where, limit = given.get("where"), given.get("limit")
    return Query(
        "drizzle",
        table_of(call) or call.name.rpartition(".query.")[2].split(".")[0],
        "select",
        place_of([call]),
        call,
        filters=tuple(filters_of(where)) if where is not None else (),
        columns=tuple(columns) if columns else ("*",),
        embeds=tuple((given["with"].fields or {}) if "with" in given else ()),
        order=tuple(_orders((given["orderBy"],))) if "orderBy" in given else (),
        limit=whole(limit),
        paged="offset" in given or (limit is not None and whole(limit) is None),
        single=call.method == "findFirst",
    )


def _first(step: Step | None) -> Value | None:
    return step.args[0] if step is not None and step.args else None


def _asked(begun: Step) -> tuple[tuple[str, ...], bool]:
    """The columns of a select, and whether it only counts."""
    fields = begun.args[0].fields if begun.args and begun.method == "select" else None
    if not fields:
        return ("*",) if begun.method.startswith("select") else (), False
    counting = all(v.step is not None and any(_counted(x) for x in v.step.chain) for v in fields.values())
    return tuple(fields), counting


def _counted(step: Step) -> bool:
    if step.method in _COUNTS:
        return True
    written = " ".join(str(v.constant) for v in _pieces(step) if isinstance(v.constant, str)).lower()
    return any(f"{word}(" in written for word in _COUNTS)


def _pieces(step: Step) -> Iterator[Value]:
    for value in step.args:
        yield value
        yield from value.operands


def _joins(links: list[Step]) -> Iterator[str]:
    for link in links:
        if link.method.endswith("Join") and link.args:
            yield _table(link.args[0])


def _table(value: Value) -> str:
    made = value.step
    return text(made.args[0]) if made is not None and made.args and text(made.args[0]) else _bare(value)


def _bare(value: Value) -> str:
    return value.name.removesuffix("()").rpartition(".")[2]


def _orders(values: tuple[Value, ...]) -> Iterator[str]:
    for value in values:
        if value.items:
            yield from _orders(value.items)
        elif value.step is not None and value.step.method in ("asc", "desc") and value.step.args:
            yield column_of(value.step.args[0])
        elif value.name:
            yield column_of(value)


def filters_of(where: Value) -> Iterator[Filter]:
    """The conditions that an expression of `eq`, `and`, `or`, ... is made of."""
    made = where.step
    method = made.method if made is not None and made.result is where else ""
    if made is None or not method:
        for choice, _ in where.choices:
            yield from filters_of(choice)
        if not where.choices and not (where.literal and where.constant is None):
            yield Filter("?", "where", where)
    elif method == "and":
        for part in made.args:
            for inner in part.items or (part,):
                yield from filters_of(inner)
    elif method == "or":
        inner_filters = [f for part in made.args for f in filters_of(part)]
        yield Filter(
            ",".join(dict.fromkeys(f.column for f in inner_filters)) or "?",
            "or",
            merged([f.value for f in inner_filters]),
        )
    elif method == "not" and made.args:
        yield from (Filter(f.column, f"not.{f.operator}", f.value) for f in filters_of(made.args[0]))
    elif method in _COMPARES and made.args:
        yield Filter(
            column_of(made.args[0]), _COMPARES[method], made.args[1] if len(made.args) > 1 else Value(literal=True)
        )
    else:
        yield Filter("?", "where", where)


def column_of(value: Value) -> str:
    """A column's name in the database: what `integer("user_id")` says where the table stands in the app."""
    name = value.name.rpartition(".")[2]
    owner = value.operands[0] if value.op == "of" and value.operands else Value()
    made = owner.step.args[1] if owner.step is not None and len(owner.step.args) > 1 else None
    column = (made.fields or {}).get(name) if made is not None else None
    if column is not None and column.step is not None:
        begun = next((x for x in column.step.chain if x.args and text(x.args[0])), None)
        return text(begun.args[0]) if begun is not None and begun.receiver is None else name
    return name
