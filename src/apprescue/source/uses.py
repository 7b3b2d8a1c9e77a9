"""What an app's own queries tell of tables that nothing else tells of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from apprescue.model.app import Query
from apprescue.model.place import Code
from apprescue.model.schema import Column, Schema, Table

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def schema_of(queries: Iterable[Query], wanted: Collection[str]) -> Schema:
    """The wanted tables (`schema.name`) with the columns that queries read, write, order and filter by."""
    columns: dict[str, dict[str, Code]] = defaultdict(dict)
    for query in queries:
        name = f"public.{query.table}"
        if name in wanted and query.operation not in ("rpc", "raw"):
            for column in _columns(query):
                columns[name].setdefault(column, query.place)
    return Schema(
        tables=tuple(
            Table(
                name,
                tuple(
                    Column(column, "", place) for column, place in {"id": next(iter(found.values())), **found}.items()
                ),
                next(iter(found.values())),
                "queries",
                ("id",),
            )
            for name, found in columns.items()
        )
    )


def _columns(query: Query) -> Iterator[str]:
    written = query.written
    rows = (written, *(written.items or ())) if written else ()
    keys = [key for row in rows for key in row.fields or ()]
    for name in (*query.columns, *(f.column for f in query.filters), *query.order, *keys):
        if _NAME.fullmatch(name):
            yield name
