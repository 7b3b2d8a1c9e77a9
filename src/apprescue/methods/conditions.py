"""What policies, checks, views and functions ask of each column: the constants it is held against.

The server writes its expressions in one regular form, so a comparison can be found by its operator and two sides.
Bodies of functions are the app's own text; there a column without its table is taken for a column of every table
that the body names and that has it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields

from apprescue.model.catalog import Catalog

TYPE = (
    r"::(?:time(?:stamp)? with(?:out)? time zone|character varying|double precision|bit varying|[\w.\"]+)"
    r"(?:\(\d+(?:,\d+)?\))?(?:\[\])?"
)
WORD = r"(?:\"[^\"]+\"|[A-Za-z_]\w*)"
ATOM = rf"'(?:[^']|'')*'|-?\d+(?:\.\d+)?|(?:\w+\.)?\w+\(\)|{WORD}(?:\.{WORD})*"
TAIL = rf"(?:\)|{TYPE})*"
SIDE = rf"((?:\b\w+\()?)\(*({ATOM}){TAIL}"
ARRAY = r"\(*(?:ARRAY\[((?:[^\]']|'(?:[^']|'')*')*)\]|((?:'(?:[^']|'')*'|\d+)(?:\s*,\s*(?:'(?:[^']|'')*'|\d+))*))"
COMPARED = re.compile(rf"{SIDE}\s*(<>|!=|<=|>=|=|<|>|!~~\*?|~~\*?|!~\*?|~\*?|\bi?like\b)\s*{SIDE}", re.IGNORECASE)
AMONG = re.compile(rf"{SIDE}\s*(?:=\s*ANY\s*|<>\s*ALL\s*|\b(?:NOT\s+)?IN\s*(?=\())\(?{ARRAY}", re.IGNORECASE)
WITHIN = re.compile(rf"{SIDE}\s*\bIN\s*\(+\s*SELECT\s+(?:DISTINCT\s+)?({WORD}(?:\.{WORD})*)", re.IGNORECASE)
NULLNESS = re.compile(rf"{SIDE}\s*\bIS\s+(?:NOT\s+)?NULL\b", re.IGNORECASE)
BARE = re.compile(
    rf"(?:^|\(|\bAND\b|\bOR\b|\bNOT\b|\bWHERE\b)\s*\(*({WORD}(?:\.{WORD})?)\)*\s*(?=\)|$|;|\bAND\b|\bOR\b)",
    re.IGNORECASE,
)
FROM = re.compile(rf"\b(?:FROM|JOIN|UPDATE|INTO)\s+\(*(?:({WORD})\.)?({WORD})(?:\s+(?:AS\s+)?({WORD}))?", re.IGNORECASE)
WRITTEN_ARRAY = re.compile(r"\bANY\s*\(\s*'\{([^']*)\}'(?:::[\w\[\]]+)?\s*\)", re.IGNORECASE)
HOLDING = re.compile(rf"({WORD}(?:\.{WORD})*)\s*(?:@>|&&)\s*'((?:[^']|'')*)'")
LITERAL = re.compile(r"'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)")
SELECTED = re.compile(r"\(\s*select\s+((?:auth|public|storage)\.\w+\(\))(?:\s+as\s+\w+)?\s*\)", re.IGNORECASE)
FIRST_LENGTH = re.compile(r"\barray_length\(([^(),]+),\s*1\)")
NOT_AN_ALIAS = frozenset(
    "where on join left right inner outer full cross group order limit union and or set values using natural for "
    "lateral as returning loop into having".split()
)
CLOCKS = ("now()", "current_timestamp", "current_date", "clock_timestamp()", "localtimestamp")
LENGTHS = ("length(", "char_length(", "character_length(", "cardinality(", "octet_length(", "jsonb_array_length(")


@dataclass(slots=True)
class Asked:
    """What is asked of a column: constants it is compared with, patterns, lengths, whether it is null, true or later
    than now, whether it holds the user's id or e-mail, and the columns of other tables that it is compared with."""

    equal: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    patterns: list[tuple[str, str]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    null: bool = False
    truth: bool = False
    clock: bool = False
    user: bool = False
    email: bool = False
    joined: list[tuple[str, str]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    """Arrays and JSON that it must contain, as they are written."""


Column = tuple[str, str]


def asked_of(text: str, table: str, columns: frozenset[str]) -> dict[str, Asked]:
    """What one condition of a table asks of that table's columns, where no other table is looked at."""
    found: defaultdict[Column, Asked] = defaultdict(Asked)
    _read(_Names(text, table, {table: columns}), found)
    return {column: asked for (_, column), asked in found.items()}


def asked_anywhere(catalog: Catalog) -> dict[str, dict[str, Asked]]:
    """What all policies, functions and views of the catalog ask, by table and column."""
    columns = {r.name: frozenset(c.name for c in r.columns) for r in catalog.relations}
    found: defaultdict[Column, Asked] = defaultdict(Asked)
    for text, table in _texts(catalog):
        _read(_Names(text, table, columns), found)
    return _by_table(found)


def _by_table(found: Mapping[Column, Asked]) -> dict[str, dict[str, Asked]]:
    by_table: defaultdict[str, dict[str, Asked]] = defaultdict(dict)
    for (table, column), asked in found.items():
        by_table[table][column] = asked
    return dict(by_table)


def asked_by(catalog: Catalog, queries: Iterable[str]) -> dict[str, dict[str, Asked]]:
    """What queries ask, by table and column."""
    columns = {r.name: frozenset(c.name for c in r.columns) for r in catalog.relations}
    found: defaultdict[Column, Asked] = defaultdict(Asked)
    for text in queries:
        names = _Names(WRITTEN_ARRAY.sub(_elements, text), "", columns)
        _read(names, found)
        for match in HOLDING.finditer(names.text):
            for place in names.column(match[1]):
                found[place].held.append(match[2].replace("''", "'"))
    return _by_table(found)


def _elements(match: re.Match[str]) -> str:
    inside = re.findall(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', match[1])
    return "ANY (ARRAY[" + ", ".join(f"'{quoted or bare}'" for quoted, bare in inside) + "])"


def both(
    one: Mapping[str, Mapping[str, Asked]], other: Mapping[str, Mapping[str, Asked]]
) -> dict[str, dict[str, Asked]]:
    """What two sides ask, together; the constants of the other side first."""
    found = {table: dict(columns) for table, columns in one.items()}
    for table, columns in other.items():
        here = found.setdefault(table, {})
        for column, asked in columns.items():
            here[column] = _together(asked, here[column]) if column in here else asked
    return found


def _together(one: Asked, other: Asked) -> Asked:
    found = Asked()
    for part in fields(Asked):
        mine, theirs = getattr(one, part.name), getattr(other, part.name)
        whole = mine or theirs if isinstance(mine, bool) else [*mine, *(each for each in theirs if each not in mine)]
        setattr(found, part.name, whole)
    return found


def _texts(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Every text with a condition in it, and the table whose columns stand in it without a name."""
    for relation in catalog.relations:
        for rule in relation.policies:
            yield from ((text, relation.name) for text in (rule.using, rule.check) if text)
    for relation in catalog.relations:
        if relation.definition:
            yield relation.definition, ""
    for routine in catalog.routines:
        yield re.sub(r"--[^\n]*|/\*.*?\*/", " ", routine.body, flags=re.DOTALL), ""


class _Names:
    """A text and what the names in it mean."""

    def __init__(self, text: str, table: str, columns: dict[str, frozenset[str]]) -> None:
        self.text = FIRST_LENGTH.sub(r"cardinality(\1)", SELECTED.sub(r"\1", text))
        self._table, self._columns = table, columns
        self._named: dict[str, str] = {table.rpartition(".")[2]: table} if table else {}
        for schema, name, alias in FROM.findall(self.text):
            full = f"{_plain(schema) or 'public'}.{_plain(name)}"
            if full in columns:
                self._named.setdefault(_plain(name), full)
                if alias and alias.lower() not in NOT_AN_ALIAS:
                    self._named[_plain(alias)] = full

    def column(self, atom: str) -> list[Column]:
        """The columns that a name may mean."""
        qualifier, _, name = ".".join(_plain(part) for part in re.findall(WORD, atom)).rpartition(".")
        qualifier = qualifier.rpartition(".")[2]
        if qualifier:
            tables = [self._named[qualifier]] if qualifier in self._named else []
        else:
            tables = [self._table] if self._table else list(dict.fromkeys(self._named.values()))
        return [(table, name) for table in tables if name in self._columns.get(table, ())]


def _read(names: _Names, found: defaultdict[Column, Asked]) -> None:
    for match in COMPARED.finditer(names.text):
        left_call, left, operator, right_call, right = match.groups()
        _compared(names, found, (left_call, left), operator, right)
        _compared(names, found, (right_call, right), operator, left)
    for match in AMONG.finditer(names.text):
        call, atom, array, plain = match.groups()
        for column in names.column(atom):
            for text, number in LITERAL.findall(array or plain or ""):
                _constant(found[column], call, "=", text.replace("''", "'") if text or not number else number)
    for match in WITHIN.finditer(names.text):
        for here in names.column(match[2]):
            found[here].joined += names.column(match[3])
        if "uid()" in match[2].lower():
            for there in names.column(match[3]):
                found[there].user = True
    for match in NULLNESS.finditer(names.text):
        for column in names.column(match[2]):
            found[column].null = True
    for match in BARE.finditer(names.text):
        for column in names.column(match[1]):
            found[column].truth = True


def _compared(
    names: _Names, found: defaultdict[Column, Asked], side: tuple[str, str], operator: str, other: str
) -> None:
    columns = names.column(side[1]) if side[1][0] not in "'-0123456789" else []
    lowered = other.lower()
    for column in columns:
        asked = found[column]
        if lowered == "auth.uid()":
            asked.user = True
        elif lowered == "auth.email()":
            asked.email = True
        elif lowered in CLOCKS:
            asked.clock = True
        elif lowered in ("true", "false"):
            asked.equal.append(lowered)
        elif match := LITERAL.fullmatch(other):
            _constant(asked, side[0].lower(), operator, other[1:-1].replace("''", "'") if match[2] is None else other)
        else:
            asked.joined += [there for there in names.column(other) if there[0] != column[0] or there[1] != column[1]]


def _constant(asked: Asked, call: str, operator: str, text: str) -> None:
    if "~" in operator or "like" in operator.lower():
        asked.patterns.append((operator.lower(), text))
    elif call in LENGTHS and text.isdigit():
        asked.lengths.append(int(text))
    elif call == "jsonb_typeof(":
        asked.kinds.append(text)
    elif operator in ("=", "<>", "!="):
        if text not in asked.equal:
            asked.equal.append(text)
    else:
        asked.numbers.append(text)


def _plain(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()
