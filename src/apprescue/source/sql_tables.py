"""Replays what makes and changes tables: columns, constraints, indexes, views, enums and file buckets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from apprescue.model.place import Code
from apprescue.model.schema import Bucket, Column, ForeignKey, Index, Table, View
from apprescue.source.sql import Statement, Tree, dotted, nodes, relation, words
from apprescue.source.sql_catalog import Catalog, place, type_name
from apprescue.source.sql_text import default, inside

_DELETES = {"c": "cascade", "n": "set null", "r": "restrict", "d": "set default"}


def create_table(catalog: Catalog, statement: Statement, path: str) -> None:
    """CREATE TABLE. Made twice, the table has the columns of both: which of them ran nobody can read."""
    tree = statement.tree
    name, here = relation(tree.get("relation")), place(path, statement)
    if tree.get("relation", {}).get("relpersistence") == "t":
        return
    known = catalog.tables.get(name)
    if known is not None and known.columns:
        if tree.get("if_not_exists"):
            return
        catalog.twice(name, here, known.place)
    table = replace(known, place=here) if known else Table(name, (), here, "sql_migrations", rls=False)
    for element in tree.get("tableElts", ()):
        if "ColumnDef" in element:
            table = _with_column(catalog, table, element["ColumnDef"], statement, path)
        elif "Constraint" in element:
            table = _constrained(catalog, table, element["Constraint"], (), statement, path)
    parents = [relation(r["RangeVar"]) for r in tree.get("inhRelations", ()) if "RangeVar" in r]
    if parents and parents[0] in catalog.tables:
        parent = catalog.tables[parents[0]]
        table = replace(table, columns=parent.columns + table.columns, rls=parent.rls)
    catalog.tables[name] = table


def create_from_query(catalog: Catalog, statement: Statement, path: str) -> None:
    """CREATE TABLE AS and CREATE MATERIALIZED VIEW."""
    rel = statement.tree.get("into", {}).get("rel", {})
    name, here = relation(rel), place(path, statement)
    if statement.tree.get("objtype") == "OBJECT_MATVIEW":
        catalog.views[name] = View(name, statement.text, here, materialized=True)
    elif rel.get("relpersistence") != "t":
        catalog.tables[name] = Table(name, (), here, "sql_migrations", rls=False)


def create_view(catalog: Catalog, statement: Statement, path: str) -> None:
    """CREATE VIEW."""
    name = relation(statement.tree.get("view"))
    invoker = _invoker(statement.tree.get("options", ()))
    catalog.views[name] = View(name, statement.text, place(path, statement), bool(invoker))


def alter_table(catalog: Catalog, statement: Statement, path: str) -> None:
    """ALTER TABLE and ALTER VIEW, command by command."""
    name = relation(statement.tree.get("relation"))
    if name in catalog.views or statement.tree.get("objtype") in ("OBJECT_VIEW", "OBJECT_MATVIEW"):
        for node in nodes(statement.tree, "AlterTableCmd"):
            invoker = _invoker(node.get("def", {}).get("List", {}).get("items", ()))
            if name in catalog.views and invoker is not None:
                catalog.views[name] = replace(catalog.views[name], security_invoker=invoker)
        return
    if statement.tree.get("missing_ok") and name not in catalog.tables:
        return
    here = place(path, statement)
    table = catalog.table(name, here)
    for command in nodes(statement.tree, "AlterTableCmd"):
        table = _altered(catalog, table, command, statement, path)
    catalog.tables[name] = table


def create_index(catalog: Catalog, statement: Statement, path: str) -> None:
    """CREATE INDEX."""
    tree, here = statement.tree, place(path, statement)
    name = relation(tree.get("relation"))
    parts = tuple(_part(p["IndexElem"], statement) for p in tree.get("indexParams", ()) if "IndexElem" in p)
    label = tree.get("idxname") or f"{name.rpartition('.')[2]}_{'_'.join(parts)}_idx"
    table = catalog.table(name, here) if name not in catalog.views else None
    if table is None:
        return
    earlier = next((i for t in catalog.tables.values() for i in t.indexes if i.name == label), None)
    if earlier:
        if not tree.get("if_not_exists"):
            catalog.twice(f"index {label}", here, earlier.place)
        return
    where = statement.text[statement.text.lower().rfind(" where ") + 7 :] if tree.get("whereClause") else ""
    index = Index(label, parts, here, bool(tree.get("unique")), tree.get("accessMethod", "btree"), where.strip())
    catalog.tables[name] = replace(table, indexes=(*table.indexes, index))


def create_enum(catalog: Catalog, statement: Statement, path: str) -> None:
    """CREATE TYPE ... AS ENUM."""
    catalog.enums[dotted(statement.tree.get("typeName"))] = words(statement.tree.get("vals"))


def alter_enum(catalog: Catalog, statement: Statement, path: str) -> None:
    """ALTER TYPE ... ADD VALUE."""
    name, value = dotted(statement.tree.get("typeName")), statement.tree.get("newVal")
    if value:
        catalog.enums[name] = (*catalog.enums.get(name, ()), value)


def insert(catalog: Catalog, statement: Statement, path: str) -> None:
    """INSERT INTO storage.buckets makes buckets; other rows are no part of the schema."""
    tree = statement.tree
    if relation(tree.get("relation")) != "storage.buckets":
        return
    names = [c["ResTarget"].get("name", "") for c in tree.get("cols", ()) if "ResTarget" in c]
    select = tree.get("selectStmt", {}).get("SelectStmt", {})
    rows = [row["List"].get("items", []) for row in select.get("valuesLists", ()) if "List" in row]
    if not rows:
        rows = [[t["ResTarget"].get("val", {}) for t in select.get("targetList", ()) if "ResTarget" in t]]
    for row in rows:
        values = {name: _constant(node) for name, node in zip(names or ("id", "name", "owner"), row, strict=False)}
        bucket = str(values.get("id") or values.get("name") or "")
        if bucket and (
            bucket not in catalog.buckets or "on_conflict" in statement.text.lower() or values.get("public")
        ):
            catalog.buckets[bucket] = _bucket(bucket, values, place(path, statement))


def update(catalog: Catalog, statement: Statement, path: str) -> None:
    """UPDATE storage.buckets changes the buckets whose id its condition names."""
    if relation(statement.tree.get("relation")) != "storage.buckets":
        return
    named = {_constant(n) for c in nodes(statement.tree.get("whereClause"), "A_Expr") for n in (c.get("rexpr", {}),)}
    for target in (t["ResTarget"] for t in statement.tree.get("targetList", ()) if "ResTarget" in t):
        for name in [b for b in catalog.buckets if b in named]:
            if target.get("name") == "public":
                public = bool(_constant(target.get("val", {})))
                catalog.buckets[name] = replace(catalog.buckets[name], public=public, place=place(path, statement))


def _bucket(name: str, values: dict[str, Any], here: Code) -> Bucket:
    limit = values.get("file_size_limit")
    mimes = values.get("allowed_mime_types")
    return Bucket(
        name,
        bool(values.get("public")),
        here,
        limit if isinstance(limit, int) else None,
        tuple(mimes) if isinstance(mimes, list) else (),
    )


def _constant(node: Tree) -> Any:
    """A literal's value; a list for an array of literals; None for anything else."""
    if "TypeCast" in node:
        return _constant(node["TypeCast"].get("arg", {}))
    if "A_ArrayExpr" in node:
        return [_constant(e) for e in node["A_ArrayExpr"].get("elements", ())]
    constant = node.get("A_Const", {})
    if "boolval" in constant:
        return bool(constant["boolval"].get("boolval"))
    if "ival" in constant:
        return constant["ival"].get("ival", 0)
    return constant.get("sval", {}).get("sval")


def _invoker(options: Any) -> bool | None:
    for option in (o["DefElem"] for o in options if "DefElem" in o):
        if option.get("defname") == "security_invoker":
            value = option.get("arg", {}).get("String", {}).get("sval", "true")
            return str(value).lower() in ("true", "on", "1")
    return None


def _part(element: Tree, statement: Statement) -> str:
    """A column's name, or the expression's text."""
    if element.get("name"):
        return str(element["name"])
    column = next(nodes(element, "ColumnRef"), {})
    function = next(nodes(element, "FuncCall"), {})
    return f"{'.'.join(words(function.get('funcname')))}({'.'.join(words(column.get('fields')))})"


def _with_column(catalog: Catalog, table: Table, node: Tree, statement: Statement, path: str) -> Table:
    constraints = [c["Constraint"] for c in node.get("constraints", ()) if "Constraint" in c]
    kinds = {c.get("contype") for c in constraints}
    by_default = next((c for c in constraints if c.get("contype") == "CONSTR_DEFAULT"), None)
    kind = type_name(node.get("typeName"))
    column = Column(
        name=node.get("colname", ""),
        type=kind,
        place=place(path, statement, node),
        nullable=not kinds & {"CONSTR_NOTNULL", "CONSTR_PRIMARY"},
        default=default(statement.from_location(by_default["location"])[7:]) if by_default else "",
        generated=bool(kinds & {"CONSTR_GENERATED", "CONSTR_IDENTITY"}) or kind in ("serial", "bigserial"),
    )
    columns = tuple(c for c in table.columns if c.name != column.name)
    table = replace(table, columns=(*columns, column))
    for constraint in constraints:
        table = _constrained(catalog, table, constraint, (column.name,), statement, path)
    return table


def _constrained(
    catalog: Catalog, table: Table, node: Tree, columns: tuple[str, ...], statement: Statement, path: str
) -> Table:
    kind, here = node.get("contype"), place(path, statement, node)
    short = table.name.rpartition(".")[2]
    if kind == "CONSTR_PRIMARY":
        key = words(node.get("keys")) or columns
        catalog.constraints[table.name, node.get("conname") or f"{short}_pkey"] = "primary key"
        return replace(table, primary_key=key)
    if kind == "CONSTR_UNIQUE":
        key = words(node.get("keys")) or columns
        index = Index(node.get("conname") or f"{short}_{'_'.join(key)}_key", key, here, unique=True)
        catalog.constraints[table.name, index.name] = index
        return replace(table, indexes=(*(i for i in table.indexes if i.name != index.name), index))
    if kind == "CONSTR_FOREIGN":
        own = words(node.get("fk_attrs")) or columns
        target = words(node.get("pk_attrs"))
        foreign = ForeignKey(
            own, relation(node.get("pktable")), target, here, _DELETES.get(node.get("fk_del_action", ""), "")
        )
        catalog.constraints[table.name, node.get("conname") or f"{short}_{'_'.join(own)}_fkey"] = foreign
        others = tuple(f for f in table.foreign_keys if (f.columns, f.to_table) != (own, foreign.to_table))
        return replace(table, foreign_keys=(*others, foreign))
    if kind == "CONSTR_CHECK":
        text = inside(statement.from_location(node.get("location", 0)), 0)
        catalog.constraints[table.name, node.get("conname") or f"{short}_{'_'.join(columns)}_check"] = text
        return replace(table, checks=(*table.checks, text))
    return table


def _altered(catalog: Catalog, table: Table, command: Tree, statement: Statement, path: str) -> Table:
    kind, definition = command.get("subtype"), command.get("def", {})
    if kind == "AT_AddColumn":
        node = definition.get("ColumnDef", {})
        known = table.column(node.get("colname", ""))
        if known and command.get("missing_ok"):
            return table
        if known:
            catalog.twice(f"{table.name}.{known.name}", place(path, statement, node), known.place)
        return _with_column(catalog, table, node, statement, path)
    if kind == "AT_DropColumn":
        return _without_column(table, command.get("name", ""))
    if kind == "AT_AddConstraint":
        node = definition.get("Constraint", {})
        return _constrained(catalog, table, node, (), statement, path)
    if kind == "AT_DropConstraint":
        return _without_constraint(catalog, table, command.get("name", ""))
    if kind in ("AT_EnableRowSecurity", "AT_DisableRowSecurity"):
        return replace(table, rls=kind == "AT_EnableRowSecurity", rls_place=place(path, statement))
    if kind == "AT_DisableTrig":
        catalog.triggers.pop((table.name, command.get("name", "")), None)
    change = _COLUMN_CHANGES.get(str(kind))
    column = table.column(command.get("name", ""))
    if change is None or column is None:
        return table
    changed = change(column, definition, statement)
    return replace(table, columns=tuple(changed if c is column else c for c in table.columns))


_COLUMN_CHANGES: dict[str, Callable[[Column, Tree, Statement], Column]] = {
    "AT_ColumnDefault": lambda column, node, statement: replace(column, default=str(_constant(node) or "")),
    "AT_SetNotNull": lambda column, node, statement: replace(column, nullable=False),
    "AT_DropNotNull": lambda column, node, statement: replace(column, nullable=True),
    "AT_AlterColumnType": lambda column, node, statement: replace(
        column, type=type_name(node.get("ColumnDef", {}).get("typeName"))
    ),
}


def _without_column(table: Table, name: str) -> Table:
    return replace(
        table,
        columns=tuple(c for c in table.columns if c.name != name),
        foreign_keys=tuple(f for f in table.foreign_keys if name not in f.columns),
        indexes=tuple(i for i in table.indexes if name not in i.columns),
    )


def _without_constraint(catalog: Catalog, table: Table, name: str) -> Table:
    gone = catalog.constraints.pop((table.name, name), None)
    if gone == "primary key":
        return replace(table, primary_key=())
    return replace(
        table,
        indexes=tuple(i for i in table.indexes if i is not gone and i.name != name),
        foreign_keys=tuple(f for f in table.foreign_keys if f is not gone),
        checks=tuple(c for c in table.checks if c is not gone),
    )
