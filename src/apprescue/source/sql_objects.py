"""Replays what stands on and around tables: policies, functions, triggers, rights, and what is dropped or renamed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from apprescue.model.schema import DbFunction, Policy, Table, Trigger
from apprescue.source.sql import Statement, Tree, dotted, relation, words
from apprescue.source.sql_catalog import Catalog, place, role_names, type_name
from apprescue.source.sql_text import bare, clause

_EVENTS = ((4, "insert"), (16, "update"), (8, "delete"), (32, "truncate"))
_TIMINGS = {2: "before", 0: "after", 64: "instead of"}


def create_policy(catalog: Catalog, statement: Statement, path: str) -> None:
    """CREATE POLICY. Made twice, the later one stands: an owner whose history broke there mended it by hand."""
    tree, here = statement.tree, place(path, statement)
    table, name = relation(tree.get("table")), tree.get("policy_name", "")
    if table not in catalog.views:
        catalog.table(table, here)
    earlier = catalog.policies.pop((table, name), None)
    if earlier:
        catalog.twice(f'policy "{name}" on {table}', here, earlier.place)
    catalog.policies[table, name] = Policy(
        name=name,
        table=table,
        command=tree.get("cmd_name", "all"),
        roles=role_names(tree.get("roles", [])) or ("public",),
        using=clause(statement.text, "using") if tree.get("qual") else "",
        check=clause(statement.text, "with", "check") if tree.get("with_check") else "",
        place=here,
        permissive=bool(tree.get("permissive")),
    )


def alter_policy(catalog: Catalog, statement: Statement, path: str) -> None:
    """ALTER POLICY."""
    tree = statement.tree
    policy = catalog.policies.get((relation(tree.get("table")), tree.get("policy_name", "")))
    if policy is None:
        return
    catalog.policies[policy.table, policy.name] = replace(
        policy,
        roles=role_names(tree["roles"]) if tree.get("roles") else policy.roles,
        using=clause(statement.text, "using") if tree.get("qual") else policy.using,
        check=clause(statement.text, "with", "check") if tree.get("with_check") else policy.check,
        place=place(path, statement),
    )


def create_function(catalog: Catalog, statement: Statement, path: str) -> None:
    """CREATE FUNCTION and PROCEDURE. A replaced function keeps who may call it, as in the database."""
    tree, here = statement.tree, place(path, statement)
    parameters = [p["FunctionParameter"] for p in tree.get("parameters", ()) if "FunctionParameter" in p]
    given = [p for p in parameters if p.get("mode") not in ("FUNC_PARAM_OUT", "FUNC_PARAM_TABLE")]
    types = tuple(type_name(p.get("argType")) for p in given)
    options = [(o["DefElem"]["defname"], o["DefElem"].get("arg", {})) for o in tree.get("options", ())]
    name = dotted(tree.get("funcname"))
    known = catalog.functions.pop((name, types), None)
    if known and not tree.get("replace"):
        catalog.twice(f"function {name}", here, known.place)
    body = next((words(value)[0] for key, value in options if key == "as" and words(value)), "")
    function = DbFunction(
        name=name,
        parameters=tuple((p.get("name", ""), t) for p, t in zip(given, types, strict=True)),
        returns=type_name(tree.get("returnType")),
        language=next((v.get("String", {}).get("sval", "") for k, v in options if k == "language"), "sql").lower(),
        body=body or statement.text,
        place=here,
        security_definer=any(k == "security" and v.get("Boolean", {}).get("boolval") for k, v in options),
        search_path=_search_path([v for k, v in options if k == "set"]),
        executors=known.executors if known else frozenset({"public"}) - catalog.closed_functions,
        revoked=known.revoked if known else catalog.closed_functions,
    )
    catalog.functions[name, types] = function


def alter_function(catalog: Catalog, statement: Statement, path: str) -> None:
    """ALTER FUNCTION: its search path, and whose rights it runs with."""
    actions = [(a["DefElem"]["defname"], a["DefElem"].get("arg", {})) for a in statement.tree.get("actions", ())]
    for key in _called(catalog, statement.tree.get("func", {})):
        function = catalog.functions[key]
        for name, value in actions:
            if name == "security":
                function = replace(function, security_definer=bool(value.get("Boolean", {}).get("boolval")))
        path_set = _search_path([value for name, value in actions if name == "set"])
        catalog.functions[key] = replace(function, search_path=path_set) if path_set is not None else function


def create_trigger(catalog: Catalog, statement: Statement, path: str) -> None:
    """CREATE TRIGGER."""
    tree, here = statement.tree, place(path, statement)
    table, name = relation(tree.get("relation")), tree.get("trigname", "")
    if table not in catalog.views:
        catalog.table(table, here)
    earlier = catalog.triggers.pop((table, name), None)
    if earlier and not tree.get("replace"):
        catalog.twice(f"trigger {name} on {table}", here, earlier.place)
    catalog.triggers[table, name] = Trigger(
        name=name,
        table=table,
        timing=_TIMINGS.get(tree.get("timing", 0), "after"),
        events=tuple(word for bit, word in _EVENTS if tree.get("events", 0) & bit),
        function=dotted(tree.get("funcname")),
        place=here,
        columns=words(tree.get("columns")),
        for_each_row=bool(tree.get("row")),
        when=clause(statement.text, "when") if tree.get("whenClause") else "",
    )


def grant(catalog: Catalog, statement: Statement, path: str) -> None:
    """GRANT and REVOKE on tables and functions."""
    tree = statement.tree
    roles, given = role_names(tree.get("grantees", [])), bool(tree.get("is_grant"))
    if tree.get("objtype") in ("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"):
        for key in _granted_functions(catalog, tree):
            catalog.functions[key] = _executable(catalog.functions[key], roles, given)
    elif tree.get("objtype") == "OBJECT_TABLE":
        rights = _rights(tree.get("privileges", []))
        for name in _granted_tables(catalog, tree):
            catalog.tables[name] = _entitled(catalog.tables[name], roles, rights, given)


def default_rights(catalog: Catalog, statement: Statement, path: str) -> None:
    """ALTER DEFAULT PRIVILEGES: who may call functions that come later."""
    action = statement.tree.get("action", {})
    if action.get("objtype") == "OBJECT_FUNCTION":
        roles = frozenset(role_names(action.get("grantees", [])))
        closed = catalog.closed_functions
        catalog.closed_functions = closed - roles if action.get("is_grant") else closed | roles


def drop(catalog: Catalog, statement: Statement, path: str) -> None:
    """DROP of anything; what stands on a dropped table falls with it."""
    kind, cascade = statement.tree.get("removeType"), statement.tree.get("behavior") == "DROP_CASCADE"
    for item in statement.tree.get("objects", ()):
        names = words(item)
        if kind in ("OBJECT_POLICY", "OBJECT_TRIGGER"):
            key = (dotted({"items": item["List"]["items"][:-1]}), names[-1])
            _drop_from_table(catalog, str(kind), key)
        elif kind in ("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"):
            for signature in _called(catalog, item.get("ObjectWithArgs", {})):
                _drop_function(catalog, signature, cascade)
        elif kind == "OBJECT_SCHEMA":
            for table in [t for t in catalog.tables if names and t.startswith(f"{names[0]}.")]:
                _drop_table(catalog, table)
        elif kind == "OBJECT_INDEX":
            _drop_index(catalog, names[-1] if names else "")
        elif kind == "OBJECT_TABLE":
            _drop_table(catalog, dotted(item))
        elif kind in ("OBJECT_VIEW", "OBJECT_MATVIEW"):
            catalog.views.pop(dotted(item), None)
        elif kind == "OBJECT_TYPE":
            catalog.enums.pop(dotted(item.get("TypeName", {}).get("names")), None)


def rename(catalog: Catalog, statement: Statement, path: str) -> None:
    """ALTER ... RENAME of tables, columns and policies, and ALTER TABLE ... SET SCHEMA."""
    tree = statement.tree
    table, kind, new = relation(tree.get("relation")), tree.get("renameType"), tree.get("newname", "")
    if kind == "OBJECT_POLICY" and (table, tree.get("subname")) in catalog.policies:
        policy = catalog.policies.pop((table, tree["subname"]))
        catalog.policies[table, new] = replace(policy, name=new)
    elif kind == "OBJECT_COLUMN" and table in catalog.tables:
        old = tree.get("subname", "")
        known = catalog.tables[table]
        columns = tuple(replace(c, name=new) if c.name == old else c for c in known.columns)
        keys = tuple(replace(f, columns=_swapped(f.columns, old, new)) for f in known.foreign_keys)
        indexes = tuple(replace(i, columns=_swapped(i.columns, old, new)) for i in known.indexes)
        catalog.tables[table] = replace(known, columns=columns, foreign_keys=keys, indexes=indexes)
    elif kind == "OBJECT_TABLE" or "newschema" in tree:
        schema, _, short = table.rpartition(".")
        _rename_table(catalog, table, f"{tree.get('newschema', schema)}.{new or short}")


def _swapped(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in names)


def _rename_table(catalog: Catalog, old: str, new: str) -> None:
    if old not in catalog.tables:
        return
    catalog.tables[new] = replace(catalog.tables.pop(old), name=new)
    for table, name in [k for k in catalog.policies if k[0] == old]:
        catalog.policies[new, name] = replace(catalog.policies.pop((table, name)), table=new)
    for table, name in [k for k in catalog.triggers if k[0] == old]:
        catalog.triggers[new, name] = replace(catalog.triggers.pop((table, name)), table=new)


def _drop_from_table(catalog: Catalog, kind: str, key: tuple[str, str]) -> None:
    if kind == "OBJECT_POLICY":
        catalog.policies.pop(key, None)
    else:
        catalog.triggers.pop(key, None)


def _drop_table(catalog: Catalog, name: str) -> None:
    catalog.tables.pop(name, None)
    for policy in [k for k in catalog.policies if k[0] == name]:
        del catalog.policies[policy]
    for trigger in [k for k in catalog.triggers if k[0] == name]:
        del catalog.triggers[trigger]


def _drop_function(catalog: Catalog, key: tuple[str, tuple[str, ...]], cascade: bool) -> None:
    del catalog.functions[key]
    if not cascade:
        return
    call = f"{key[0].rpartition('.')[2]}("
    for policy in [k for k, p in catalog.policies.items() if call in p.using or call in p.check]:
        del catalog.policies[policy]
    for trigger in [k for k, t in catalog.triggers.items() if t.function == key[0]]:
        del catalog.triggers[trigger]


def _drop_index(catalog: Catalog, name: str) -> None:
    for table in list(catalog.tables.values()):
        if any(i.name == name for i in table.indexes):
            catalog.tables[table.name] = replace(table, indexes=tuple(i for i in table.indexes if i.name != name))


def _called(catalog: Catalog, node: Tree) -> list[tuple[str, tuple[str, ...]]]:
    """The functions that a name means: the one with those parameter types, or every one of the name."""
    name = dotted(node.get("objname"))
    types = [bare(type_name(a.get("TypeName"))) for a in node.get("objargs", ())]
    same = [key for key in catalog.functions if key[0] == name]
    exact = [key for key in same if [bare(one) for one in key[1]] == types]
    return exact or (same if not types else [])


def _granted_functions(catalog: Catalog, tree: Tree) -> list[tuple[str, tuple[str, ...]]]:
    if tree.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        schemas = words(tree.get("objects"))
        return [key for key in catalog.functions if key[0].partition(".")[0] in schemas]
    return [key for o in tree.get("objects", ()) for key in _called(catalog, o.get("ObjectWithArgs", {}))]


def _granted_tables(catalog: Catalog, tree: Tree) -> list[str]:
    if tree.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        schemas = words(tree.get("objects"))
        return [name for name in catalog.tables if name.partition(".")[0] in schemas]
    named = [relation(o["RangeVar"]) for o in tree.get("objects", ()) if "RangeVar" in o]
    return [name for name in named if name in catalog.tables]


def _rights(privileges: list[Tree]) -> tuple[str, ...]:
    """What is given or taken: `all`, `select`, or `update(column)` column by column."""
    found: list[str] = []
    for right in (p.get("AccessPriv", {}) for p in privileges):
        columns = words(right.get("cols"))
        name = right.get("priv_name", "all")
        found += [f"{name}({c})" for c in columns] if columns else [name]
    return tuple(found) or ("all",)


def _entitled(table: Table, roles: tuple[str, ...], rights: tuple[str, ...], given: bool) -> Table:
    pairs = [(role, right) for role in roles for right in rights]

    def touched(pair: tuple[str, str]) -> bool:
        role, right = pair
        return any(role == r and (right == w or w == "all" or right.startswith(f"{w}(")) for r, w in pairs)

    grants = [g for g in table.grants if not touched(g)]
    revokes = [r for r in table.revokes if not touched(r)]
    (grants if given else revokes).extend(pairs)
    return replace(table, grants=tuple(grants), revokes=tuple(revokes))


def _executable(function: DbFunction, roles: tuple[str, ...], given: bool) -> DbFunction:
    named = frozenset(roles)
    if given:
        return replace(function, executors=function.executors | named, revoked=function.revoked - named)
    return replace(function, executors=function.executors - named, revoked=function.revoked | named)


def _search_path(settings: list[Any]) -> str | None:
    for setting in (s.get("VariableSetStmt", {}) for s in settings):
        if setting.get("name") == "search_path":
            if setting.get("kind") == "VAR_RESET":
                return None
            values = [a.get("A_Const", {}).get("sval", {}).get("sval", "") for a in setting.get("args", ())]
            return ", ".join(values)
    return None
