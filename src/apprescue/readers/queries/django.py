"""Queries through Django's ORM: `Post.objects.filter(owner=user).order_by("-id")[:20]`,
`get_object_or_404(Post, pk=pk)`, `post.save()`."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.app import Filter, Query
from apprescue.model.trace import Step, Value
from apprescue.source.chains import merged, place_of, query_links, table_of, text, whole

_BEGINS = frozenset(
    "all filter exclude get get_or_create update_or_create create bulk_create bulk_update count exists first last "
    "values values_list order_by annotate aggregate select_related prefetch_related only defer none raw in_bulk "
    "distinct latest earliest update delete aget acreate afirst acount aexists get_queryset".split()
)
_CALLS = _BEGINS | frozenset("reverse iterator using select_for_update union dates save [:]".split())
_OPERATIONS = {
    "create": "insert",
    "acreate": "insert",
    "bulk_create": "insert",
    "get_or_create": "upsert",
    "update_or_create": "upsert",
    "bulk_update": "update",
    "update": "update",
    "save": "update",
    "delete": "delete",
    "count": "count",
    "exists": "count",
    "acount": "count",
    "aexists": "count",
    "aggregate": "count",
}
_ONE = frozenset("get aget first afirst last latest earliest get_or_create update_or_create get_object_or_404".split())
_COMPARES = {
    "exact": "eq",
    "iexact": "ilike",
    "contains": "like",
    "icontains": "ilike",
    "startswith": "like",
    "istartswith": "ilike",
    "endswith": "like",
    "iendswith": "ilike",
    "gt": "gt",
    "gte": "gte",
    "lt": "lt",
    "lte": "lte",
    "in": "in",
    "isnull": "is",
    "range": "between",
    "regex": "ilike",
    "iregex": "ilike",
    "date": "eq",
    "year": "eq",
}


def read(step: Step) -> Query | None:
    """The query that a finished chain of a manager's calls is."""
    name = step.name
    if ".objects" not in name and "_or_404" not in name:
        return None
    links = query_links(step, _begins, _CALLS)
    return _query(links) if links else None


def _begins(link: Step) -> bool:
    if link.name.endswith(("get_object_or_404", "get_list_or_404")):
        return bool(table_of(link))
    return ".objects." in link.name and link.method in _BEGINS and link.receiver is None


def _query(links: list[Step]) -> Query:
    first = links[0]
    operation = next((_OPERATIONS[x.method] for x in reversed(links) if x.method in _OPERATIONS), "select")
    limit, paged = _limit(links)
    return Query(
        "django",
        table_of(first),
        operation,
        place_of(links),
        links[-1],
        filters=tuple(f for x in links for f in _filters(x)),
        columns=tuple(
            text(a) for x in links if x.method in ("values", "values_list", "only") for a in x.args if text(a)
        )
        or ("*",),
        embeds=tuple(
            text(a) for x in links if x.method in ("select_related", "prefetch_related") for a in x.args if text(a)
        ),
        order=tuple(text(a).lstrip("-") for x in links if x.method == "order_by" for a in x.args if text(a)),
        limit=limit,
        paged=paged,
        single=any(x.method in _ONE for x in links),
        written=_written(links),
    )


def _limit(links: list[Step]) -> tuple[int | None, bool]:
    cut = next((x for x in links if x.method == "[:]" and x.args), None)
    limit = whole(cut.args[-1]) if cut is not None else None
    return limit, cut is not None and (limit is None or len(cut.args) > 1)


def _written(links: list[Step]) -> Value | None:
    last = next((x for x in reversed(links) if _OPERATIONS.get(x.method) in ("insert", "update", "upsert")), None)
    if last is None:
        return None
    return Value(fields=dict(last.keywords)) if last.keywords else last.args[0] if last.args else None


def _filters(link: Step) -> Iterator[Filter]:
    if link.method in ("filter", "exclude", "get", "aget", "get_or_create", "get_object_or_404", "get_list_or_404"):
        denied = "not." if link.method == "exclude" else ""
        for key, value in link.keywords.items():
            if key != "defaults":
                column, operator = _lookup(key)
                yield Filter(column, denied + operator, value)
        for part in link.args[1 if link.method.endswith("404") else 0 :]:
            columns = [_lookup(k)[0] for k in _named(part)]
            yield Filter(",".join(columns) or "?", "or" if part.op == "|" else "where", merged([part]))


def _named(part: Value) -> Iterator[str]:
    """The columns in `Q(a=x) | Q(b=y)`."""
    for operand in part.operands:
        yield from _named(operand)
    if part.step is not None and part.step.result is part:
        yield from part.step.keywords


def _lookup(key: str) -> tuple[str, str]:
    """`created__gte` as its column and operator; a relation's path is written with dots."""
    parts = ["id" if p == "pk" else p for p in key.split("__")]
    operator = _COMPARES.get(parts[-1], "") if len(parts) > 1 else ""
    return ".".join(parts[:-1] if operator else parts) or "?", operator or "eq"
