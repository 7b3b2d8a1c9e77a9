"""Queries through SQLAlchemy, Flask-SQLAlchemy and SQLModel: `session.query(User).filter(User.id == id).first()`,
`session.execute(select(User).where(...)).scalars().all()`, `User.query.filter_by(...)`, `session.get(User, id)`."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.app import Filter, Query
from apprescue.model.trace import Step, Value
from apprescue.source.chains import merged, place_of, query_links, table_of, whole
from apprescue.source.known import Names
from apprescue.source.rows import model_name

_WORDS = Names(r"\.query|select|ession|db|\.delete|insert|update")
_CALLS = frozenset(
    "filter filter_by where options join outerjoin select_from order_by limit offset group_by having distinct first "
    "all one one_or_none scalar scalars scalar_one scalar_one_or_none count exists get execute exec values "
    "returning update delete with_for_update unique mappings fetchone fetchall fetchmany paginate subquery "
    "first_or_404 get_or_404 one_or_404 on_conflict_do_update on_conflict_do_nothing correlate with_entities "
    "cte scalar_subquery as_scalar lateral "
    "yield_per stream_scalars slice add_columns tuples execution_options [:]".split()
)
_ENDS_ONE = frozenset(
    "first one one_or_none scalar_one scalar_one_or_none get first_or_404 get_or_404 one_or_404 fetchone scalar".split()
)
_INSIDE = frozenset("subquery cte scalar_subquery as_scalar lateral".split())
_COMPARES = {
    "in_": "in",
    "notin_": "not.in",
    "not_in": "not.in",
    "like": "like",
    "ilike": "ilike",
    "contains": "ilike",
    "startswith": "like",
    "endswith": "like",
    "is_": "is",
    "is_not": "not.is",
    "isnot": "not.is",
    "between": "between",
    "any": "contains",
    "has": "contains",
    "op": "op",
}
_SIGNS = {"==": "eq", "!=": "neq", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "in": "in"}


def read(step: Step) -> Query | None:
    """The query that a finished chain of SQLAlchemy calls is."""
    if not _WORDS.search(step.name):
        return None
    links = query_links(step, _begins, _CALLS)
    if not links:
        return None
    table = next((t for x in links if (t := table_of(x)) and t != "?"), "")
    return _query(links, table) if table else None


def _begins(link: Step) -> bool:
    method = link.method
    if ".query." in link.name:
        return link.receiver is None and method in _CALLS and bool(_flask_table(link))
    first = link.args[0] if link.args else None
    if first is None or ".from" in link.name or ".objects" in link.name:
        return False
    if method in ("get", "get_or_404"):
        return bool(model_name(first)) and first.step is None
    if method in ("query", "select"):
        return (
            not isinstance(first.constant, str)
            and first.fields is None
            and bool(table_of(link) or model_name(first) or first.step)
        )
    if method in ("insert", "update", "delete") and "sqlalchemy" in link.name and "ession" not in link.name:
        return True
    if method in ("add", "merge", "delete", "add_all", "bulk_save_objects", "refresh"):
        return "ession" in link.name or ("db" in link.name and bool(model_name(_one(first))))
    return False


def _one(value: Value) -> Value:
    return value.items[0] if value.items else value


def _flask_table(link: Step) -> str:
    """`User.query.filter_by(...)`: the model before `.query`."""
    model = link.name.partition(".query.")[0].rpartition(".")[2]
    return model if model[:1].isupper() and not model.endswith(")") else ""


def _query(links: list[Step], table: str) -> Query | None:
    first, methods = links[0], {x.method for x in links}
    if first.method == "refresh" or methods & _INSIDE:
        return None
    operation = _operation(first, methods)
    if (
        first.method in ("add", "merge", "delete", "add_all", "bulk_save_objects")
        and "sqlalchemy.delete" not in first.name
    ):
        table = model_name(_one(first.args[0])) or table
    if operation == "select" and len(links) == 1 and first.method in ("select", "query"):
        return None
    limit, paged = _limit(links)
    return Query(
        "sqlalchemy",
        table,
        operation,
        place_of(links),
        links[-1],
        filters=tuple(f for x in links for f in _filters(x)),
        columns=_columns(first),
        embeds=tuple(_loaded(links)),
        order=tuple(_column(a) for x in links if x.method == "order_by" for a in x.args),
        limit=limit,
        paged=paged,
        single=bool(methods & _ENDS_ONE),
        written=_written(links),
    )


def _operation(first: Step, methods: set[str]) -> str:
    if first.method in ("add", "add_all", "bulk_save_objects", "insert"):
        return "upsert" if "on_conflict_do_update" in methods else "insert"
    if first.method in ("delete", "update"):
        return first.method
    if first.method == "merge":
        return "upsert"
    if "update" in methods or "delete" in methods:
        return "update" if "update" in methods else "delete"
    return "count" if "count" in methods or _counts(first) else "select"


def _counts(first: Step) -> bool:
    """Whether every column asked for is an aggregate."""
    return (
        bool(first.args)
        and first.method in ("select", "query")
        and all(
            a.step is not None and any(x.method in ("count", "sum", "avg", "max", "min") for x in a.step.chain)
            for a in first.args
        )
    )


def _limit(links: list[Step]) -> tuple[int | None, bool]:
    limit, paged = None, False
    for link in links:
        if link.method in ("limit", "[:]", "fetchmany") and link.args:
            limit = whole(link.args[-1])
            paged |= limit is None
        paged |= link.method in ("offset", "paginate", "slice", "yield_per")
    return limit, paged


def _columns(first: Step) -> tuple[str, ...]:
    if first.method not in ("select", "query"):
        return ("*",) if ".query." in first.name or first.method == "get" else ()
    parts = [a for a in first.args if a.op == "of" and a.operands]
    return tuple(_column(a) for a in parts) if parts else ("*",)


def _loaded(links: list[Step]) -> Iterator[str]:
    for link in links:
        if link.method in ("join", "outerjoin") and link.args:
            yield model_name(link.args[0]) or _column(link.args[0])
        elif link.method == "options":
            yield from (_column(made.args[0]) for a in link.args if (made := a.step) is not None and made.args)


def _written(links: list[Step]) -> Value | None:
    first = links[0]
    if first.method in ("add", "add_all", "merge"):
        return first.args[0]
    for link in links[1:] if first.method in ("insert", "update", "query") else ():
        if link.method in ("values", "update"):
            return link.args[0] if link.args else Value(fields=dict(link.keywords))
    return None


def _filters(link: Step) -> Iterator[Filter]:
    if link.method in ("filter", "where", "having"):
        for part in link.args:
            yield from _conditions(part)
    elif link.method in ("filter_by", "first_or_404") and link.keywords:
        yield from (Filter(column, "eq", value) for column, value in link.keywords.items())
    elif link.method in ("get", "get_or_404") and link.args:
        yield Filter("id", "eq", link.args[-1])


def _conditions(value: Value) -> Iterator[Filter]:
    """The conditions of an expression: `User.id == x`, `and_(...)`, `a | b`, `User.id.in_(ids)`."""
    made = value.step if value.step is not None and value.step.result is value else None
    if value.op in _SIGNS and len(value.operands) == 2:
        left, right = value.operands
        yield Filter(_column(left), _SIGNS[value.op], right)
    elif value.op == "&":
        yield from (f for part in value.operands for f in _conditions(part))
    elif value.op == "|":
        yield _either(value.operands)
    elif made is not None and made.method == "and_":
        yield from (f for part in made.args for f in _conditions(part))
    elif made is not None and made.method == "or_":
        yield _either(made.args)
    elif made is not None and made.method in _COMPARES:
        column = made.name[: -len(made.method) - 1].rpartition(".")[2]
        yield Filter(column, _COMPARES[made.method], made.args[0] if made.args else Value())
    elif value.items:
        yield from (f for part in value.items for f in _conditions(part))
    else:
        yield Filter("?", "where", value)


def _either(parts: tuple[Value, ...]) -> Filter:
    inner = [f for part in parts for f in _conditions(part)]
    return Filter(",".join(dict.fromkeys(f.column for f in inner)) or "?", "or", merged([f.value for f in inner]))


def _column(value: Value) -> str:
    made = value.step
    if made is not None and made.method in ("desc", "asc", "nullslast", "nulls_last"):
        if made.args:
            return _column(made.args[0])
        return made.name[: -len(made.method) - 1].rpartition(".")[2].removesuffix("()")
    return value.name.removesuffix("()").rpartition(".")[2]
