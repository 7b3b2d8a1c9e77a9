"""Queries to MongoDB: pymongo and motor (`db.users.find_one({...})`), the Node driver, Mongoose models."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.app import Filter, Query
from apprescue.model.trace import Step, Value
from apprescue.source.chains import OF_OBJECT, argument, merged, place_of, query_links, table_of, text, whole
from apprescue.source.known import Names
from apprescue.source.rows import MONGO

_OPERATIONS = {
    "insert_one": "insert",
    "insertOne": "insert",
    "insert_many": "insert",
    "insertMany": "insert",
    "create": "insert",
    "insert": "insert",
    "save": "insert",
    "findAndModify": "update",
    "count_documents": "count",
    "countDocuments": "count",
    "estimated_document_count": "count",
    "estimatedDocumentCount": "count",
    "exists": "count",
}
_CALLS = frozenset(
    "sort limit skip select lean populate exec to_list toArray batch_size where eq equals ne gt gte lt lte in nin "
    "or and hint distinct countDocuments count session projection project allowDiskUse orFail next cursor save "
    "deleteOne remove".split()
)
_COMPARES = {
    "$eq": "eq",
    "$ne": "neq",
    "$gt": "gt",
    "$gte": "gte",
    "$lt": "lt",
    "$lte": "lte",
    "$in": "in",
    "$nin": "not.in",
    "$regex": "ilike",
    "$exists": "not.is",
    "$all": "contains",
    "$elemMatch": "contains",
    "$not": "not.eq",
}
_HOLDERS = re.compile(r"(?i)(?:repo|repository|service|store|dao|storage)(?:<\w+>)?(?:\(\))*\.\w+$")
_WORDS = Names(
    r"\.(?:find|insert|update|delete|count|aggregate|distinct|replace|create|exists|bulk|estimated|remove|save)"
)
_ONE = ("One", "_one", "ById", "one")


def read(step: Step) -> Query | None:
    """The query that a finished chain of calls on a collection or model is."""
    name = step.name
    if not _WORDS.search(name):
        return None
    if ".objects" in name or ".query." in name or "prisma" in name or ".from" in name:
        return None
    links = query_links(step, _begins, _CALLS)
    return _query(links) if links else None


def _begins(link: Step) -> bool:
    if link.method not in MONGO or link.method == "where" or not table_of(link) or "sqlalchemy" in link.name:
        return False
    if link.keywords and not link.args and "filter" not in link.keywords:
        return False
    if (link.args and link.args[0].function is not None) or _HOLDERS.search(link.name):
        return False
    documents = (
        "_" in link.method or link.method[-3:] in ("One", "any", "nts") or "By" in link.method or "find" in link.method
    )
    return documents or _of_mongoose(link) or link.method in ("aggregate", "distinct")


def _of_mongoose(link: Step) -> bool:
    """Whether a method with a common name (`create`, `exists`) is called on a Mongoose model or a collection."""
    return (
        "mongo" in link.name
        or "Model<" in link.name
        or "model()" in link.name
        or "collection()" in link.name
        or (link.receiver is not None and link.receiver.method in ("model", "collection"))
    )


def _query(links: list[Step]) -> Query:
    call = links[0]
    method = call.method
    condition = argument(call, 0, "filter")
    changed = links[-1].method in OF_OBJECT and len(links) > 1
    writes = ("update" if links[-1].method == "save" else "delete") if changed else _operation(method)
    limit, paged = _limit(links)
    pipeline = condition.items if method == "aggregate" and condition is not None else None
    stages = [s.fields for s in pipeline or () if s.fields]
    filters = list(_conditions(method, condition, stages))
    cut = next((whole(s["$limit"]) for s in stages if "$limit" in s), None)
    sums = any("$group" in s and _is_nothing(s["$group"].fields) for s in stages) or any("$count" in s for s in stages)
    return Query(
        "mongo",
        table_of(call),
        "count" if sums else writes,
        place_of(links),
        links[-1],
        filters=tuple(filters),
        columns=_columns(links),
        embeds=tuple(_joined(links, stages)),
        order=tuple(_orders(links, stages)),
        limit=limit if limit is not None else cut,
        paged=paged or any("$skip" in s for s in stages) or (cut is None and any("$limit" in s for s in stages)),
        single=writes == "select" and (method.endswith(_ONE) or "ById" in method),
        written=_written(writes, call),
    )


def _operation(method: str) -> str:
    lower = method.lower().replace("_", "")
    if method in _OPERATIONS:
        return _OPERATIONS[method]
    for verb in ("update", "replace", "delete", "remove"):
        if verb in lower:
            return {"replace": "update", "remove": "delete"}.get(verb, verb)
    return "update" if "bulk" in lower else "select"


def _is_nothing(fields: dict[str, Value] | None) -> bool:
    key = (fields or {}).get("_id")
    return key is not None and key.literal and key.constant is None


def _conditions(method: str, condition: Value | None, stages: list[dict[str, Value]]) -> Iterator[Filter]:
    if condition is None or method.startswith(("insert", "create", "bulk")):
        return
    if "ById" in method:
        yield Filter("_id", "eq", condition)
    elif method == "aggregate":
        for stage in stages[:1]:
            if "$match" in stage:
                yield from _filters(stage["$match"])
    elif method == "distinct":
        return
    else:
        yield from _filters(condition)


def _filters(condition: Value) -> Iterator[Filter]:
    """The conditions of a filter document; alternatives are one condition on all of their fields."""
    if condition.fields is None:
        for choice, _ in condition.choices:
            yield from _filters(choice)
        if not condition.choices and not condition.literal:
            yield Filter("?", "where", condition)
        return
    for key, value in condition.fields.items():
        if key == "$and":
            for part in value.items or ():
                yield from _filters(part)
        elif key == "$or":
            inner = [f for part in value.items or () for f in _filters(part)]
            yield Filter(",".join(dict.fromkeys(f.column for f in inner)) or "?", "or", merged(value.items or (value,)))
        elif key == "...":
            yield Filter("?", "where", value)
        elif value.fields and any(k.startswith("$") for k in value.fields):
            yield from (Filter(key, _COMPARES.get(k, k.lstrip("$")), v) for k, v in value.fields.items())
        else:
            yield Filter(key, "eq", value)


def _limit(links: list[Step]) -> tuple[int | None, bool]:
    """The row limit, and whether the query is read page by page."""
    limit, paged = None, False
    for link in links:
        given = argument(link, 0, "length") if link.method in ("limit", "to_list") else None
        if given is None and link.method in ("limit", "to_list"):
            continue
        if given is not None and not (given.literal and given.constant is None):
            number = whole(given)
            if number is not None:
                limit = number if limit is None else min(limit, number)
            elif link.method == "limit":
                paged = True
        paged |= link.method == "skip"
    return limit, paged


def _columns(links: list[Step]) -> tuple[str, ...]:
    asked = argument(links[0], 1, "projection")
    named = next(
        (text(x.args[0]).split() for x in links[1:] if x.method == "select" and x.args and text(x.args[0])), None
    )
    if named and not any(n.startswith("-") for n in named):
        return tuple(named)
    fields = (asked.fields if asked is not None else None) or {}
    columns = tuple(k for k, v in fields.items() if v.constant in (1, True) and v.literal)
    return columns or ("*",)


def _joined(links: list[Step], stages: list[dict[str, Value]]) -> Iterator[str]:
    yield from (text(x.args[0]) for x in links if x.method == "populate" and x.args and text(x.args[0]))
    for stage in stages:
        looked = (stage["$lookup"].fields or {}).get("from") if "$lookup" in stage else None
        if looked is not None:
            yield text(looked)


def _orders(links: list[Step], stages: list[dict[str, Value]]) -> Iterator[str]:
    for link in links:
        if link.method == "sort" and link.args:
            first = link.args[0]
            if text(first):
                yield text(first).lstrip("-")
            yield from first.fields or {}
            yield from (text(i.items[0]) for i in first.items or () if i.items)
    for stage in stages:
        if "$sort" in stage:
            yield from stage["$sort"].fields or {}


def _written(operation: str, call: Step) -> Value | None:
    if call.method == "save":
        return call.receiver.args[0] if call.receiver is not None and call.receiver.args else None
    if operation == "insert":
        return argument(call, 0, "document", "documents")
    return argument(call, 1, "update", "replacement") if operation == "update" else None
