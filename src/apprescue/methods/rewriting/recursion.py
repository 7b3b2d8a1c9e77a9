"""A rule that comes back to its own table fails for everybody; a function that looks it up breaks the circle.

The query inside the rule moves into a function with its owner's rights, which no rule of the asked table stops. So it
is done only where the query itself names the caller: what it tells him are his own rows, as the rule meant. In a circle
of several tables as few queries move as it takes. A function in the circle that asks with the caller's rights gets its
owner's. What may come of it for whom is in `rewriting.mended`: what failed works as it was meant, all else stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from apprescue.methods.expressions import Text, Tree, condition, each, kind_of, statements, words
from apprescue.methods.rewriting.routines import Routines, body_queries
from apprescue.methods.rewriting.wrap import altered
from apprescue.model.catalog import Catalog, Relation, Routine, Rule
from apprescue.model.database import ident_of
from apprescue.model.tuning import Rewrite

KIND = "recursion"
EVERYBODY = ("anon", "authenticated", "service_role")
CALLERS = frozenset({"uid", "jwt", "email", "current_setting"})


@dataclass(frozen=True, slots=True)
class _Step:
    """One way from a table's rule to another table: by a query in its text, or by a function of the app."""

    source: str
    target: str
    rule: Rule
    routine: Routine | None = None


def rewrites(catalog: Catalog) -> Iterator[Rewrite]:
    """One for each circle of tables that can be broken."""
    routines = Routines(catalog)
    tables = {relation.name: relation for relation in catalog.relations if relation.rls and relation.policies}
    steps = [step for relation in tables.values() for step in _steps(relation, tables, routines)]
    for circle in _circles(steps):
        broken = _broken(catalog, routines, tables, [step for step in steps if {step.source, step.target} <= circle])
        if broken:
            yield broken


def _broken(catalog: Catalog, routines: Routines, tables: dict[str, Relation], steps: list[_Step]) -> Rewrite | None:
    """The rewrite that breaks a circle; None where none of its queries may move."""
    left, moving = list(steps), _Moving(catalog, routines)
    for step in sorted(steps, key=lambda step: step.source != step.target):
        if step in left and _leads(left, step.target, step.source) and moving.take(tables[step.source], step):
            same = (step.source, step.target, step.rule.name, step.routine)
            left = [one for one in left if (one.source, one.target, one.rule.name, one.routine) != same]
    if any(_leads(left, step.target, step.source) for step in left):
        return None
    up, down = moving.written(tables)
    names = ", ".join(sorted({step.source for step in steps}))
    return Rewrite(
        KIND,
        f"policies on {names}",
        steps[0].source,
        up,
        down,
        "A rule asked its own table, so every query failed; a function with its owner's rights looks it up.",
    )


class _Moving:
    """What moves out of rules, and what is made for it."""

    def __init__(self, catalog: Catalog, routines: Routines) -> None:
        self._catalog, self._routines = catalog, routines
        self._rules: dict[tuple[str, str], Rule] = {}
        self._functions: list[tuple[str, str]] = []
        self._raised: dict[str, Routine] = {}
        self._names: set[str] = set()

    def take(self, relation: Relation, step: _Step) -> bool:
        """Move what makes a step; whether that could be done."""
        if step.routine:
            return self._raise(step.routine)
        key = (relation.name, step.rule.name)
        rule, made = self._rules.get(key, step.rule), list(self._functions)
        moved = replace(
            rule,
            using=self._moved(relation, step, rule, rule.using),
            check=self._moved(relation, step, rule, rule.check),
        )
        if any(self._asks(text, step.target) for text in (moved.using, moved.check)):
            self._functions = made
            return False
        self._rules[key] = moved
        return True

    def written(self, tables: dict[str, Relation]) -> tuple[str, str]:
        """The statements that do it and those that undo it."""
        up = [text for _, text in self._functions]
        up += [f"alter function {r.signature} security definer{_path(r)};" for r in self._raised.values()]
        up += [altered(tables[table], rule) for (table, _), rule in self._rules.items()]
        old = {(name, rule.name): rule for name, relation in tables.items() for rule in relation.policies}
        down = [altered(tables[table], old[(table, name)]) for table, name in self._rules]
        down += [f"{routine.definition.rstrip()};" for routine in self._raised.values()]
        down += [f"drop function {signature};" for signature, _ in self._functions]
        return "\n".join(up), "\n".join(down)

    def _raise(self, routine: Routine) -> bool:
        reads = (statements(query) or condition(query) for query in body_queries(routine))
        if not any(read and _names_caller(read.tree) for read in reads):
            return False
        self._raised[routine.signature] = routine
        return True

    def _asks(self, text: str, table: str) -> bool:
        read = condition(text)
        return read is not None and table in _tables(read.tree)

    def _moved(self, relation: Relation, step: _Step, rule: Rule, text: str) -> str:
        read = condition(text)
        if read is None:
            return text
        edits = []
        for link in _outermost(read.tree):
            if step.target in _tables(link.get("subselect")) and _names_caller(link.get("subselect")):
                edits += self._in_place(relation, rule, read, link)
        return read.edited(edits) if edits else text

    def _in_place(self, relation: Relation, rule: Rule, read: Text, link: Tree) -> list[tuple[int, int, str]]:
        """The call that stands in place of a query, whose function is noted; nothing where it cannot be moved."""
        kind, span = link.get("subLinkType"), read.span({"SubLink": link})
        returns = "boolean" if kind == "EXISTS_SUBLINK" else self._type(link)
        outer = _outer(link)
        columns = [relation.column(words(ref.get("fields"))[-1]) for ref in outer]
        spans = [read.span({"ColumnRef": ref}) for ref in outer]
        if not span or not returns or kind not in ("EXISTS_SUBLINK", "ANY_SUBLINK", "EXPR_SUBLINK") or None in columns:
            return []
        begin = read.source.find(b"(", span[0]) + 1
        query = replace(read, source=read.source[begin : span[1] - 1])
        told = list(dict.fromkeys(words(ref["fields"])[-1] for ref in outer))
        edits = [
            (one[0] - begin, one[1] - begin, f"${told.index(words(ref['fields'])[-1]) + 1}")
            for ref, one in zip(outer, spans, strict=True)
            if one
        ]
        body = " ".join(query.edited(edits).split("\n")).strip()
        many = "setof " if kind == "ANY_SUBLINK" else ""
        body = f"select exists ({body})" if kind == "EXISTS_SUBLINK" else body
        types = [column.type for name in told if (column := relation.column(name))]
        name = self._function(relation, rule, types, many + returns, body)
        given = ", ".join(f"{ident_of(relation.name.partition('.')[2])}.{ident_of(column)}" for column in told)
        call = f"{name}({given})"
        if kind == "ANY_SUBLINK":
            return [(begin - 1, span[1], f"(select {call})")]
        return [(*span, call if told else f"(select {call})")]

    def _function(self, relation: Relation, rule: Rule, types: list[str], returns: str, body: str) -> str:
        schema, _, table = relation.name.partition(".")
        wished, number = f"{table[:50]}_looked_up", 2
        while wished in self._names or self._routines.named((schema, wished)):
            wished, number = f"{table[:50]}_looked_up_{number}", number + 1
        self._names.add(wished)
        name = f"{ident_of(schema)}.{ident_of(wished)}"
        signature = f"{name}({', '.join(types)})"
        text = (
            f"create function {signature} returns {returns} language sql stable security definer "
            f"set search_path to '' as $lookup$ {body} $lookup$;"
        )
        if "public" not in rule.roles:
            text += f"\nrevoke execute on function {signature} from public, {', '.join(EVERYBODY)};"
            text += f"\ngrant execute on function {signature} to {', '.join(map(ident_of, rule.roles))};"
        self._functions.append((signature, text))
        return name

    def _type(self, link: Tree) -> str:
        """The type of the one column that a query gives."""
        select = link.get("subselect", {}).get("SelectStmt", {})
        targets = select.get("targetList", ())
        kind, fields = kind_of(targets[0].get("ResTarget", {}).get("val")) if len(targets) == 1 else ("", {})
        names = words(fields.get("fields"))
        if kind != "ColumnRef" or len(names) < 2:
            return ""
        for table in each(select.get("fromClause"), "RangeVar"):
            if names[-2] == table.get("alias", {}).get("aliasname", table.get("relname")):
                relation = self._catalog.relation(f"{table.get('schemaname', 'public')}.{table.get('relname')}")
                column = relation.column(names[-1]) if relation else None
                return column.type if column else ""
        return ""


def _steps(relation: Relation, tables: dict[str, Relation], routines: Routines) -> Iterator[_Step]:
    """Where the rules for reading a table lead."""
    for rule in relation.policies:
        read = condition(rule.using) if rule.command in ("select", "all") else None
        if read is None:
            continue
        for name in _tables(read.tree) & set(tables):
            yield _Step(relation.name, name, rule)
        for routine in routines.called(rule.using):
            if not routine.definer:
                for query in body_queries(routine):
                    asked = statements(query) or condition(query)
                    for name in (_tables(asked.tree) if asked else set()) & set(tables):
                        yield _Step(relation.name, name, rule, routine)


def _circles(steps: list[_Step]) -> Iterator[frozenset[str]]:
    """The tables that lead to each other, and those that lead to themselves."""
    reach: defaultdict[str, set[str]] = defaultdict(set)
    for step in steps:
        reach[step.source].add(step.target)
    for middle in list(reach):
        for source in list(reach):
            if middle in reach[source]:
                reach[source] |= reach[middle]
    circles = {frozenset(b for b in reach[a] if a in reach[b]) for a in list(reach) if a in reach[a]}
    yield from sorted(circles, key=sorted)


def _leads(steps: list[_Step], start: str, end: str) -> bool:
    """Whether one comes from a table to another."""
    seen, open_ones = {start}, [start]
    while open_ones:
        here = open_ones.pop()
        if here == end:
            return True
        following = {step.target for step in steps if step.source == here} - seen
        seen |= following
        open_ones += following
    return False


def _tables(tree: object) -> set[str]:
    return {f"{table.get('schemaname', 'public')}.{table.get('relname')}" for table in each(tree, "RangeVar")}


def _names_caller(tree: object) -> bool:
    """Whether a query itself is held to who is calling: a comparison with his id or token."""
    for compared in each(tree, "A_Expr"):
        if words(compared.get("name"))[-1:] == ("=",):
            calls = (words(call.get("funcname")) for call in each(compared, "FuncCall"))
            if any(name[-1] in CALLERS for name in calls if name):
                return True
    return False


def _outermost(node: object) -> Iterator[Tree]:
    if isinstance(node, list):
        for item in node:
            yield from _outermost(item)
    elif isinstance(node, dict):
        for kind, value in node.items():
            if kind == "SubLink":
                yield value
            else:
                yield from _outermost(value)


def _outer(link: Tree) -> list[Tree]:
    """The columns of the row itself that a query inside a rule names."""
    select = link.get("subselect")
    inside = {table.get("alias", {}).get("aliasname", table.get("relname")) for table in each(select, "RangeVar")}
    inside |= {one.get("alias", {}).get("aliasname") for one in each(select, "RangeSubselect")}
    inside |= {one.get("alias", {}).get("aliasname") for one in each(select, "JoinExpr")}
    return [ref for ref in each(select, "ColumnRef") if len(words(ref.get("fields"))) > 1
            and words(ref.get("fields"))[-2] not in inside]  # fmt: skip


def _path(routine: Routine) -> str:
    """Where the names in a function are looked up, pinned where it is not."""
    return "" if any("search_path" in one for one in routine.settings) else " set search_path to public, pg_temp"
