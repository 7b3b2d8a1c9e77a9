"""Who a row rule lets in: a policy's condition taken apart into the ways through it.

A condition is turned into alternatives (its ORs); each is a `Way` with the narrowest circle that its ANDs leave.
It is longer than most files because the kinds of condition call each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from itertools import product
from typing import Any

from apprescue.model.schema import Policy, Schema
from apprescue.source.sql import Tree, dotted, expression, nodes, relation, words
from apprescue.source.sql_nodes import column_of, literals_of, names_caller, outer_columns, subselect


class Who(IntEnum):
    """The circle of callers that a rule lets in, narrow to wide. RELATED holds some link to the row or to another
    table's row, OWNER is named in the row itself, MEMBERS are all who are signed in."""

    NOBODY = 0
    SERVICE = 1
    STAFF = 2
    RELATED = 3
    OWNER = 4
    MEMBERS = 5
    EVERYONE = 6


@dataclass(frozen=True, slots=True)
class Way:
    """One way through a rule. `owners` are the row's columns that must name the caller (or something of his),
    `fixed` those that are held to literals or to their own old value, `asked` the tables looked into, `metadata`
    whether the caller's own editable metadata is trusted."""

    who: Who
    owners: frozenset[str] = frozenset()
    fixed: frozenset[tuple[str, str]] = frozenset()
    asked: frozenset[str] = frozenset()
    metadata: bool = False

    @property
    def pinned(self) -> frozenset[str]:
        """The names of the columns that are held."""
        return frozenset(name for name, _ in self.fixed)


OPEN, SHUT = Way(Who.EVERYONE), Way(Who.NOBODY)

STAFF_VALUE = re.compile(r"admin|moderator|staff|owner|superuser|super_user|manager|support|root", re.I)
_STAFF_CALL = re.compile(
    r"admin|moderator|staff|has_(?:any_)?role|has_permission|superuser|is_owner_of_platform|is_manager", re.I
)
_ROLE_COLUMN = re.compile(
    r"(?:^|_)roles?$|^is_(?:super_?)?admin$|^is_(?:staff|moderator|superuser)$|^admin$|permission|"
    r"access_level",
    re.I,
)
_CALLER_TEXT = re.compile(r"auth\s*\.\s*(?:uid|jwt|email|role)\s*\(|request\.jwt|current_setting\s*\(\s*'request", re.I)
_MOST = 64
_OWN_CIRCLES = {"service_role", "postgres", "supabase_admin", "supabase_auth_admin", "dashboard_user"}


def ways_in(policy: Policy, schema: Schema, part: str = "using") -> list[Way]:
    """The ways through a policy's USING, or through what it CHECKs of a new row (USING where no check stands)."""
    return list(_ways_in(policy, _Same(schema), part))


class _Same:
    """A value that equals only itself, so that answers about it can be kept."""

    __slots__ = ("it",)

    def __init__(self, it: Schema) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


@lru_cache(maxsize=8192)
def _ways_in(policy: Policy, same: _Same, part: str) -> tuple[Way, ...]:
    text = policy.using if part == "using" else policy.check or policy.using
    if not text:
        alternatives = [OPEN]
    else:
        tree = expression(text)
        alternatives = [Way(Who.RELATED)] if tree is None else _ways(tree, policy.table, same.it)
    ceiling = max((_ceiling(role) for role in policy.roles), default=Who.EVERYONE)
    return tuple(replace(way, who=min(way.who, ceiling)) for way in alternatives)


def doors(schema: Schema, table: str, command: str, part: str = "using") -> Iterator[tuple[Policy, Way]]:
    """Each way in which a policy of a table permits a command, restrictive policies taken off."""
    standing = [p for p in schema.policies_of(table) if p.command in (command, "all")]
    limits = [ways_in(p, schema, part) for p in standing if not p.permissive]
    for policy in (p for p in standing if p.permissive):
        for way in ways_in(policy, schema, part):
            narrowed = _narrowed(way, limits)
            if narrowed.who > Who.NOBODY:
                yield policy, narrowed


def asks_caller(text: str) -> bool:
    """Whether SQL text asks who is calling."""
    return bool(_CALLER_TEXT.search(text))


def _narrowed(way: Way, limits: list[list[Way]]) -> Way:
    for alternatives in limits:
        widest = max((w.who for w in alternatives), default=Who.NOBODY)
        shared = frozenset.intersection(*(w.fixed for w in alternatives)) if alternatives else frozenset()
        way = replace(way, who=min(way.who, widest), fixed=way.fixed | shared)
    return way


def _ceiling(role: str) -> Who:
    if role in _OWN_CIRCLES:
        return Who.SERVICE
    return Who.MEMBERS if role == "authenticated" else Who.EVERYONE if role in ("public", "anon") else Who.RELATED


def _ways(node: Tree, table: str, schema: Schema) -> list[Way]:
    inner = node.get("BoolExpr")
    if inner and inner.get("boolop") == "OR_EXPR":
        return [way for arg in inner["args"] for way in _ways(arg, table, schema)][:_MOST]
    if inner and inner.get("boolop") == "AND_EXPR":
        parts = [_ways(arg, table, schema) for arg in inner["args"]]
        return [_both(combination) for combination, _ in zip(product(*parts), range(_MOST), strict=False)]
    if inner:
        return [_negated(inner["args"][0])]
    return _atom(node, table, schema)


def _both(parts: Iterable[Way]) -> Way:
    ways = list(parts)
    return Way(
        min(w.who for w in ways),
        frozenset().union(*(w.owners for w in ways)),
        frozenset().union(*(w.fixed for w in ways)),
        frozenset().union(*(w.asked for w in ways)),
        any(w.metadata for w in ways),
    )


def _negated(node: Tree) -> Way:
    boolean = node.get("A_Const", {}).get("boolval")
    if boolean is not None:
        return SHUT if boolean.get("boolval") else OPEN
    column = column_of(node)
    if column:
        return Way(Who.EVERYONE, fixed=frozenset({(column, "false")}))
    return Way(Who.EVERYONE, asked=frozenset(relation(r) for r in nodes(node, "RangeVar")))


def _atom(node: Tree, table: str, schema: Schema) -> list[Way]:
    if "A_Const" in node:
        value = node["A_Const"].get("boolval")
        return [OPEN] if value is None or value.get("boolval") else [SHUT]
    if "NullTest" in node:
        test = node["NullTest"]
        if names_caller(test.get("arg")):
            return [Way(Who.MEMBERS) if test.get("nulltesttype") == "IS_NOT_NULL" else OPEN]
        column = column_of(test.get("arg", {}))
        held = frozenset({(column, "")}) if column and test.get("nulltesttype") == "IS_NULL" else frozenset()
        return [Way(Who.EVERYONE, fixed=held)]
    if "A_Expr" in node:
        return _comparison(node["A_Expr"], table, schema)
    if "SubLink" in node:
        return [_asked(node["SubLink"], table, schema)]
    if "FuncCall" in node:
        return [_called(node["FuncCall"], schema)]
    column = column_of(node)
    if column:
        return [Way(Who.EVERYONE, fixed=frozenset({(column, "true")}))]
    if "BooleanTest" in node:
        return _ways(node["BooleanTest"].get("arg", {}), table, schema)
    return [Way(Who.RELATED if names_caller(node) else Who.EVERYONE)]


def _comparison(node: Tree, table: str, schema: Schema) -> list[Way]:
    left, right = node.get("lexpr", {}), node.get("rexpr", {})
    operator = (words(node.get("name")) or ("",))[-1]
    equal = operator in ("=", "~~", "@>", "<@", "&&") and node.get("kind") != "AEXPR_NOT_DISTINCT"
    if node.get("kind") == "AEXPR_IN" and operator == "=" and names_caller(left):
        items = right.get("List", {}).get("items", [])
        return [way for item in items for way in _equal(left, item, table, schema)]
    if equal or node.get("kind") == "AEXPR_NOT_DISTINCT":
        return _equal(left, right, table, schema)
    if names_caller(node):
        return [Way(Who.RELATED if operator not in ("<>", "!=") else Who.MEMBERS)]
    return [Way(Who.EVERYONE, asked=frozenset(relation(r) for r in nodes(node, "RangeVar")))]


def _equal(left: Tree, right: Tree, table: str, schema: Schema) -> list[Way]:
    for one, other in ((left, right), (right, left)):
        if not names_caller(one):
            continue
        link = subselect(one)
        if link is not None and next(nodes(link, "RangeVar"), None):
            return [_compared_with_query(link, other, table)]
        column = next((words(c.get("fields"))[-1] for c in outer_columns(other) if words(c.get("fields"))), "")
        if column:
            return [Way(Who.OWNER, owners=frozenset({column}))]
        literals = literals_of(other)
        if literals and not names_caller(other):
            return [_caller_is(one, literals)]
        return [Way(Who.RELATED, asked=frozenset(relation(r) for r in nodes(other, "RangeVar")))]
    if any(_called(call, schema).who is Who.RELATED for side in (left, right) for call in nodes(side, "FuncCall")):
        literals = [*literals_of(left), *literals_of(right)]
        return [Way(Who.STAFF if any(map(STAFF_VALUE.search, literals)) else Who.RELATED)]
    column = column_of(left) or column_of(right)
    held = frozenset((column, v) for v in literals_of(right) or literals_of(left)) if column else frozenset()
    asked = frozenset(relation(r) for side in (left, right) for r in nodes(side, "RangeVar"))
    both = {column_of(left), column_of(right)}
    if column and not held and asked:
        held = frozenset({(column, "")})
    if column and len(both) == 2 and "" not in both:
        held = frozenset((c, "") for c in both)
    return [Way(Who.EVERYONE, fixed=held, asked=asked)]


def _compared_with_query(link: Tree, other: Tree, table: str) -> Way:
    """A column or literal against a query about the caller: a pinned column, a role test, or something of his."""
    asked = frozenset(relation(r) for r in nodes(link, "RangeVar"))
    literals, column = literals_of(other), column_of(other)
    if literals:
        return Way(Who.STAFF if any(map(STAFF_VALUE.search, literals)) else Who.RELATED, asked=asked)
    selected = next(nodes(link.get("targetList"), "ColumnRef"), {})
    if column and asked == {table} and words(selected.get("fields"))[-1:] == (column,):
        return Way(Who.EVERYONE, fixed=frozenset({(column, "")}), asked=asked)
    if column:
        return Way(Who.RELATED, owners=frozenset({column}), asked=asked)
    return Way(Who.RELATED, asked=asked)


def _caller_is(caller: Tree, literals: list[str]) -> Way:
    """Something about the caller against a literal: his database role, a claim of his token, his e-mail."""
    texts = {t.lower() for t in literals_of(caller)}
    calls = {words(c.get("funcname"))[-1:] for c in nodes(caller, "FuncCall")}
    values = {v.lower() for v in literals}
    if values & _OWN_CIRCLES:
        return Way(Who.SERVICE)
    if values <= {"authenticated"}:
        return Way(Who.MEMBERS)
    if "anon" in values:
        return OPEN
    metadata = bool(texts & {"user_metadata", "raw_user_meta_data"})
    if (
        ("uid",) in calls
        or ("email",) in calls
        or texts & {"email", "app_metadata", "user_metadata", "raw_user_meta_data"}
    ):
        return Way(Who.STAFF, metadata=metadata)
    return Way(Who.STAFF if any(map(STAFF_VALUE.search, literals)) else Who.RELATED, metadata=metadata)


def _asked(link: Tree, table: str, schema: Schema) -> Way:
    """EXISTS (query), column IN (query), caller IN (query), and a query that gives the answer itself."""
    query, test = link.get("subselect", {}), link.get("testexpr")
    asked = frozenset(relation(r) for r in nodes(query, "RangeVar"))
    if not asked and link.get("subLinkType") == "EXPR_SUBLINK":
        target = query.get("SelectStmt", {}).get("targetList", [{}])[0].get("ResTarget", {}).get("val", {})
        return _both(_ways(target, table, schema)[:1] or [OPEN])
    about_caller = names_caller(query) or names_caller(test)
    called = [_called(c, schema) for c in nodes(query, "FuncCall") if words(c.get("funcname"))[:1] != ("auth",)]
    if any(w.who is Who.STAFF for w in called) or (about_caller and tests_role(query)):
        return Way(Who.STAFF, asked=asked, metadata="raw_user_meta_data" in str(query) or "user_metadata" in str(query))
    if not about_caller and not any(w.who is Who.RELATED for w in called):
        return Way(Who.EVERYONE, asked=asked)
    column = column_of(test or {})
    return Way(Who.RELATED, owners=frozenset({column} if column else ()), asked=asked)


def tests_role(query: Any) -> bool:
    """Whether a query holds a role-like column to a value that only staff have."""
    for test in nodes(query, "A_Expr"):
        sides = (test.get("lexpr", {}), test.get("rexpr", {}))
        columns = [c for side in sides for c in (column_of(side),) if c]
        values = [v for side in sides for v in literals_of(side)]
        if any(map(_ROLE_COLUMN.search, columns)) and (not values or any(map(STAFF_VALUE.search, values))):
            return True
        if any(map(STAFF_VALUE.search, values)) and any("raw_user_meta_data" in text for text in (*values, str(sides))):
            return True
    bare = [words(c.get("fields"))[-1:] for c in nodes(query, "ColumnRef")]
    return any(name and re.match(r"is_(?:super_?)?admin$|is_staff$|is_moderator$", name[0]) for name in bare)


def _called(call: Tree, schema: Schema) -> Way:
    """A call that answers yes or no: by its name, and where the app made it, by its body."""
    name = words(call.get("funcname"))
    literals = literals_of({"List": {"items": call.get("args", [])}})
    function = schema.function(dotted(call.get("funcname")))
    metadata = bool(function and re.search(r"user_metadata|raw_user_meta_data", function.body))
    if name and _STAFF_CALL.search(name[-1]):
        staff = not literals or any(map(STAFF_VALUE.search, literals)) or "role" not in name[-1]
        return Way(Who.STAFF if staff else Who.RELATED, metadata=metadata)
    if function and "service_role" in function.body:
        return Way(Who.SERVICE)
    if (
        function
        and re.search(r"'(?:super_?)?admin'|is_admin", function.body)
        and (asks_caller(function.body) or names_caller(call))
    ):
        return Way(Who.STAFF, metadata=metadata)
    if names_caller(call) or (function and asks_caller(function.body)):
        return Way(Who.RELATED)
    return Way(Who.EVERYONE)
