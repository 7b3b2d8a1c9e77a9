"""Rows of each kind that policies tell apart: public and private, draft and published, active and canceled, past and
to come. Every two kinds of two columns meet in some row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations, product

from apprescue.methods.conditions import Asked, asked_of
from apprescue.methods.filling.kinship import Kin
from apprescue.methods.filling.marks import FLAG, POWERFUL, ROLE
from apprescue.methods.filling.values import (
    FUTURE,
    LATER,
    MOMENTS,
    NOW,
    NUMBERS,
    PAST,
    TEXTS,
    constant,
    natural,
    shortened,
)
from apprescue.model.catalog import Attribute, Catalog, Relation

MOST_FACTORS = 5
MOST_ROWS = 12
MOST_VALUES = 4
LOCK = re.compile(
    r"^(?:is_)?(?:premium|locked|paid|exclusive|paywalled|ppv|subscribers?_only|members_only|private)"
    r"(?:_content|_post)?$|^(?:post_|content_)?(?:visibility|access_(?:type|level)|audience|privacy)$",
    re.I,
)
WRITTEN = re.compile(r"^(?:created|updated|inserted|modified)_?(?:at|on|date)?$")
Choice = dict[str, str | None]


def factors(
    catalog: Catalog,
    kin: Kin,
    asked: Mapping[str, Asked],
    choices: Mapping[str, Sequence[str]],
    closed: Mapping[str, Sequence[str]],
) -> dict[str, list[str | None]]:
    """The columns that policies look at, and the values of each that matter to them; the plainest first."""
    found: dict[str, list[str | None]] = {}
    elsewhere = kin.filled_from_elsewhere() | set(kin.table.primary_key)
    mine = frozenset(name for rule in kin.table.policies for name in _heard_in(kin, rule.using))
    for column in sorted(kin.table.columns, key=lambda column: column.name not in mine):
        heard = asked.get(column.name)
        skipped = column.name in elsewhere or column.generated or column.identity or column.is_array
        if skipped or FLAG.search(column.name) or ROLE.search(column.name):
            continue
        known = closed.get(column.name) or catalog.enums.get(column.base, ())
        values = _values(catalog, column, heard, choices.get(column.name, ()), known)
        if heard is None and LOCK.search(column.name):
            values = _locked(column, known)
        if len(values) > 1:
            found[column.name] = values[:MOST_VALUES]
    return dict(list(found.items())[:MOST_FACTORS])


def _heard_in(kin: Kin, text: str) -> dict[str, Asked]:
    return asked_of(text, kin.table.name, frozenset(column.name for column in kin.table.columns))


def shown(kin: Kin, factors: Mapping[str, Sequence[str | None]]) -> list[Choice]:
    """For each policy that lets rows be read, the kind of row for which its conditions hold, as far as they are
    plain."""
    plainest = {name: values[0] for name, values in factors.items()}
    found: list[Choice] = []
    for rule in kin.table.policies:
        if rule.command in ("select", "all"):
            kind = dict(plainest)
            for name, heard in _heard_in(kin, rule.using).items():
                offered = factors.get(name, ())
                wished = [*heard.equal, *(["true"] if heard.truth else [])]
                if heard.clock:
                    wished = [text for text in offered if text is not None and (text > NOW) is bool(LATER.search(name))]
                if wished and wished[0] in offered:
                    kind[name] = wished[0]
            if kind not in found:
                found.append(kind)
    return found


def only_shown(table: Relation) -> list[Choice]:
    """What a row must hold so that some rule shows it, where no rule shows a person his own rows as such; else none.
    Rules of other tables that look such a row up find it only then."""
    reading = [rule for rule in table.policies if rule.command in ("select", "all") and rule.permissive]
    if not table.rls or any("uid()" in rule.using for rule in reading):
        return []
    columns = frozenset(column.name for column in table.columns)
    found: list[Choice] = []
    for rule in reading:
        heard = asked_of(rule.using, table.name, columns)
        kind: Choice = {name: one.equal[0] for name, one in heard.items() if one.equal}
        found.append(kind | {name: "true" for name, one in heard.items() if one.truth and not one.equal})
    return [kind for kind in found if kind]


def kinds(kin: Kin, factors: Mapping[str, Sequence[str | None]]) -> list[Choice]:
    """The kinds of rows to be made: the plainest, those that policies show, and then few in which all pairs meet."""
    plain, *others = pairwise(factors)
    wished = [plain, *shown(kin, factors), *others]
    return [kind for place, kind in enumerate(wished) if kind not in wished[:place]][:MOST_ROWS]


def _values(
    catalog: Catalog, column: Attribute, heard: Asked | None, choices: Sequence[str], closed: Sequence[str]
) -> list[str | None]:
    plain = constant(column.default)
    if column.base == "boolean":
        if heard is None or not (heard.truth or heard.equal):
            return []
        return ["true", "false"] if plain == "true" else ["false", "true"]
    if heard is None:
        return []
    if column.base in catalog.enums or column.base in TEXTS:
        wished = [text for text in heard.equal if not POWERFUL.search(text) and text in (closed or [text])]
        if wished:
            others = [text for text in (*closed, *([] if closed else [*choices, plain, "other"]))
                      if text not in (None, plain, *wished) and not POWERFUL.search(str(text))]  # fmt: skip
            return list(dict.fromkeys([*([plain] if plain is not None else []), *wished[:3], *others[:1]]))
    if column.base in MOMENTS and heard.clock and not WRITTEN.search(column.name):
        later: list[str | None] = [natural(column, catalog, "v", 1), shortened(column.base, PAST)]
        if LATER.search(column.name):
            return [*later, None] if heard.null and not column.required else later
        return [shortened(column.base, PAST), shortened(column.base, FUTURE)] if column.required else [None, *later[1:]]
    if column.base in NUMBERS and heard.numbers:
        return [*_around(heard.numbers)]
    if heard.null and not column.required:
        return [None, natural(column, catalog, "v", 1)]
    return []


def _locked(column: Attribute, closed: Sequence[str]) -> list[str | None]:
    """The plain value of a column that says for whom a row is, and another: rows that no rule tells apart are told
    apart by the app's pages."""
    plain = constant(column.default)
    if column.base == "boolean":
        return ["true", "false"] if plain == "true" else ["false", "true"]
    others = [text for text in closed if text != plain and not POWERFUL.search(text)]
    return [plain or others[0], others[-1]] if len(closed) > 1 and others else []


def _around(numbers: Sequence[str]) -> list[str]:
    whole = sorted({int(float(text)) for text in numbers})
    return [
        str(number) for number in dict.fromkeys([whole[0] - 1 if whole[0] > 0 else whole[0], whole[-1], whole[-1] + 1])
    ]


def pairwise(factors: Mapping[str, Sequence[str | None]]) -> list[Choice]:
    """Few rows in which every two values of two columns stand together; the first row has the plainest of each."""
    names = list(factors)
    if not names:
        return [{}]
    first = {name: factors[name][0] for name in names}
    rows = [first]
    if len(names) == 1:
        return [{names[0]: value} for value in factors[names[0]]]
    left = {pair for one, other in combinations(names, 2) for pair in product(_of(factors, one), _of(factors, other))}
    left -= _pairs(first)
    while left and len(rows) < MOST_ROWS:
        best = max(_grown(names, factors, left), key=lambda row: len(_pairs(row) & left))
        covered = _pairs(best) & left
        if not covered:
            break
        rows.append(best)
        left -= covered
    return rows


Placed = tuple[str, str | None]


def _of(factors: Mapping[str, Sequence[str | None]], name: str) -> list[Placed]:
    return [(name, value) for value in factors[name]]


def _pairs(row: Choice) -> set[tuple[Placed, Placed]]:
    return set(combinations(row.items(), 2))


def _grown(
    names: Sequence[str], factors: Mapping[str, Sequence[str | None]], left: set[tuple[Placed, Placed]]
) -> list[Choice]:
    """Rows grown from some of the pairs that have not met yet: each further column takes what meets most of them."""
    grown = []
    for one, other in sorted(left, key=repr)[:6]:
        row = dict((one, other))
        for name in names:
            if name not in row:
                row[name] = max(factors[name], key=partial(_met, left, dict(row), name))
        grown.append({name: row[name] for name in names})
    return grown


def _met(left: set[tuple[Placed, Placed]], row: Choice, name: str, value: str | None) -> int:
    """How many of the pairs that have not met would meet with this value."""
    return sum(((name, value), placed) in left or (placed, (name, value)) in left for placed in row.items())
