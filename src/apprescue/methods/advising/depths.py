"""How deep the b-trees of a database are: told by what the planner thinks it takes to begin walking through them."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from apprescue.model.database import Database, DatabaseError

TREES = """
select n.nspname::text, i.relname::text, h.reltuples::float8, format('%I.%I', hn.nspname, h.relname),
       (select string_agg(pg_get_indexdef(i.oid, k, false)
                 || case when x.indoption[k - 1] & 1 = 1 then ' desc' else ' asc' end
                 || case when x.indoption[k - 1] & 2 = 2 then ' nulls first' else ' nulls last' end, ', ' order by k)
          from generate_series(1, x.indnkeyatts) k),
       coalesce(pg_get_expr(x.indpred, x.indrelid), 'true')
  from pg_index x join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace
  join pg_am m on m.oid = i.relam and m.amname = 'btree'
  join pg_class h on h.oid = x.indrelid join pg_namespace hn on hn.oid = h.relnamespace
 where i.relkind = 'i' and h.reltuples > 0 and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"""
ONLY_WALKS = "set local enable_seqscan = off; set local enable_sort = off; set local enable_bitmapscan = off"
STEP = 50
"""Comparisons that the planner reckons for each page on the way down."""


def depths(database: Database) -> dict[tuple[str, str], int]:
    """The levels above the leaves of each b-tree, by schema and name. One that the planner would not walk through, or
    not rather than another, is left out."""
    found = {}
    ((unit,),) = database.query("select current_setting('cpu_operator_cost')::float8")
    for *_, rows, table, order, where in database.query(TREES):
        with contextlib.suppress(DatabaseError), database.undone():
            asked = f"select from {table} where {where} order by {order}"
            told = database.query(f"{ONLY_WALKS}; explain (format json, verbose) {asked}")[0][0]
            for node in _nodes((json.loads(told) if isinstance(told, str) else told)[0]["Plan"]):
                if "Index Name" in node:
                    held = rows if where == "true" else max(node["Plan Rows"], 1)
                    begin = node["Startup Cost"] / unit - math.ceil(math.log2(max(held, 1)))
                    found[node["Schema"], node["Index Name"]] = max(0, round(begin / STEP) - 1)
    return found


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for one in node.get("Plans", ()):
        yield from _nodes(one)
