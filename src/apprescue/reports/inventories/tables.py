"""Every table with its columns, keys, indexes and rules, as they stand after the last migration."""

from __future__ import annotations

from apprescue.model.app import App
from apprescue.reports.interface import count, flat
from apprescue.reports.inventories.interface import Row, place_cell

HEADINGS = ("Table", "Columns", "Row rules", "Indexes", "From", "Where")


def rows(app: App) -> list[Row]:
    """One row per table. `rls` is null where the database has no such notion."""
    return [
        {
            "table": table.name,
            "columns": [{"name": c.name, "type": c.type, "nullable": c.nullable} for c in table.columns],
            "primary_key": list(table.primary_key),
            "foreign_keys": [
                {"columns": list(k.columns), "to_table": k.to_table, "to_columns": list(k.to_columns)}
                for k in table.foreign_keys
            ],
            "indexes": [{"name": i.name, "columns": list(i.columns), "unique": i.unique} for i in table.indexes],
            "rls": table.rls,
            "policies": [
                {"name": p.name, "command": p.command, "roles": list(p.roles), "using": p.using, "check": p.check}
                for p in app.schema.policies_of(table.name)
            ],
            "origin": table.origin,
            "place": flat(table.place),
        }
        for table in app.schema.tables
    ]


def cells(row: Row) -> tuple[str, ...]:
    """The row for people."""
    rules = {None: "", False: "off", True: count(len(row["policies"]), "policy")}[row["rls"]]
    name = row["table"].removeprefix("public.")
    return name, str(len(row["columns"])), rules, str(len(row["indexes"])), row["origin"], place_cell(row)
