"""A chain of supabase-js or supabase-py calls as the HTTP request that the library sends to PostgREST."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from apprescue.model.app import Query
from apprescue.model.trace import Step, Value
from apprescue.source.chains import argument
from apprescue.source.statements.told import UntoldError, constant, number, picked

BEGINS = ("from", "from_", "from_table", "table", "rpc")
_FIRST_HOLE = 0xE000  # the first character that Unicode leaves to private use
_LAST_HOLE = 0xF8FF
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
_ACCEPTS = {"single": "application/vnd.pgrst.object+json", "csv": "text/csv", "geojson": "application/geo+json"}
_KINDS = {"plain": "pl", "phrase": "ph", "websearch": "w", "web_search": "w"}


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire. `query` are the parameters in their order; `prefer` the preferences, `accept` the media
    type where one is asked for. A text holds a private-use character for each piece that only the running app knows:
    `hole` gives that piece's value. `body` is what is sent as JSON.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    prefer: tuple[str, ...] = ()
    accept: str = ""
    schema: str = "public"
    body: Value | None = None
    holes: tuple[Value, ...] = ()

    def hole(self, sign: str) -> Value | None:
        """The value that a sign of a text stands for, None for an ordinary sign."""
        return self.holes[ord(sign) - _FIRST_HOLE] if is_hole(sign) else None


def is_hole(sign: str) -> bool:
    """Whether a character stands for what only the running app knows."""
    return _FIRST_HOLE <= ord(sign) <= _LAST_HOLE


def request(query: Query) -> Request:
    """The request of a query. Raises UntoldError where its shape cannot be read."""
    chain = query.step.chain
    start = next((n for n, link in enumerate(chain) if link.method in BEGINS and link.args), None)
    if start is None:
        raise UntoldError("where the query begins cannot be read")
    python = query.place.path.endswith(".py")
    sending = _Sending(python, _schema(chain[: start + 1]))
    links = chain[start:]
    if links[0].method == "rpc":
        sending.call(links[0])
    else:
        if len(links) < 2:
            raise UntoldError("the table is named, and nothing is asked of it")
        sending.path = sending.name(links[0].args[0], "the table's name is only known at run time")
        sending.begin(links[1])
    seen: set[tuple[str, str]] = set()
    for link in links[1 if links[0].method == "rpc" else 2 :]:
        if not _again(link, links[0], seen):
            sending.follow(link)
    return sending.request()


def _again(link: Step, first: Step, seen: set[tuple[str, str]]) -> bool:
    """Whether it compares a column once more that another branch compares (`if … else`): only one of them runs."""
    if link.method not in ("eq", "is", "is_", "in", "in_") or len(link.args) < 2:
        return False
    column = constant(link.args[0])
    if column is None:
        return False
    known = any(mark in seen for mark in ((str(column), "some"), (str(column), "always")))
    seen.add((str(column), "some" if len(link.tests) > len(first.tests) else "always"))
    return known and len(link.tests) > len(first.tests)


def _schema(chain: tuple[Step, ...]) -> str:
    for link in reversed(chain):
        if link.method == "schema" and link.args:
            return str(constant(link.args[0]) or "public")
    options = argument(chain[0], 2, "options")
    for part in options.deep() if options is not None else ():
        for key in ("db", "schema"):
            inner = (part.fields or {}).get(key)
            if inner is not None and key == "schema" and isinstance(inner.constant, str):
                return inner.constant
    return "public"


@dataclass
class _Sending:
    """A request while it is made, as the client libraries make it: call by call."""

    python: bool
    schema: str
    method: str = "GET"
    path: str = ""
    query: list[tuple[str, str]] = field(default_factory=list)
    prefer: list[str] = field(default_factory=list)
    accept: str = ""
    body: Value | None = None
    holes: list[Value] = field(default_factory=list)

    def request(self) -> Request:
        query = self.query
        if self.python:  # httpx keeps the values of a name together
            names = list(dict.fromkeys(name for name, _ in query))
            query = sorted(query, key=lambda pair: names.index(pair[0]))
        return Request(
            self.method,
            self.path,
            tuple(query),
            tuple(self.prefer),
            self.accept,
            self.schema,
            self.body,
            tuple(self.holes),
        )

    def name(self, value: Value, otherwise: str) -> str:
        """A name that must be known: of several that are possible the first."""
        found = picked(value)
        if found is None:
            raise UntoldError(otherwise)
        return str(found)

    def set(self, name: str, value: str) -> None:
        at = next((n for n, (key, _) in enumerate(self.query) if key == name), None)
        if at is None:
            self.query.append((name, value))
        else:
            self.query[at] = (name, value)

    def get(self, name: str) -> str:
        return next((value for key, value in self.query if key == name), "")

    # what the query does

    def begin(self, verb: Step) -> None:
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
            return self._array(value)
        return self.json(value) if value.fields is not None else self.text(value)

    def _count(self, link: Step) -> None:
        count = _option(link, "count")
        if isinstance(count, str) and count:
            self.prefer.append(f"count={count.rpartition('.')[2]}")

    def _columns(self, link: Step) -> str:
        given = link.args if self.python else link.args[:1]
        parts = [self.text(value, whole="what is selected is only known at run time") for value in given]
        return ",".join(map(_without_spaces, parts)) or "*"

    # what is said of it afterwards

    def follow(self, link: Step) -> None:
        """A further call of the chain."""
        args, method = link.args, link.method
        negated = "not." if self.python and ".not_." in link.name else ""
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
            yield ("not." if method == "notIn" else "") + "in", f"({self._list(args[1])})"
        elif method in _RANGES:
            bounds = args[1].items
            yield _RANGES[method], f"({','.join(map(self.text, bounds))})" if bounds else self.text(args[1])
        elif method in _HOLDS:
            yield _HOLDS[method], self._held(args[1])
        elif method in _PATTERNS:
            items = args[1].items
            yield _PATTERNS[method], "{" + (",".join(map(self.text, items)) if items else self.text(args[1])) + "}"
        elif method in ("textSearch", "text_search"):
            kind, config = _option(link, "type"), _option(link, "config")
            operator = f"{_KINDS.get(str(kind), '')}fts{f'({config})' if config else ''}"
            yield operator, self.text(args[1])

    def _free(self, operator: str, value: Value) -> str:
        if value.items is not None:
            return f"({self._list(value)})" if operator.endswith("in") else self._array(value)
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
            put(f"{start}offset", self._whole(first))
            span = Value(op="-", operands=(last, first))
            put(f"{start}limit", self._whole(Value(op="+", operands=(span, Value(constant=1, literal=True)))))
        elif link.method != "range":
            put(f"{start}{link.method}", self._whole(link.args[0]))

    # values

    def _whole(self, value: Value) -> str:
        known = number(value)
        return str(known) if known is not None else self._hole(value)

    def _hole(self, value: Value) -> str:
        if len(self.holes) > _LAST_HOLE - _FIRST_HOLE:
            raise UntoldError("more values than can be kept apart")
        self.holes.append(value)
        return chr(_FIRST_HOLE + len(self.holes) - 1)

    def text(self, value: Value, whole: str = "") -> str:
        """A value as the library writes it into the address. UntoldError(`whole`) where nothing of it is known."""
        if value.literal or (whole and value.constant is not None):
            return self._plain(value.constant)
        if value.op == "text" or (value.op == "+" and any(isinstance(v.constant, str) or v.op for v in value.operands)):
            joined = value.step is not None and value.step.method == "join"
            between = self._between(value.step) if joined and value.step is not None else ""
            return between.join(self.text(part) for part in value.operands)
        if value.items is not None and value.step is None:
            return ",".join(self.text(part) for part in value.items)
        if value.choices and whole:
            return self.text(value.choices[0][0], whole)
        if whole:
            found = picked(value)
            if found is None:
                raise UntoldError(whole)
            return self._plain(found)
        return self._hole(value)

    def _between(self, joined: Step) -> str:
        return str(constant(joined.args[0])) if joined.args and constant(joined.args[0]) is not None else ","

    def _plain(self, found: object) -> str:
        if found is None or isinstance(found, bool):
            return {None: "null", True: "true", False: "false"}[found]
        return str(int(found)) if isinstance(found, float) and found.is_integer() and not self.python else str(found)

    def _list(self, value: Value) -> str:
        if value.items is None or value.step is not None:
            return self._hole(value)
        reserved = ',:()"\\' if self.python else ",()"
        texts = [self.text(item) for item in value.items]
        if not self.python:
            texts = list(dict.fromkeys(texts))
        return ",".join(_quoted(t, self.python) if any(c in t for c in reserved) else t for t in texts)

    def _held(self, value: Value) -> str:
        if value.items is not None and value.step is None:
            return self._array(value)
        return self.json(value, spaced=self.python) if value.fields is not None else self.text(value)

    def _array(self, value: Value) -> str:
        texts = [self.text(item) for item in value.items or ()]
        if self.python:
            texts = [_quoted(t, True) if _needs_quotes(t) else t for t in texts]
        return "{" + ",".join(texts) + "}"

    def json(self, value: Value, spaced: bool = False) -> str:
        """A value as JSON; a hole stands in it as a text."""
        return json.dumps(self._jsonable(value), ensure_ascii=False, separators=(", ", ": ") if spaced else (",", ":"))

    def _jsonable(self, value: Value) -> object:
        if value.fields is not None:
            return {key: self._jsonable(part) for key, part in value.fields.items()}
        if value.items is not None and value.step is None:
            return [self._jsonable(part) for part in value.items]
        return value.constant if value.literal else self.text(value)


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


def _quoted(text: str, escaped: bool) -> str:
    return '"' + (text.replace("\\", "\\\\").replace('"', '\\"') if escaped else text) + '"'


def _needs_quotes(text: str) -> bool:
    return not text or text.lower() == "null" or any(c in '{},"\\' or c.isspace() for c in text)


def _without_spaces(columns: str) -> str:
    kept, quoted = [], False
    for sign in columns:
        quoted ^= sign == '"'
        if quoted or not sign.isspace():
            kept.append(sign)
    return "".join(kept)
