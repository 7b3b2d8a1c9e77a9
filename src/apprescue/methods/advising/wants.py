"""What a statement asks of each relation that it reads: told by the server's own plan of it.

The plan is asked for with its parameters left open and with no index allowed, so that every condition stands where a
row is read or two relations meet, those of row level security, views and inlined functions too, and every order
stands as a sort.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apprescue.methods.advising.terms import Sort, Term, Wanted, unqualified
from apprescue.methods.expressions import Text, Tree, condition, each, kind_of, words
from apprescue.model.database import ident_of
from apprescue.model.index import Key

_INNER = re.compile(r"(?:EXISTS|ARRAY)?\((?:hashed |rescan )?(?:InitPlan|SubPlan) \d+\)(?:\.\w+)?")
_HASHED = re.compile(r"(\w+(?:\.(?:\w+|\"[^\"]+\"))+) = \(hashed SubPlan (\d+)\)\.col1")
_EVERY = re.compile(r"(?<![=<>~] )\((?:ANY|ALL) \(")
_ENDING = re.compile(r"\s+(?:(DESC)|NULLS (FIRST|LAST)|USING \S+)$")
_HELD = ("@>", "<@", "&&", "?", "?|", "?&", "@@", "@?")
_TURNED = {"@>": "<@", "<@": "@>"}
_LIKE = ("~~", "~~*", "~", "~*", "^@")
_RANGES = ("<", "<=", ">", ">=")
_JOINED = ("Hash Cond", "Merge Cond", "Join Filter")
_PURE = ("ColumnRef", "A_Const", "TypeCast", "A_Expr", "FuncCall", "CoalesceExpr", "A_ArrayExpr")


def wanted(plan: Mapping[str, Any], patterns: Mapping[int, str] | None = None) -> list[Wanted]:
    """What the plan (`Plan` of `explain (verbose, format json)`) asks of each relation. `patterns` tell how a
    parameter of that number is written where it is a pattern (`%{}%`)."""
    reading = _Reading(plan, patterns or {})
    for node, parent in _deep(plan):
        reading.read(node, parent)
    return list(reading.found.values())


def _deep(node: Mapping[str, Any], parent: str = "") -> Iterator[tuple[Mapping[str, Any], str]]:
    """Each step with the kind of the one above it."""
    yield node, parent
    for one in node.get("Plans", ()):
        yield from _deep(one, node["Node Type"])


def _texts(told: object) -> list[str]:
    return [str(one) for one in told] if isinstance(told, list) else [str(told)] if told else []


class _Reading:
    """The relations of a plan by their aliases."""

    def __init__(self, plan: Mapping[str, Any], patterns: Mapping[int, str]) -> None:
        self.found: dict[str, Wanted] = {}
        self._patterns = patterns
        self._inner: dict[str, Mapping[str, Any]] = {}
        for node, _ in _deep(plan):
            if node["Node Type"] != "ModifyTable" and "Relation Name" in node and "Schema" in node:
                relation, alias = f"{node['Schema']}.{node['Relation Name']}", node["Alias"]
                self.found.setdefault(alias, Wanted(relation, alias))
            if node.get("Subplan Name", "").startswith("SubPlan "):
                self._inner[node["Subplan Name"].partition(" ")[2]] = node

    def read(self, node: Mapping[str, Any], parent: str) -> None:
        """What one step tells."""
        alias = node.get("Alias", "") if "Relation Name" in node else ""
        for text in _texts(node.get("Filter")):
            if node["Node Type"] != "Aggregate":
                self._condition(text, alias)
        for label in _JOINED:
            for text in _texts(node.get(label)):
                self._condition(text, "")
        for label in ("Sort Key", "Group Key"):
            self._order(_texts(node.get(label)))
        for keys in node.get("Grouping Sets", ()):
            for group in keys.get("Group Keys", ()):
                self._order(_texts(group))
        inner = node.get("Parent Relationship") in ("InitPlan", "SubPlan", "Member")
        if "Relation Name" not in node or inner or parent in ("", "Subquery Scan"):
            self._outputs(node)

    def _outputs(self, node: Mapping[str, Any]) -> None:
        for text in _texts(node.get("Output")):
            read = _parsed(text)
            if read is None:
                continue
            self._qualify(read.tree)
            self._needs(read.tree)
            kind, fields = kind_of(read.tree)
            if kind == "FuncCall" and words(fields.get("funcname"))[-1:] in (("min",), ("max",)) and fields.get("args"):
                self._order([read.told(fields["args"][0])])

    def _qualify(self, tree: Any) -> None:
        """Where there is only one relation the server leaves its name away in what a step gives."""
        if len(self.found) == 1:
            (alias,) = self.found
            for fields in each(tree, "ColumnRef"):
                if len(fields.get("fields", [])) == 1:
                    fields["fields"] = [{"String": {"sval": alias}}, *fields["fields"]]

    def _needs(self, tree: Any) -> None:
        for fields in each(tree, "ColumnRef"):
            parts = fields.get("fields", [])
            names = words(parts)
            seen = self.found.get(names[0]) if names else None
            if seen is not None and len(names) == 2:
                seen.needs.add(names[1])
            elif seen is not None:
                seen.whole = True

    def _order(self, texts: Iterable[str]) -> None:
        keys: list[Key] = []
        first: Wanted | None = None
        for text in texts:
            told = text
            descending, nulls = False, None
            while ending := _ENDING.search(told):
                descending, nulls = descending or bool(ending[1]), {"FIRST": True, "LAST": False}.get(ending[2], nulls)
                told = told[: ending.start()]
            read = _parsed(told)
            if read is not None:
                self._qualify(read.tree)
                self._needs(read.tree)
            seen = self._single(read.tree) if read else None
            if read is None or seen is None or (first is not None and seen is not first):
                break
            first = seen
            keys.append(Key(self._key(read, read.tree, seen), descending, nulls))
        if first is not None and keys and tuple(keys) not in first.orders:
            first.orders.append(tuple(keys))

    def _condition(self, text: str, alias: str) -> None:
        for column, number in _HASHED.findall(text):
            self._through(column, number)
        read = _parsed(text)
        if read is None:
            return
        self._needs(read.tree)
        for part in _parts(read.tree, "AND_EXPR"):
            kind, fields = kind_of(part)
            if kind == "BoolExpr" and fields.get("boolop") == "OR_EXPR":
                self._either(read, fields, alias)
            for seen, term in self._terms(read, part, alias):
                if term not in seen.terms:
                    seen.terms.append(term)

    def _through(self, column: str, number: str) -> None:
        """A hashed subplan holds what could also be looked up: its first column is compared with one outside."""
        inner = self._inner.get(number)
        outer = _parsed(column)
        outside = self._single(outer.tree) if outer else None
        for text in _texts(inner.get("Output") if inner else None)[:1]:
            read = _parsed(text)
            seen = self._single(read.tree) if read else None
            if read and seen and outer and outside:
                seen.terms.append(Term(Sort.EQUAL, self._key(read, read.tree, seen), "", frozenset({outside.alias})))
                outside.terms.append(
                    Term(Sort.EQUAL, self._key(outer, outer.tree, outside), "", frozenset({seen.alias}))
                )

    def _either(self, read: Text, fields: Tree, alias: str) -> None:
        """The branches of an OR, where each of them says something of the same relation."""
        branches: dict[str, list[list[Term]]] = {}
        for branch in fields.get("args", ()):
            here: dict[str, list[Term]] = {}
            for part in _parts(branch, "AND_EXPR"):
                for seen, term in self._terms(read, part, alias):
                    here.setdefault(seen.alias, []).append(term)
            for name, terms in here.items():
                branches.setdefault(name, []).append(terms)
        for name, several in branches.items():
            self.found[name].either.append(several)

    def _terms(self, read: Text, tree: Any, alias: str) -> Iterator[tuple[Wanted, Term]]:
        """What a single condition says of each relation that it names. `alias` is the one that it is a filter of."""
        kind, fields = kind_of(tree)
        here = [self.found[alias]] if alias in self.found else list(self._named(tree))
        for seen in here:
            pure = self._text(read, tree, seen)
            match kind:
                case "A_Expr":
                    yield from ((seen, term) for term in self._compared(read, fields, seen, pure))
                case "NullTest" if (key := self._own(read, fields.get("arg"), seen)) is not None:
                    is_null = fields.get("nulltesttype") == "IS_NULL"
                    text = f"{key} is {'' if is_null else 'not '}null"
                    yield seen, Term(Sort.EQUAL if is_null else Sort.STATE, key if is_null else "", text)
                case "ColumnRef" if (key := self._own(read, tree, seen)) is not None:
                    yield seen, Term(Sort.EQUAL, key, key)
                case "BoolExpr" if fields.get("boolop") == "NOT_EXPR":
                    key = self._own(read, fields["args"][0], seen)
                    if key is not None and kind_of(fields["args"][0])[0] == "ColumnRef":
                        yield seen, Term(Sort.EQUAL, key, f"not {key}")
                case "BooleanTest" if (key := self._own(read, fields.get("arg"), seen)) is not None:
                    test = fields.get("booltesttype", "").lower().replace("_", " ")
                    yield seen, Term(Sort.STATE, "", f"{key} {test}")

    def _compared(self, read: Text, fields: Tree, seen: Wanted, pure: str) -> Iterator[Term]:
        operator = "".join(words(fields.get("name"))[-1:])
        among = fields.get("kind") == "AEXPR_OP_ANY"
        for mine, other in ((fields.get("lexpr"), fields.get("rexpr")), (fields.get("rexpr"), fields.get("lexpr"))):
            if mine is None or other is None:
                continue
            key = self._own(read, mine, seen)
            if key is None or seen in self._named(other):
                continue
            flipped = mine is not fields.get("lexpr")
            joined = frozenset(one.alias for one in self._named(other))
            match operator:
                case "=" if among and flipped:
                    continue
                case "=":
                    yield Term(Sort.AMONG if among else Sort.EQUAL, key, pure, joined, operator)
                case _ if operator in _RANGES and not among:
                    yield Term(Sort.RANGE, key, pure, joined, operator)
                case _ if operator in _LIKE and not flipped:
                    begins = operator in ("~~", "^@") and self._begins(other)
                    yield Term(Sort.BEGINS if begins else Sort.CONTAINS, key, "", joined, operator)
                case _ if operator in _HELD and not among:
                    yield Term(Sort.HELD, key, "", joined, _TURNED.get(operator, operator) if flipped else operator)
                case _ if pure and not flipped:
                    yield Term(Sort.STATE, "", pure)

    def _begins(self, tree: Any) -> bool:
        """Whether a pattern has its only wildcard at its end."""
        for fields in each(tree, "ParamRef"):
            return "{}" in (pattern := self._patterns.get(fields.get("number", 0), "%")) and pattern[:1] not in "%_"
        for fields in each(tree, "A_Const"):
            text = fields.get("sval", {}).get("sval", "%")
            return bool(text) and text[0] not in "%_"
        return False

    def _own(self, read: Text, tree: Any, seen: Wanted) -> str | None:
        """An expression over the columns of one relation alone as an index takes it."""
        bare = _bare(tree)
        if self._single(bare) is not seen or any(True for _ in each(bare, "ParamRef")):
            return None
        return self._key(read, bare, seen)

    def _key(self, read: Text, tree: Any, seen: Wanted) -> str:
        bare = _bare(tree)
        kind, fields = kind_of(bare)
        if kind == "ColumnRef":
            return ident_of(words(fields.get("fields"))[-1])
        return f"({unqualified(read.told(bare), seen.alias)})"

    def _text(self, read: Text, tree: Any, seen: Wanted) -> str:
        """The condition as a partial index takes it, empty where it holds anything but constants."""
        if self._named(tree) != [seen] or not _is_pure(tree):
            return ""
        return unqualified(read.told(tree), seen.alias)

    def _named(self, tree: Any) -> list[Wanted]:
        names = [words(fields.get("fields")) for fields in each(tree, "ColumnRef")]
        return list({name[0]: self.found[name[0]] for name in names if name and name[0] in self.found}.values())

    def _single(self, tree: Any) -> Wanted | None:
        """The only relation that an expression is made of; None where there is another, or something else inside."""
        names = {words(fields.get("fields"))[:1] for fields in each(tree, "ColumnRef")}
        named = self._named(tree)
        return named[0] if len(names) == 1 and len(named) == 1 and "A_Star" not in str(tree) else None


def _parts(tree: Any, operator: str) -> Iterator[Any]:
    kind, fields = kind_of(tree)
    if kind == "BoolExpr" and fields.get("boolop") == operator:
        for part in fields.get("args", ()):
            yield from _parts(part, operator)
    else:
        yield tree


def _parsed(text: str) -> Text | None:
    return condition(_EVERY.sub("(every(", _INNER.sub("$9999", text)))


def _bare(tree: Any) -> Any:
    """Without the cast that the server writes around a varchar to compare it as text."""
    kind, fields = kind_of(tree)
    if kind == "TypeCast" and words(fields.get("typeName", {}).get("names"))[-1:] in (("text",), ("bpchar",)):
        inner = fields.get("arg")
        return inner if kind_of(inner)[0] == "ColumnRef" else tree
    return tree


def _is_pure(tree: Any) -> bool:
    kind, fields = kind_of(tree)
    if kind and kind not in _PURE:
        return kind in ("String", "Integer", "A_Star", "TypeName")
    if kind == "FuncCall" and words(fields.get("funcname"))[-1:] in (("now",), ("current_setting",)):
        return False
    children = fields.values() if kind else tree.values() if isinstance(tree, dict) else tree
    if isinstance(children, (str, int, float, bool)) or children is None:
        return True
    return all(_is_pure(child) for child in children if isinstance(child, (dict, list)))
