"""Materialized views show the rows that were there when they were last refreshed."""

from __future__ import annotations

from apprescue.methods.filling.inserting import relation
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError


def refreshed(database: Database, catalog: Catalog) -> list[tuple[str, str]]:
    """Refresh them all, those made of others too; what could not be refreshed, and why."""
    left = [view for view in catalog.relations if view.kind == "materialized view"]
    refused: dict[str, str] = {}
    for _ in range(2):
        for view in left:
            try:
                database.run(f"refresh materialized view {relation(view)}")
                refused.pop(view.name, None)
            except DatabaseError as error:
                refused[view.name] = f"{error.sqlstate} {error}"
    return list(refused.items())
