"""Replays SQL files in their order into the database that they leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from apprescue.model.place import Code
from apprescue.model.schema import Fault
from apprescue.source import sql_objects as objects
from apprescue.source import sql_tables as tables
from apprescue.source.sql import Broken, Statement, parse
from apprescue.source.sql_blocks import statements_in
from apprescue.source.sql_catalog import Catalog

STEPS: dict[str, Callable[[Catalog, Statement, str], None]] = {
    "CreateStmt": tables.create_table,
    "CreateTableAsStmt": tables.create_from_query,
    "AlterTableStmt": tables.alter_table,
    "IndexStmt": tables.create_index,
    "ViewStmt": tables.create_view,
    "CreateEnumStmt": tables.create_enum,
    "AlterEnumStmt": tables.alter_enum,
    "InsertStmt": tables.insert,
    "UpdateStmt": tables.update,
    "CreatePolicyStmt": objects.create_policy,
    "AlterPolicyStmt": objects.alter_policy,
    "CreateFunctionStmt": objects.create_function,
    "AlterFunctionStmt": objects.alter_function,
    "CreateTrigStmt": objects.create_trigger,
    "GrantStmt": objects.grant,
    "AlterDefaultPrivilegesStmt": objects.default_rights,
    "DropStmt": objects.drop,
    "RenameStmt": objects.rename,
    "AlterObjectSchemaStmt": objects.rename,
}


def replay(files: Iterable[tuple[str, str]]) -> Catalog:
    """The catalog after every file, given as path and text in the order in which they run."""
    catalog = Catalog()
    for path, text in files:
        for statement in parse(text):
            _step(catalog, statement, path)
    return catalog


def _step(catalog: Catalog, statement: Statement | Broken, path: str) -> None:
    if isinstance(statement, Broken):
        catalog.faults.append(Fault("broken", statement.error, Code(path, statement.line)))
    elif statement.kind == "DoStmt":
        _block(catalog, statement, path)
    elif statement.kind in STEPS:
        STEPS[statement.kind](catalog, statement, path)


def _block(catalog: Catalog, statement: Statement, path: str) -> None:
    """A DO block's statements. It asks before it acts, so what it repeats is no fault."""
    faults = len(catalog.faults)
    for above, text in list(statements_in(statement, list(catalog.tables), list(catalog.policies))):
        for inner in parse("\n" * above + text):
            if isinstance(inner, Statement) and inner.kind in STEPS:
                STEPS[inner.kind](catalog, inner, path)
    del catalog.faults[faults:]
