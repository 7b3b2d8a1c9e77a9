"""Runs an algorithm of hyrise's index selection evaluation, in that project's environment: a program of its own.

It reads JSON from its input and writes a line of JSON. Tables and columns are given to it with their quotes and schema;
as in that project, a column may be indexed for a statement whose text has its name, here only where the table's name
stands there too. An algorithm that takes no budget has its indexes ordered by what each of them saves, all others in
place.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
import time
from typing import Any

NAMES = {
    "extend": ("extend_algorithm", "ExtendAlgorithm"),
    "db2advis": ("db2advis_algorithm", "DB2AdvisAlgorithm"),
    "auto_admin": ("auto_admin_algorithm", "AutoAdminAlgorithm"),
}
COLUMNS = """
select quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relname, quote_ident(a.attname), a.attname
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'm') and a.attnum > 0 and not a.attisdropped and pg_has_role(c.relowner, 'usage')
   and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'hypopg')
   and a.atttypid::regtype::text not in ('json', 'jsonb', 'xml', 'point', 'polygon', 'box', 'tsvector')
   and exists (select from pg_opclass o join pg_am m on m.oid = o.opcmethod where m.amname = 'btree'
     and (o.opcintype = a.atttypid or a.atttypid::regtype::text ~ 'char|\\[\\]$'
       or (select typtype in ('e', 'r', 'd') from pg_type t where t.oid = a.atttypid)))
 order by 1, a.attnum"""


def main() -> None:
    """Choose indexes and tell them."""
    given = json.load(sys.stdin)
    sys.path.insert(0, given["source"])
    connector = importlib.import_module("selection.dbms.postgres_dbms").PostgresDatabaseConnector("", autocommit=True)
    connector.close()
    connector._connection = importlib.import_module("psycopg2").connect("")
    connector._connection.autocommit = True
    connector._cursor = connector._connection.cursor()
    workload = importlib.import_module("selection.workload")
    trouble: list[str] = []
    queries = list(_queries(connector, workload, given["texts"], trouble))
    file, name = NAMES[given["algorithm"]]
    made = getattr(importlib.import_module(f"selection.algorithms.{file}"), name)
    began = time.perf_counter()
    work = workload.Workload(queries)
    algorithm = made(connector, given["parameters"])
    chosen = list(algorithm.calculate_best_indexes(work))
    if given["algorithm"] == "auto_admin":
        chosen = _ordered(connector, work, chosen)
    seconds = time.perf_counter() - began
    indexes = [f"{index.table()} ({index.joined_column_names()})" for index in chosen]
    size = sum(index.estimated_size or 0 for index in chosen)
    print(json.dumps({"indexes": indexes, "seconds": seconds, "trouble": trouble, "size": size}))


def _queries(connector: Any, workload: Any, texts: list[str], trouble: list[str]) -> Any:
    tables: dict[str, Any] = {}
    known = []
    for table, bare, column, plain in connector.exec_fetch(COLUMNS, one=False):
        if table not in tables:
            tables[table] = workload.Table(table)
            tables[table].name = table
        made = workload.Column(plain)
        made.name = column
        tables[table].add_column(made)
        known.append((bare, plain, made))
    for number, text in enumerate(texts, 1):
        words = set(re.findall(r"\w+", text))
        columns = [made for bare, plain, made in known if bare in words and plain in words]
        query = workload.Query(number, text.replace(";", " "), columns)
        try:
            connector.get_plan(query)
        except Exception as error:  # whatever it does not take
            trouble.append(str(error).splitlines()[0])
            continue
        yield query


def _ordered(connector: Any, work: Any, chosen: list[Any]) -> list[Any]:
    costs = importlib.import_module("selection.cost_evaluation").CostEvaluation(connector)
    missed = {one: costs.calculate_cost(work, [other for other in chosen if other != one]) for one in chosen}
    costs.complete_cost_estimation()
    return sorted(chosen, key=lambda one: (-missed[one], str(one)))


if __name__ == "__main__":
    main()
