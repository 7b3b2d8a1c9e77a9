"""Values of row number so and so that nothing but a column's name and type decides: moments, texts, numbers, topics."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from apprescue.methods.conditions import Asked
from apprescue.methods.filling.values import LATER, TEXTS, UNDONE
from apprescue.methods.filling.volume_words import FIRST, LAST, phrases, topic_sets
from apprescue.model.catalog import Attribute
from apprescue.model.database import literal

NUMBER = "§"
LONG = re.compile(r"body|content|descr|bio|message|text|notes?$|about|comment|caption|summary|answer|reason|transcript")
SHORT = re.compile(r"title|subject|headline|question|label|topic|tagline|preview|excerpt|heading|feedback")
NAME = re.compile(r"^(?:display_?|full_?|user_?|first_?|last_?)?name$", re.IGNORECASE)
TAGS = re.compile(r"tags?$|topics|categories|interests|labels|skills|genres|keywords|niches|languages|features")
SEEN = re.compile(r"read|seen|viewed|opened|clicked|delivered|accepted|confirmed", re.IGNORECASE)
MADE = re.compile(r"created|updated|inserted|modified|joined|registered|^date$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many accounts there are, the seed that all values hang on, and the day on which the newest rows are made."""

    accounts: int
    seed: int
    today: str

    def user(self, number: str) -> str:
        """The id of the account of that number."""
        return f"md5('{self.seed}/user/' || {number})::uuid"

    def share(self, *names: object) -> str:
        """A number from 0 up to 1 for a row, another one for other names."""
        salt = crc32("/".join(map(str, (self.seed, *names))).encode())
        return f"((hashint8extended(({NUMBER})::bigint, {salt}) & 2147483647)::float8 / 2147483648)"

    def rank(self, most: int, *names: object) -> str:
        """One of so many, the first ones by far the most often, as Zipf has it."""
        return f"least({most}, floor(exp({self.share(*names)} * ln({most + 1}))))::bigint"


def at(expression: str, number: str) -> str:
    """The expression for the row of another number."""
    return expression.replace(NUMBER, f"({number})")


def counted(crowd: Crowd, table: str, column: Attribute, asked: Asked) -> str:
    """A number; three in ten are one that the app looks for, where it looks for one."""
    made = f"floor({crowd.share(table, column.name)} * 1000)::int"
    known = [text for text in asked.equal if text.isdigit() and int(text) < 32768]
    if not known:
        return made
    one = chosen(crowd.share(table, column.name, "which"), known, column.base)
    return f"case when {crowd.share(table, column.name, 'asked')} < 0.3 then {one} else {made} end"


def collected(crowd: Crowd, table: str, column: Attribute, asked: Asked) -> str:
    """A set of topics, or what the app looks for in it; empty where the column is for something else."""
    if column.is_array:
        known = [text for text in asked.held if text[:1] == "{"] if column.base in TEXTS else []
        sets = ["{" + ",".join(some) + "}" for some in topic_sets()] if column.base in TEXTS else []
    else:
        known = [text for text in asked.held if text[:1] in "[{"]
        sets = [json.dumps(some) for some in topic_sets()] if TAGS.search(column.name) else ["{}"] if known else []
    if not sets:
        return ""
    return f"(({_listed([*known, *sets])})[{crowd.rank(len(known) + len(sets), table, column.name)}])::{column.type}"


def text_of(crowd: Crowd, table: str, column: Attribute) -> str:
    """A text such as people write, by what the column's name says; empty where it is no prose."""
    pieces = 3 if LONG.search(column.name) else 1 if SHORT.search(column.name) else 0
    if pieces:
        ranks = (crowd.rank(len(phrases()), table, column.name, piece) for piece in range(pieces))
        return "(" + " || ' ' || ".join(f"({_listed(phrases())})[{rank}]" for rank in ranks) + ")"
    if NAME.search(column.name):
        first, last = (crowd.rank(len(some), table, column.name, len(some)) for some in (FIRST, LAST))
        return f"(({_listed(FIRST)})[{first}] || ' ' || ({_listed(LAST)})[{last}])"
    return ""


def _listed(some: Sequence[str]) -> str:
    quoted = ",".join('"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in some)
    return f"{literal('{' + quoted + '}')}::text[]"


def moment(crowd: Crowd, table: str, column: Attribute, alone: bool) -> str:
    """A moment of the last two years, the recent ones the more often; a later one where the name says so; and none for
    some rows where something may not have happened yet."""
    share = crowd.share(table, column.name)
    today = f"timestamptz '{crowd.today} 00:00+00'"
    if alone:
        step = "day" if column.base == "date" else "second"
        return f"({today} - ({NUMBER} % 700000) * interval '1 {step}')::{column.type}"
    if LATER.search(column.name):
        made = f"{today} - interval '60 days' + {share} * interval '425 days'"
    else:
        made = f"{today} - {share} * {share} * interval '730 days'"
    if column.required or MADE.search(column.name):
        return f"({made})::{column.type}"
    none = 0.9 if UNDONE.search(column.name) else 0.3 if SEEN.search(column.name) else 0.15
    return f"case when {crowd.share(table, column.name, 'none')} >= {none} then {made} end::{column.type}"


def chosen(share: str, values: Sequence[str], written: str) -> str:
    """One of the values, the first of them by far the most often."""
    offered = ", ".join(map(literal, values))
    place = f"least({len(values)}, 1 + floor({share} * {share} * {len(values)})::int)"
    return f"((array[{offered}]::text[])[{place}])::{written}"
