"""A helper that is asked for each row, `is_member(org_id)`, becomes one that tells all at once.

Where a helper asks no more than whether a table has a row with its argument in a column, the same query gives all
values of that column, asked once: `org_id in (select is_member_set())`. It is written both with IN, which takes a hash,
and with an array, which can take an index; measuring tells which is better. A row that the helper says no to gives
false before and maybe null after, which a rule takes for the same as long as no NOT stands above it.

It is longer than most files since it reads the helper, the rules that call it, and writes both anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from apprescue.methods.expressions import Text, Tree, condition, each, kind_of, statements, words
from apprescue.methods.rewriting.routines import Routines, read_body
from apprescue.methods.rewriting.wrap import altered
from apprescue.model.catalog import Catalog, Relation, Routine, Rule
from apprescue.model.database import ident, ident_of, literal
from apprescue.model.tuning import Rewrite

KIND = "set_returning"
ROLES = ("anon", "authenticated", "service_role")
IN, ARRAY = "{} in (select {})", "{} = any (array(select {}))"
NOT_PLAIN = (
    "groupClause havingClause limitCount limitOffset windowClause valuesLists withClause distinctClause larg".split()
)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a helper asks: the text of the query that gives all values, and which argument it holds against them."""

    argument: int
    query: str
    tables: frozenset[str]


def rewrites(catalog: Catalog) -> Iterator[Rewrite]:
    """Two for each such helper, in turn with IN and with an array."""
    routines = Routines(catalog)
    for routine in catalog.routines:
        if routine.returns == "boolean" and not routine.returns_set and not routine.defaults:
            for number in range(len(routine.arguments)):
                looked = _looked(catalog, routines, routine, number)
                if looked:
                    yield from _all_at_once(catalog, routines, routine, looked)


def _all_at_once(catalog: Catalog, routines: Routines, routine: Routine, looked: _Looked) -> Iterator[Rewrite]:
    name = _free_name(routine, routines)
    for form in (IN, ARRAY):
        changed: list[tuple[Relation, Rule, Rule]] = []
        for relation in catalog.relations:
            for rule in relation.policies:
                if (
                    routine.volatile
                    and rule.command != "select"
                    and (relation.triggers or relation.name in looked.tables)
                ):
                    continue
                asked = replace(
                    rule,
                    using=_with_set(rule.using, routine, looked.argument, name, form, routines),
                    check=_with_set(rule.check, routine, looked.argument, name, form, routines),
                )
                if asked != rule:
                    changed.append((relation, rule, asked))
        if changed:
            made, signature = _made(routine, looked, name)
            yield Rewrite(
                KIND,
                f"function {routine.signature}",
                changed[0][0].name,
                "\n".join([*made, *(altered(relation, rule) for relation, _, rule in changed)]),
                "\n".join([*(altered(relation, rule) for relation, rule, _ in changed), f"drop function {signature};"]),
                "What it looks up is looked up once per query instead of once per row.",
            )


def _made(routine: Routine, looked: _Looked, name: str) -> tuple[list[str], str]:
    """The statements that make the new function, and its name with the types of its arguments."""
    left = [argument for place, argument in enumerate(routine.arguments) if place != looked.argument]
    taken = ", ".join(f"{ident_of(called)} {kind}" if called else kind for called, kind in left)
    signature = f"{name}({', '.join(kind for _, kind in left)})"
    kind = f"language sql stable{' security definer' if routine.definer else ''}{_settings(routine)}"
    head = f"create function {name}({taken}) returns setof {routine.arguments[looked.argument][1]} {kind}"
    made = [f"{head} as $all$ {looked.query} $all$;"]
    if set(routine.executors) != set(ROLES):
        made.append(f"revoke execute on function {signature} from public, {', '.join(ROLES)};")
        made += [f"grant execute on function {signature} to {role};" for role in routine.executors]
    return made, signature


def _settings(routine: Routine) -> str:
    """What is set while the function runs, as for the helper; where names are looked up is pinned in any case."""
    pairs = [setting.partition("=")[::2] for setting in routine.settings]
    if "search_path" not in dict(pairs):
        pairs.append(("search_path", "public, pg_temp"))
    told = (f" set {name} to {_value(name, value)}" for name, value in pairs)
    return "".join(told)


def _value(name: str, value: str) -> str:
    if name == "search_path":
        return value.replace('""', "''") or "''"
    return literal(value)


def _free_name(routine: Routine, routines: Routines) -> str:
    schema, _, name = routine.name.partition(".")
    wished, number = f"{name[:55]}_set", 2
    while routines.named((schema, wished)):
        wished, number = f"{name[:55]}_set{number}", number + 1
    return ident(f"{schema}.{wished}") if "." not in wished else f"{ident_of(schema)}.{ident_of(wished)}"


def _with_set(text: str, routine: Routine, argument: int, name: str, form: str, routines: Routines) -> str:
    """A condition in which the set stands in place of the calls that may be replaced."""
    read = condition(text)
    if read is None:
        return text
    edits = []
    for call in _weighed(read.tree):
        arguments = call.get("args", [])
        if routines.named(words(call.get("funcname"))) != [routine] or len(arguments) != len(routine.arguments):
            continue
        others = [given for place, given in enumerate(arguments) if place != argument]
        if any(any(True for _ in each(given, kind)) for given in others for kind in ("ColumnRef", "SubLink")):
            continue
        if not any(True for _ in each(arguments[argument], "ColumnRef")):
            continue
        span, row = read.span({"FuncCall": call}), read.told(arguments[argument])
        if span and row and all(map(read.told, others)):
            asked = form.format(f"({row})", f"{name}({', '.join(map(read.told, others))})")
            edits.append((*span, f"({asked})"))
    return read.edited(edits) if edits else text


def _weighed(node: object) -> Iterator[Tree]:
    """The calls whose false may become null: those under nothing but AND, OR and the conditions of queries."""
    kind, fields = kind_of(node)
    if kind == "FuncCall":
        yield fields
    elif kind == "BoolExpr" and fields.get("boolop") in ("AND_EXPR", "OR_EXPR"):
        for item in fields.get("args", ()):
            yield from _weighed(item)
    else:
        for link in _links(node):
            yield from _weighed(link.get("subselect", {}).get("SelectStmt", {}).get("whereClause"))


def _links(node: object) -> Iterator[Tree]:
    """The queries inside an expression, those inside them left out."""
    if isinstance(node, list):
        for item in node:
            yield from _links(item)
    elif isinstance(node, dict):
        for kind, value in node.items():
            if kind == "SubLink":
                yield value
            else:
                yield from _links(value)


def _looked(catalog: Catalog, routines: Routines, routine: Routine, argument: int) -> _Looked | None:
    """What a helper looks up by one of its arguments; None where it does more than that."""
    read = _answer(routine)
    link = read.tree.get("SubLink", {}) if read and isinstance(read.tree, dict) else {}
    select = link.get("subselect", {}).get("SelectStmt", {})
    if not read or link.get("subLinkType") != "EXISTS_SUBLINK" or any(select.get(part) for part in NOT_PLAIN):
        return None
    if any(True for kind in ("RangeSubselect", "RangeFunction") for _ in each(select.get("fromClause"), kind)):
        return None
    if routine.volatile and not all(routines.is_stable(call) for call in each(select, "FuncCall")):
        return None
    tables = {
        f"{t.get('schemaname', 'public')}.{t.get('relname')}": t for t in each(select.get("fromClause"), "RangeVar")
    }
    names = _Names(catalog, routine, set(tables))
    mine = [ref for ref in (*each(select, "ColumnRef"), *each(select, "ParamRef")) if names.argument(ref) == argument]
    for equal in _joined(select.get("whereClause")):
        sides = [_field(equal.get(side)) for side in ("lexpr", "rexpr")]
        for column, given in (sides, sides[::-1]):
            if len(mine) != 1 or given is not mine[0] or column is None or names.argument(column) is not None:
                continue
            if names.type_of(column, tables) == routine.arguments[argument][1]:
                query = _query(read, link, select, equal, column, names, argument)
                return _Looked(argument, query, frozenset(tables)) if query else None
    return None


def _answer(routine: Routine) -> Text | None:
    """The one expression that a function answers with; None where it does more."""
    if routine.language == "plpgsql":
        blocks = [
            f.get("action", {}).get("PLpgSQL_stmt_block", {}) for f in each(read_body(routine), "PLpgSQL_function")
        ]
        if len(blocks) != 1 or len(blocks[0].get("body", ())) != 1 or "exceptions" in blocks[0]:
            return None
        expression = blocks[0]["body"][0].get("PLpgSQL_stmt_return", {}).get("expr", {}).get("PLpgSQL_expr", {})
        return _inside(condition(expression.get("query", "")))
    if routine.language != "sql":
        return None
    if routine.body.upper().startswith("RETURN "):
        return _inside(condition(routine.body[7:]))
    return _inside(statements(routine.body))


def _inside(read: Text | None) -> Text | None:
    """What stands in a query that gives one value and asks no table itself: `select exists (…)`."""
    while read is not None:
        node = read.tree[0] if isinstance(read.tree, list) and len(read.tree) == 1 else read.tree
        kind, fields = kind_of(node)
        if kind == "SubLink" and fields.get("subLinkType") == "EXPR_SUBLINK":
            node = fields.get("subselect")
            kind, fields = kind_of(node)
        if kind != "SelectStmt":
            return replace(read, tree=node) if isinstance(node, dict) else None
        targets = fields.get("targetList", ())
        if len(targets) != 1 or fields.get("fromClause") or fields.get("whereClause"):
            return None
        read = replace(read, tree=targets[0].get("ResTarget", {}).get("val"))
    return None


class _Names:
    """What a name in a helper's body means: one of its arguments, or a column of a table that it asks."""

    def __init__(self, catalog: Catalog, routine: Routine, tables: set[str]) -> None:
        self._catalog, self._routine = catalog, routine
        found = [catalog.relation(name) or _accounts(catalog, name) for name in tables]
        self._tables = {relation.name: relation for relation in found if relation}
        self.known = len(self._tables) == len(tables)
        self._columns = {column.name for relation in self._tables.values() for column in relation.columns}

    def argument(self, ref: Tree) -> int | None:
        """The place of the argument that a name or `$1` means."""
        if "number" in ref:
            return int(ref["number"]) - 1
        *before, name = words(ref.get("fields")) or ("",)
        if before == [self._routine.name.partition(".")[2]] or (not before and name not in self._columns):
            return next((n for n, (called, _) in enumerate(self._routine.arguments) if called == name), None)
        return None

    def type_of(self, ref: Tree, tables: dict[str, Tree]) -> str:
        """The type of the column that a name means; empty where it may be of several tables."""
        *before, name = words(ref.get("fields")) or ("",)
        if not self.known:
            return ""
        types = {
            column.type
            for full, table in tables.items()
            if not before or before[-1] == table.get("alias", {}).get("aliasname", table.get("relname"))
            if (column := self._tables[full].column(name))
        }
        return types.pop() if len(types) == 1 else ""


def _accounts(catalog: Catalog, name: str) -> Relation | None:
    return catalog.accounts if catalog.accounts and catalog.accounts.name == name else None


def _joined(node: object) -> Iterator[Tree]:
    """The comparisons with `=` that all must hold."""
    kind, fields = kind_of(node)
    if kind == "BoolExpr" and fields.get("boolop") == "AND_EXPR":
        for item in fields.get("args", ()):
            yield from _joined(item)
    elif kind == "A_Expr" and fields.get("kind") == "AEXPR_OP" and words(fields.get("name"))[-1:] == ("=",):
        yield fields


def _field(node: object) -> Tree | None:
    kind, fields = kind_of(node)
    return fields if kind in ("ColumnRef", "ParamRef") else None


def _query(read: Text, link: Tree, select: Tree, equal: Tree, column: Tree, names: _Names, argument: int) -> str:
    """The helper's query for all values: the column in place of what it selects, and the comparison gone."""
    whole, compared = read.span({"SubLink": link}), read.span({"A_Expr": equal})
    told = read.told({"ColumnRef": column}) if "fields" in column else ""
    places = [int(table["location"]) - read.base for table in each(select.get("fromClause"), "RangeVar")]
    if not (whole and compared and told and places):
        return ""
    begin, end = min(places), whole[1] - 1
    if not read.source[:begin].rstrip().lower().endswith(b"from"):
        return ""
    edits = [(compared[0], compared[1], "true")]
    for kind in ("ParamRef", "ColumnRef"):
        for ref in each(select, kind):
            place, span = names.argument(ref), read.span({kind: ref})
            if span and place not in (None, argument) and (kind == "ParamRef" or len(words(ref.get("fields"))) > 1):
                edits.append((*span, f"${place + (place < argument)}"))
    moved = [(first - begin, last - begin, text) for first, last, text in edits]
    inner = replace(read, source=read.source[begin:end])
    return f"select {told} from {inner.edited(moved).strip()}"
