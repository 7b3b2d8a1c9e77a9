"""What does not depend on the row is asked once per statement: `auth.uid()` becomes `(select auth.uid())`.

Only what is stable is wrapped: the caller's id and token, settings, and the app's own stable helper functions whose
arguments do not come from the row. A helper that refuses by raising an error is left as it is, since it would be asked
where no row is looked at. Inside functions that policies call it is done where their queries look into a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from apprescue.methods.expressions import Text, Tree, condition, each, kind_of, statements, words
from apprescue.methods.rewriting.routines import PLAIN, Routines, body_queries
from apprescue.model.catalog import Catalog, Relation, Routine, Rule
from apprescue.model.database import ident, ident_of
from apprescue.model.tuning import Rewrite

KIND = "wrap"
OPERATORS = frozenset({"->", "->>", "#>", "#>>"})
REASON = "worked out once per query instead of once per row"
Edits = list[tuple[int, int, str]]


def rewrites(catalog: Catalog) -> Iterator[Rewrite]:
    """One for each policy that asks per row for what is the same for all rows, and for each function behind one."""
    wrapping = _Wrapping(catalog)
    for relation in catalog.relations:
        for rule in relation.policies:
            wrapped = replace(rule, using=wrapping.condition(rule.using), check=wrapping.condition(rule.check))
            if wrapped != rule:
                yield Rewrite(
                    KIND,
                    f'policy "{rule.name}" on {relation.name}',
                    relation.name,
                    altered(relation, wrapped),
                    altered(relation, rule),
                    f"Who is calling is {REASON}.",
                )
    for routine, relation in wrapping.routines.behind_policies(catalog):
        body = wrapping.body(routine)
        if body != routine.body:
            yield Rewrite(
                KIND,
                f"function {routine.signature}",
                relation.name,
                wrapping.routines.with_body(routine, body),
                f"{routine.definition.rstrip()};",
                f"In the queries of this function, who is calling is {REASON}.",
            )


def altered(relation: Relation, rule: Rule) -> str:
    """The statement that gives a policy the conditions of a rule."""
    clauses = [f"{word} ({text})" for word, text in (("using", rule.using), ("with check", rule.check)) if text]
    return f"alter policy {ident_of(rule.name)} on {ident(relation.name)} {' '.join(clauses)};"


class _Wrapping:
    """Finds what can be wrapped."""

    def __init__(self, catalog: Catalog) -> None:
        self.routines = Routines(catalog)
        self._enums = {name.rpartition(".")[2] for name in catalog.enums}
        self._domains = {name.rpartition(".")[2] for name in catalog.domains}

    def condition(self, text: str) -> str:
        """A condition with all that can be wrapped in it wrapped."""
        read = condition(text)
        if read is None:
            return text
        edits = list(self._edits(read, read.tree))
        return read.edited(edits) if edits else text

    def body(self, routine: Routine) -> str:
        """A function's body, wrapped inside the queries that look into a table."""
        body = routine.body
        for query in body_queries(routine):
            read = statements(query) or condition(query)
            if read is None or body.count(query) != 1:
                continue
            edits = [
                edit
                for select in each(read.tree, "SelectStmt")
                if select.get("fromClause")
                for edit in self._edits(read, select.get("whereClause"))
            ]
            if edits:
                body = body.replace(query, read.edited(sorted(set(edits))))
        return body

    def _edits(self, text: Text, node: object, array: bool = False) -> Iterator[tuple[int, int, str]]:
        """What to put in place of what. `array` where the node stands as the list of an ANY or ALL, in which a query
        in parentheses would be taken for one of many rows."""
        if isinstance(node, list):
            for item in node:
                yield from self._edits(text, item)
            return
        kind, fields = kind_of(node)
        if isinstance(node, dict) and self._same_for_all(node) and self._asks(node):
            span = text.span(node)
            cast = self._type(text, node) if array else ""
            if span and (cast or not array):
                yield *span, f"(select {text.source[span[0] : span[1]].decode()}){cast}"
            return
        if kind == "SubLink":
            yield from self._in_query(text, fields)
        elif fields.get("kind") in ("AEXPR_OP_ANY", "AEXPR_OP_ALL"):
            yield from self._edits(text, fields.get("lexpr"))
            yield from self._edits(text, fields.get("rexpr"), array=True)
        elif isinstance(node, dict):
            for value in fields.values() if kind else node.values():
                if isinstance(value, dict | list):
                    yield from self._edits(text, value)

    def _in_query(self, text: Text, link: Tree) -> Iterator[tuple[int, int, str]]:
        """What stands in the conditions of a query inside; one without FROM holds what is wrapped already."""
        yield from self._edits(text, link.get("testexpr"))
        for select in each(link.get("subselect"), "SelectStmt"):
            if select.get("fromClause"):
                yield from self._shallow(text, select.get("whereClause"))
                for join in each(select["fromClause"], "JoinExpr"):
                    yield from self._shallow(text, join.get("quals"))

    def _shallow(self, text: Text, node: object) -> Iterator[tuple[int, int, str]]:
        """What stands in one condition itself: the queries inside it have their own turn."""
        if node:
            inner = {(span[0], span[1]) for link in each(node, "SubLink") if (span := text.span({"SubLink": link}))}
            for first, last, wrapped in self._edits(text, node):
                if not any(a <= first and last <= b for a, b in inner):
                    yield first, last, wrapped

    def _same_for_all(self, node: object) -> bool:
        """Whether an expression is stable and has nothing of a row in it."""
        kind, fields = kind_of(node)
        match kind:
            case "A_Const":
                return True
            case "TypeCast":
                return self._plain_type(fields) and self._same_for_all(fields.get("arg"))
            case "CoalesceExpr":
                return all(map(self._same_for_all, fields.get("args", ())))
            case "A_Expr":
                nullif = fields.get("kind") == "AEXPR_NULLIF"
                plain = fields.get("kind") == "AEXPR_OP" and words(fields.get("name"))[-1:] in {(o,) for o in OPERATORS}
                return (nullif or plain) and all(self._same_for_all(fields.get(side)) for side in ("lexpr", "rexpr"))
            case "FuncCall":
                return self.routines.is_stable(fields) and all(map(self._same_for_all, fields.get("args", ())))
            case _:
                return False

    def _asks(self, node: Tree) -> bool:
        """Whether there is something to work out: a call of more than a plain function of texts."""
        return any(words(call.get("funcname"))[-1] not in PLAIN for call in each(node, "FuncCall"))

    def _plain_type(self, cast: Tree) -> bool:
        """Whether a cast is to a type of the server's own or an enum, which runs nothing of the app."""
        name = words(cast.get("typeName", {}).get("names"))
        if name[-1] in self._domains:
            return False
        return len(name) == 1 or name[:1] == ("pg_catalog",) or name[-1] in self._enums

    def _type(self, text: Text, node: Tree) -> str:
        """The type of an array that a call gives, as a cast."""
        kind, fields = kind_of(node)
        if kind == "TypeCast":
            span, inner = text.span(node), text.span(fields.get("arg", {}))
            return text.source[inner[1] : span[1]].decode().lstrip(") ") if span and inner else ""
        if kind == "FuncCall":
            types = {routine.returns for routine in self.routines.named(words(fields.get("funcname")))}
            return f"::{types.pop()}" if len(types) == 1 else ""
        return ""
