"""A function that fails because a column and a name of its own are called alike is told that the column is meant.

`#variable_conflict use_column` stands at the head of its body. It is done only where that cannot change what the
function does elsewhere: the name is one of the columns that it gives back and never set by it, or an argument that
stands nowhere but among the values of an insert. Where that names columns in ON CONFLICT that are not unique, they
become so.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.methods.expressions import condition, each, statements, words
from apprescue.methods.rewriting.routines import Routines, body_queries
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Routine
from apprescue.model.finding import Finding
from apprescue.model.place import FunctionPlace
from apprescue.source.history import histories
from apprescue.source.new_migration import Wanted, new_migrations
from apprescue.source.unique_keys import conflicts, unique_key

_ALIKE = re.compile(r'column reference "([^"]+)" is ambiguous')
_GIVEN_BACK = re.compile(r"(?is)^table\s*\((.*)\)$")
HINT = "#variable_conflict use_column"


@fix("running/rule_that_fails", title="Tell a function's names from the columns")
def tell_names_apart(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for the function."""
    alike = _ALIKE.search(finding.detail)
    if alike is None:
        return
    named = {place.function for place in (finding.place, *finding.related) if isinstance(place, FunctionPlace)}
    found = [one for one in catalog.routines if one.name in named and _may(one, alike[1])]
    if len(found) == 1:
        routine = found[0]
        wanted = Wanted(
            f"tell names apart in {routine.name.rpartition('.')[2]}",
            f"This function failed on every call, for a column and a name of its own are both called {alike[1]}.",
            Routines(catalog).with_body(routine, f"\n{HINT}{routine.body}"),
            f"{routine.definition.rstrip()};",
        )
        function, history = app.schema.function(routine.name), next(iter(histories(app.files)), None)
        plainly = history is not None and history.kind in ("supabase", "sql")
        keys = conflicts(app.schema, function) if function and plainly else ()
        yield from new_migrations(app, [*(unique_key(*key) for key in keys), wanted])


def _may(routine: Routine, name: str) -> bool:
    """Whether the column may be meant wherever the name stands."""
    if routine.language != "plpgsql" or "#variable_conflict" in routine.body:
        return False
    given = {argument for argument, _ in routine.arguments}
    if name in given:
        return _only_inserted(routine, name)
    back = _GIVEN_BACK.match(routine.returns)
    names = {part.split()[0].strip('"') for part in back[1].split(",") if part.split()} if back else set()
    word = rf'"?{re.escape(name)}"?'
    is_set = re.search(rf"(?i)\b{word}\s*:=|\binto\s+(?:strict\s+)?(?:[\w\"]+\s*,\s*)*{word}\b", routine.body)
    return name in names and not is_set


def _only_inserted(routine: Routine, name: str) -> bool:
    """Whether an argument is asked for among the values of inserts only."""
    for query in body_queries(routine):
        read = statements(query) or condition(query)
        uses = [ref for ref in each(read.tree if read else None, "ColumnRef") if words(ref.get("fields")) == (name,)]
        inserts = list(each(read.tree if read else None, "InsertStmt"))
        if read is None and re.search(rf"\b{re.escape(name)}\b", query):
            return False
        if inserts:
            told = inserts[0].get("onConflictClause")
            beyond = [ref for ref in each(told, "ColumnRef") if words(ref.get("fields")) == (name,)]
            values = inserts[0].get("selectStmt", {}).get("SelectStmt", {})
            if beyond or (uses and values.get("fromClause")):
                return False
        elif uses and any(True for _ in each(read.tree if read else None, "RangeVar")):
            return False
    return True
