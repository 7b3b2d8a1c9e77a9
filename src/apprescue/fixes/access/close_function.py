"""A function with its owner's rights that no page calls is taken away from clients; the server goes on calling it.

It is left as it is where a page calls it, where its name stands in code that could not be read, and where row rules,
views or functions with their caller's rights need it.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog
from apprescue.model.finding import Finding
from apprescue.source.called_functions import callers, found_at
from apprescue.source.function_sql import closed
from apprescue.source.new_migration import new_migration
from apprescue.source.sql_text import bare


@fix(
    "access/definer_function_without_caller_check",
    "access/function_acting_for_anyone",
    title="Take a powerful function away from clients that do not call it",
)
def close_function(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for the functions that the finding names."""
    found = found_at(finding, catalog)
    if not found or any(callers(app, catalog, one).need_the_right for one in found):
        return
    ways = [closed(one) for one in found]
    name = bare(found[0].name)
    yield from new_migration(
        app,
        f"close {name}",
        f"{name} works with its owner's rights, and nothing in the app's pages calls it: only the server may from now"
        " on.",
        "".join(up for up, _ in ways),
        "".join(down for _, down in ways),
    )
