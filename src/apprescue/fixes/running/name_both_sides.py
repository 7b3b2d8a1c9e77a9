"""A function that holds a column against a name of its own called alike says which is which.

`where user_id = user_id` fails on every call, for either may mean the column; nobody means to hold a column against
itself. The one side becomes the table's column, the other the function's argument, or its variable by a label at its
head. It is done only where one table of the query has such a column; what else the function asks stays as it is.
"""

from __future__ import annotations

import re
from typing import Any

from apprescue.fixes.interface import Changes, fix
from apprescue.methods.expressions import each, statements, words
from apprescue.methods.rewriting.routines import Routines, body_queries
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Routine
from apprescue.model.finding import Finding
from apprescue.model.place import FunctionPlace
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import plain
from apprescue.source.sql_text import bare

_ALIKE = re.compile(r'column reference "([^"]+)" is ambiguous')
_HEAD = re.compile(r"(?is)\A(\s*)(?=declare\b)")
_LABEL = "own"


@fix("running/rule_that_fails", title="Say which side is the column and which the function's own")
def name_both_sides(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for the function."""
    alike = _ALIKE.search(finding.detail)
    named = {place.function for place in (finding.place, *finding.related) if isinstance(place, FunctionPlace)}
    found = [one for one in catalog.routines if one.name in named and one.language == "plpgsql"]
    body = _told_apart(catalog, found[0], alike[1]) if alike and len(found) == 1 else ""
    if alike and body:
        name = bare(found[0].name)
        why = f"{name} failed on every call, for a column and a name of its own are both called {alike[1]}."
        up, down = Routines(catalog).with_body(found[0], body), f"{found[0].definition.rstrip()};"
        yield from new_migration(app, f"name both sides in {name}", why, up, down)


def _told_apart(catalog: Catalog, routine: Routine, name: str) -> str:
    """The body with both sides named; empty where nothing is held against itself, or it is not sure in which table."""
    is_argument = name in {argument for argument, _ in routine.arguments}
    own = bare(routine.name) if is_argument else _LABEL
    word = rf'(?<![\w".])"?{re.escape(name)}"?(?![\w".(])'
    body = routine.body if is_argument else _HEAD.sub(rf"\g<1><<{_LABEL}>>\n", routine.body)
    changed = is_argument or body != routine.body
    for query in body_queries(routine):
        read = statements(query)
        twice = [one for one in each(read.tree if read else None, "A_Expr") if _is_itself(one, name)]
        if not twice:
            continue
        tables = _holding(catalog, read.tree if read else None, name)
        same = re.compile(rf"{word}\s*=\s*{word}")
        if len(tables) != 1 or len(same.findall(query)) != len(twice) or query not in body or not changed:
            return ""
        column, value = (f"{plain(one)}.{plain(name)}" for one in (tables[0], own))
        body = body.replace(query, same.sub(f"{column} = {value}", query))
    return body if body.count(f"{plain(own)}.{plain(name)}") > routine.body.count(f"{plain(own)}.{plain(name)}") else ""


def _is_itself(test: dict[str, Any], name: str) -> bool:
    """Whether a name is held against the same name."""
    sides = [side.get("ColumnRef", {}) for side in (test.get("lexpr", {}), test.get("rexpr", {}))]
    equal = [one.get("String", {}).get("sval") for one in test.get("name", [])] == ["="]
    return equal and all(words(side.get("fields")) == (name,) for side in sides)


def _holding(catalog: Catalog, tree: Any, name: str) -> list[str]:
    """The tables of a query, as it calls them, that have a column of this name; none where one is not known."""
    found, writes = [], (one for kind in ("UpdateStmt", "DeleteStmt") for one in each(tree, kind))
    for table in (*each(tree, "RangeVar"), *(one.get("relation", {}) for one in writes)):
        full = f"{table.get('schemaname') or 'public'}.{table.get('relname')}"
        relation = catalog.relation(full)
        if relation is None:
            return []
        if relation.column(name):
            found.append(str(table.get("alias", {}).get("aliasname") or table.get("relname")))
    return found
