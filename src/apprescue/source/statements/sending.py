"""A request while a client library makes it, call by call: supabase-js and supabase-py in their own order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from apprescue.model.trace import Step, Value
from apprescue.source.chains import argument
from apprescue.source.statements.spelling import Spelling
from apprescue.source.statements.told import UntoldError, picked

_OPERATORS = {
    "eq": "eq",
    "neq": "neq",
    "gt": "gt",
    "gte": "gte",
    "lt": "lt",
    "lte": "lte",
    "like": "like",
    "ilike": "ilike",
    "regexMatch": "match",
    "regexIMatch": "imatch",
    "is": "is",
    "is_": "is",
    "isDistinct": "isdistinct",
    "rangeGt": "sr",
    "rangeGte": "nxl",
    "rangeLt": "sl",
    "rangeLte": "nxr",
    "rangeAdjacent": "adj",
    "fts": "fts",
    "plfts": "plfts",
    "phfts": "phfts",
    "wfts": "wfts",
}
_RANGES = {"range_gt": "sr", "range_gte": "nxl", "range_lt": "sl", "range_lte": "nxr", "range_adjacent": "adj"}
_RANGES |= {"sr": "sr", "nxl": "nxl", "sl": "sl", "nxr": "nxr", "adj": "adj"}
_HOLDS = {"contains": "cs", "cs": "cs", "containedBy": "cd", "contained_by": "cd", "cd": "cd"}
_HOLDS |= {"overlaps": "ov", "ov": "ov"}
_PATTERNS = {
    "likeAllOf": "like(all)",
    "likeAnyOf": "like(any)",
    "ilikeAllOf": "ilike(all)",
    "ilikeAnyOf": "ilike(any)",
    "like_all_of": "like(all)",
    "like_any_of": "like(any)",
    "ilike_all_of": "ilike(all)",
    "ilike_any_of": "ilike(any)",
}
_KINDS = {"plain": "pl", "phrase": "ph", "websearch": "w", "web_search": "w"}


@dataclass
class Sending(Spelling):
    """A request while it is made, as the client libraries make it: call by call."""

    method: str = "GET"
    path: str = ""
    query: list[tuple[str, str]] = field(default_factory=list)
    prefer: list[str] = field(default_factory=list)
    accept: str = ""
    body: Value | None = None

    def set(self, name: str, value: str) -> None:
        """Put a parameter, in the place of one of that name."""
        at = next((n for n, (key, _) in enumerate(self.query) if key == name), None)
        if at is None:
            self.query.append((name, value))
        else:
            self.query[at] = (name, value)

    def get(self, name: str) -> str:
        """A parameter that was put."""
        return next((value for key, value in self.query if key == name), "")

    def begin(self, verb: Step) -> None:
        """What is done with the table."""
        self._count(verb)
        match verb.method:
            case "select":
                self.method = "HEAD" if _says(verb, "head") else "GET"
                self.set("select", self._columns(verb))
            case "insert" | "upsert":
                self.method = "POST"
                self._write(verb)
            case "update":
                self.method = "PATCH"
                self.body = argument(verb, 0, "json", "values")
            case "delete":
                self.method = "DELETE"
                self.body = Value(fields={}) if self.python else None
            case _:
                raise UntoldError(f"`{verb.method}` is no query of the library")
        if self.python and verb.method != "select":
            returning = str(_option(verb, "returning") or "representation").rpartition(".")[2]
            self.prefer.insert(0, f"return={returning}")

    def _write(self, verb: Step) -> None:
        self.body = argument(verb, 0, "json", "values")
        resolution = []
        if verb.method == "upsert" or _says(verb, "upsert"):
            ignore = _says(verb, "ignoreDuplicates", "ignore_duplicates")
            resolution = [f"resolution={'ignore' if ignore else 'merge'}-duplicates"]
            conflict = _option(verb, "onConflict", "on_conflict")
            if conflict is not None:
                self.set("on_conflict", str(conflict))
        self.prefer = [*self.prefer, *resolution] if self.python else [*resolution, *self.prefer]
        if any(_option(verb, name) is False for name in ("defaultToNull", "default_to_null")):
            self.prefer.append("missing=default")
        columns = _row_columns(self.body)
        if columns:
            self.set("columns", ",".join(f'"{column}"' for column in columns))

    def call(self, link: Step) -> None:
        """A function of the database."""
        self.path = "rpc/" + self.name(link.args[0], "the function's name is only known at run time")
        given = argument(link, 1, "params", "args")
        head, get = _says(link, "head"), _says(link, "get")
        self._count(link)
        fields = (given.fields or {}) if given is not None else {}
        if head and not self.python and any(_is_object(value) for value in fields.values()):
            self.method, self.body = "POST", given
            self.prefer.append("return=minimal")
        elif head or get:
            self.method = "HEAD" if head else "GET"
            for key, value in fields.items():
                self.query.append((key, self._argument(value)))
        else:
            self.method, self.body = "POST", given if given is not None else Value(fields={})

    def _argument(self, value: Value) -> str:
        if value.items is not None:
            return self.array(value)
        return self.json(value) if value.fields is not None else self.text(value)

    def _count(self, link: Step) -> None:
        count = _option(link, "count")
        if isinstance(count, str) and count:
            self.prefer.append(f"count={count.rpartition('.')[2]}")

    def _columns(self, link: Step) -> str:
        given = link.args if self.python else link.args[:1]
        parts = [self.text(value, whole="what is selected is only known at run time") for value in given]
        return ",".join(map(_without_spaces, parts)) or "*"

    def follow(self, link: Step) -> None:
        """A further call of the chain."""
        args, method = link.args, link.method
        own = link.name.removeprefix(f"{link.receiver.name}()") if link.receiver else ""
        negated = "not." if own.startswith(".not_.") else ""
        if method == "select":
            self.set("select", self._columns(link))
            self.prefer = [p for p in self.prefer if not (self.python and p.startswith("return="))]
            self.prefer.append("return=representation")
        elif method in ("single", "csv", "geojson"):
            kinds = {
                "single": "application/vnd.pgrst.object+json",
                "csv": "text/csv",
                "geojson": "application/geo+json",
            }
            self.accept = kinds[method]
        elif method == "order" and args:
            self._order(link)
        elif method in ("limit", "offset", "range") and args:
            self._page(link)
        elif method == "match" and args:
            for column, value in (args[0].fields or {}).items():
                self.query.append((column, f"eq.{self.text(value)}"))
        elif method in ("or", "or_") and args:
            table = _option(link, "referencedTable", "foreignTable", "reference_table")
            key = f"{f'{table}.' if table else ''}{negated}or"
            self.query.append((key, f"({self.text(args[0], whole='what it filters by is only known at run time')})"))
        else:
            for operator, text in self._compared(link):
                column = self.name(args[0], "which column it filters by is only known at run time")
                self.query.append((column, f"{negated}{operator}.{text}"))

    def _compared(self, link: Step) -> Iterator[tuple[str, str]]:
        args, method = link.args, link.method
        if len(args) < 2:
            return
        if method in ("filter", "not", "not_") and len(args) > 2:
            operator = self.name(args[1], "how it compares is only known at run time")
            yield ("not." if method != "filter" else "") + operator, self._free(operator, args[2])
        elif method in _OPERATORS:
            yield _OPERATORS[method], self.text(args[1])
        elif method in ("in", "in_", "notIn"):
            yield ("not." if method == "notIn" else "") + "in", f"({self.several(args[1])})"
        elif method in _RANGES:
            bounds = args[1].items
            yield _RANGES[method], f"({','.join(map(self.text, bounds))})" if bounds else self.text(args[1])
        elif method in _HOLDS:
            yield _HOLDS[method], self.held(args[1])
        elif method in _PATTERNS:
            items = args[1].items
            yield _PATTERNS[method], "{" + (",".join(map(self.text, items)) if items else self.text(args[1])) + "}"
        elif method in ("textSearch", "text_search"):
            kind, config = _option(link, "type"), _option(link, "config")
            operator = f"{_KINDS.get(str(kind), '')}fts{f'({config})' if config else ''}"
            yield operator, self.text(args[1])

    def _free(self, operator: str, value: Value) -> str:
        if value.items is not None:
            return f"({self.several(value)})" if operator.endswith("in") else self.array(value)
        return self.text(value)

    def _order(self, link: Step) -> None:
        table = _option(link, "referencedTable", "foreignTable", "foreign_table")
        key = f"{table}.order" if table else "order"
        column = self.name(link.args[0], "what it sorts by is only known at run time")
        down = _says(link, "desc") or _option(link, "ascending") is False
        nulls = next((n for n in (_option(link, "nullsFirst"), _option(link, "nullsfirst")) if n is not None), None)
        before = self.get(key)
        text = f"{column}.{'desc' if down else 'asc'}"
        text += "" if nulls is None else ".nullsfirst" if nulls else ".nullslast"
        self.set(key, f"{before},{text}" if before else text)

    def _page(self, link: Step) -> None:
        table = _option(link, "referencedTable", "foreignTable", "foreign_table")
        start = f"{table}." if table else ""
        put: Callable[[str, str], None] = (lambda k, v: self.query.append((k, v))) if self.python else self.set
        if link.method == "range" and len(link.args) > 1:
            first, last = link.args[0], link.args[1]
            put(f"{start}offset", self.whole(first))
            span = Value(op="-", operands=(last, first))
            put(f"{start}limit", self.whole(Value(op="+", operands=(span, Value(constant=1, literal=True)))))
        elif link.method != "range":
            put(f"{start}{link.method}", self.whole(link.args[0]))


def _row_columns(body: Value | None) -> list[str]:
    """The columns of a list of rows, in the order in which they are met."""
    if body is None or body.items is None:
        return []
    return list(dict.fromkeys(key for row in body.items for key in row.fields or {} if key not in ("...", "**")))


def _is_object(value: Value) -> bool:
    return value.fields is not None or any(item.fields is not None for item in value.items or ())


def _option(link: Step, *names: str) -> object:
    """An option's constant, from an object (`{head: true}`) or by name (`head=True`); None where it is not set."""
    for given in (link.keywords, *(a.fields or {} for a in link.args[1:] or link.args)):
        for name in names:
            if name in given:
                return picked(given[name]) if given[name].constant is None else given[name].constant
    return None


def _says(link: Step, *options: str) -> bool:
    return any(_option(link, option) is True for option in options)


def _without_spaces(columns: str) -> str:
    kept, quoted = [], False
    for sign in columns:
        quoted ^= sign == '"'
        if quoted or not sign.isspace():
            kept.append(sign)
    return "".join(kept)
