"""The address of a PostgREST request read as PostgREST reads it: columns, embedded relations, conditions, order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apprescue.source.statements.request import Request
from apprescue.source.statements.told import UntoldError

_FIELD = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([\w $\-\ue000-\uf8ff]+?|\*))((?:->>?[^-:.,()]+(?:-(?!>)[^-:.,()]+)*)*)$')
_JSON = re.compile(r"(->>?)([^-]+(?:-(?!>)[^-]+)*)")
_AGGREGATE = re.compile(r"\.(sum|avg|count|max|min)\(\)(?:::([\w $]+))?$")
_COUNT = re.compile(r"count\(\)(?:::([\w $]+))?$")
_OPERATOR = re.compile(
    r"(?P<not>not\.)?(?P<name>eq|neq|gte|gt|lte|lt|like|ilike|match|imatch|isdistinct|is|in|cs|cd|ov|sl|sr|nxr|nxl|adj"
    r"|fts|plfts|phfts|wfts)(?:\((?P<said>[\w $]+)\))?\.(?P<value>.*)$",
    re.S,
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?=,|$)', re.S)
_RESERVED = ("select", "columns", "on_conflict")
_ENDINGS = ("order", "limit", "offset", "and", "or")


@dataclass(frozen=True, slots=True)
class Field:
    """A column, and the way into its JSON as pairs of arrow and key."""

    name: str
    path: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """What is selected."""

    field: Field
    alias: str = ""
    cast: str = ""
    aggregate: str = ""
    aggregate_cast: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A field compared. `said` is any or all, or a text search's language."""

    field: Field
    operator: str
    value: str
    negated: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by `and` or `or`."""

    operator: str
    parts: tuple[Condition | Logic, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A field sorted by; `relation` is an embedded one that the field belongs to."""

    field: Field
    direction: str = ""
    nulls: str = ""
    relation: str = ""


@dataclass(slots=True)
class Read:
    """What is read of one relation. `join` is inner, left or empty."""

    name: str
    alias: str = ""
    hint: str = ""
    join: str = ""
    spread: bool = False
    columns: list[Column] = field(default_factory=list)
    embeds: list[Read] = field(default_factory=list)
    conditions: list[Condition | Logic] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    limit: str = ""
    offset: str = ""

    @property
    def key(self) -> str:
        """The name that the answer has it under."""
        return self.alias or self.name

    def part(self, path: list[str]) -> Read:
        """The embedded relation at a path. UntoldError where nothing is embedded under such a name."""
        if not path:
            return self
        named = next((e for e in self.embeds if e.key == path[0]), None)
        found = named or next((e for e in self.embeds if e.name == path[0]), None)
        if found is None:
            raise UntoldError(f"it filters or sorts by `{path[0]}`, which it does not embed")
        return found.part(path[1:])


def read(request: Request, name: str, arguments: frozenset[str] = frozenset()) -> Read:
    """What a request reads of the relation `name`. `arguments` are parameters that a function takes, no conditions.

    Raises UntoldError where PostgREST would refuse the address too.
    """
    given = [(key, value) for key, value in request.query if key not in arguments]
    whole = Read(name)
    _select(next((value for key, value in given if key == "select"), "*"), whole)
    for key, value in given:
        *path, last = _names(key)
        if key in _RESERVED:
            continue
        if last in _ENDINGS:
            place = whole.part([part for part in path if part != "not"])
            match last:
                case "order":
                    place.orders = [_order(text) for text in split(value)]
                case "limit":
                    place.limit = value
                case "offset":
                    place.offset = value
                case _:
                    place.conditions.append(_logic(("not." if "not" in path else "") + last + value))
        else:
            found = _condition(last, value)
            if found is None:
                raise UntoldError(f"`{value}` is no condition of the interface")
            whole.part(path).conditions.append(found)
    return whole


def columns_of(request: Request, name: str) -> tuple[str, ...]:
    """The columns that `columns` or `on_conflict` list."""
    text = next((value for key, value in request.query if key == name), "")
    return tuple(_field(part).name for part in split(text)) if text else ()


def split(text: str, separator: str = ",") -> Iterator[str]:
    """The pieces between separators that stand in no parentheses, braces or quotes."""
    depth, quoted, start, slashed = 0, False, 0, False
    for at, sign in enumerate(text):
        if quoted:
            quoted = sign != '"' or slashed
            slashed = sign == "\\" and not slashed
        elif sign == '"':
            quoted, slashed = True, False
        elif sign in "({":
            depth += 1
        elif sign in ")}":
            depth -= 1
        elif sign == separator and not depth:
            yield text[start:at].strip()
            start = at + 1
    yield text[start:].strip()


def elements(text: str) -> Iterator[str]:
    """The values between the commas of a list; only one that is quoted from its begin to its end may hold a comma."""
    at = 0
    while at <= len(text):
        quoted = _QUOTED.match(text, at)
        if quoted:
            yield re.sub(r"\\(.)", r"\1", quoted[1], flags=re.S)
            at = quoted.end() + 1
        else:
            end = text.find(",", at)
            end = len(text) if end < 0 else end
            yield text[at:end]
            at = end + 1


def _names(key: str) -> list[str]:
    """The names of a path (`posts.author.name`); the way into a JSON column stays with its column."""
    column, arrow, rest = key.partition("->")
    names = list(split(column, "."))
    return [*(name.strip('"') for name in names[:-1]), names[-1].strip('"') + arrow + rest]


def _select(text: str, into: Read) -> None:
    for part in split(text):
        if not part:
            continue
        if part.endswith(")") and not _AGGREGATE.search(part) and not _COUNT.match(part.rpartition(":")[2]):
            into.embeds.append(_embed(part))
        else:
            into.columns.append(_column(part))


def _embed(part: str) -> Read:
    head, _, inner = part.partition("(")
    spread = head.startswith("...")
    alias, named, name = head.removeprefix("...").partition(":")
    if not named:
        alias, name = "", alias
    name, *marks = (mark.strip().strip('"') for mark in name.split("!"))
    found = Read(name, alias.strip().strip('"'), spread=spread)
    for mark in marks:
        if mark in ("inner", "left"):
            found.join = mark
        else:
            found.hint = mark
    _select(inner[:-1], found)
    return found


def _column(part: str) -> Column:
    alias, rest = "", part
    named = re.match(r'("[^"]*"|[^":()]+):(?!:)', part)
    if named:
        alias, rest = named[1].strip('"'), part[named.end() :]
    counted = _COUNT.match(rest)
    if counted:
        return Column(Field("*"), alias, aggregate="count", aggregate_cast=counted[1] or "")
    aggregate = _AGGREGATE.search(rest)
    if aggregate:
        rest = rest[: aggregate.start()]
    rest, _, cast = rest.partition("::")
    how, of = (aggregate[1], aggregate[2] or "") if aggregate else ("", "")
    return Column(_field(rest), alias, cast, how, of)


def _field(text: str) -> Field:
    found = _FIELD.match(text.strip())
    if not found:
        raise UntoldError(f"`{text}` is no column of the interface")
    name = found[1].replace('\\"', '"') if found[1] is not None else found[2]
    return Field(name, tuple(_JSON.findall(found[3])))


def _condition(column: str, text: str) -> Condition | None:
    found = _OPERATOR.match(text)
    if not found:
        return None
    return Condition(_field(column), found["name"], found["value"], bool(found["not"]), found["said"] or "")


def _logic(text: str) -> Condition | Logic:
    text = text.strip()
    joined = re.match(r"(not\.)?(and|or)\s*\((.*)\)$", text, re.S)
    if joined and joined[3].strip():
        return Logic(joined[2], tuple(map(_logic, split(joined[3]))), bool(joined[1]))
    places = [found.start() for found in re.finditer(r"\.", text)]
    for at in places:
        found = _condition(text[:at], text[at + 1 :]) if _FIELD.match(text[:at]) else None
        if found is not None:
            plain = found.value
            if plain.startswith('"') and plain.endswith('"') and len(plain) > 1:
                plain = re.sub(r"\\(.)", r"\1", plain[1:-1])
            return Condition(found.field, found.operator, plain, found.negated, found.said)
    raise UntoldError(f"`{text}` is no condition of the interface")


def _order(text: str) -> Order:
    nulls = next((n for n in ("nullsfirst", "nullslast") if text.endswith(f".{n}")), "")
    text = text.removesuffix(f".{nulls}") if nulls else text
    direction = next((d for d in ("asc", "desc") if text.endswith(f".{d}")), "")
    text = text.removesuffix(f".{direction}") if direction else text
    within = re.match(r"([^()]+)\((.+)\)$", text)
    return Order(_field(within[2] if within else text), direction, nulls, within[1] if within else "")
