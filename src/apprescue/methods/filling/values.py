"""Plausible values for a column, by its type and its name, as texts that the server reads.

Nothing is drawn by chance: the same salt and number give the same value.
"""

from __future__ import annotations

import re
from uuid import NAMESPACE_URL, uuid5

from apprescue.methods.conditions import Asked
from apprescue.methods.filling.patterns import matching, of_length
from apprescue.model.catalog import Attribute, Catalog

PAST, NOW, FUTURE = "2024-02-03 04:05:06+00", "2026-01-02 03:04:05+00", "2099-12-30 11:22:33+00"
LATER = re.compile(
    r"expir|_until$|valid_to|end(s|ed)?_(at|on|date)|^ends?$|period_end|deadline|due|renew|scheduled|next_"
)
UNDONE = re.compile(
    r"^(deleted|removed|archived|cancell?ed|revoked|banned|blocked|suspended|disabled|closed|rejected|refunded|"
    r"failed|ended|used|redeemed|consumed|left|hidden|expired|disputed|muted|unsubscribed)(_at|_on|_date|_until|_by)?$"
)
INTEGERS = frozenset({"smallint", "integer", "bigint", "oid"})
FRACTIONS = frozenset({"numeric", "real", "double precision", "money"})
NUMBERS = INTEGERS | FRACTIONS
TEXTS = frozenset({"text", "character varying", "character", "citext", "name", "extensions.citext", "public.citext"})
MOMENTS = frozenset({"date", "timestamp without time zone", "timestamp with time zone"})
NAMED: tuple[tuple[str, str], ...] = (
    (r"e?mail", "{salt}@people.example"),
    (r"phone|mobile|whatsapp|^tel$", "+1202555{n:04d}"),
    (r"colou?r", "#336699"),
    (r"^currency|_currency$", "usd"),
    (r"country", "US"),
    (r"^(lang|language|locale)", "en"),
    (r"time_?zone", "UTC"),
    (r"^ip$|ip_address|_ip$", "203.0.113.{n}"),
    (r"mime|content_type$|media_type|file_type", "image/png"),
    (r"url|link|website|avatar|image|photo|cover|thumbnail|banner|logo", "https://people.example/{salt}.png"),
    (r"slug|user_?name|handle|code|token|key|hash|nick|subdomain", "{salt}"),
    (r"path|file_?name", "{salt}/file.png"),
    (r"_date$|^date|_at$", "2026-01-02"),
    (r"iban", "DE89370400440532013000"),
)
PLAIN = {
    "boolean": "false", "time without time zone": "10:00:00", "time with time zone": "10:00:00+00",
    "interval": "1 day", "json": "{}", "jsonb": "{}", "bytea": "\\x01", "cidr": "203.0.113.0/24",
    "macaddr": "08:00:2b:01:02:03", "macaddr8": "08:00:2b:01:02:03:04:05", "tsvector": "word", "tsquery": "word",
    "point": "(1,2)", "line": "{1,2,3}", "lseg": "[(0,0),(1,1)]", "box": "(1,1),(0,0)", "path": "[(0,0),(1,1)]",
    "polygon": "((0,0),(1,1),(1,0))", "circle": "<(0,0),1>", "pg_lsn": "0/1", "jsonpath": "$",
    "int4range": "[1,10)", "int8range": "[1,10)", "numrange": "[1,10)", "daterange": "[2026-01-01,2026-01-08)",
    "tsrange": "[2026-01-01,2026-01-08)", "tstzrange": "[2026-01-01,2026-01-08)", "hstore": "a=>1", "ltree": "a.b",
    "int4multirange": "{[1,10)}", "int8multirange": "{[1,10)}", "nummultirange": "{[1,10)}", "geometry": "POINT(1 2)",
    "datemultirange": "{[2026-01-01,2026-01-08)}", "tstzmultirange": "{[2026-01-01,2026-01-08)}", "xid": "1",
    "tsmultirange": "{[2026-01-01,2026-01-08)}", "geography": "POINT(1 2)", '"char"': "a", "regclass": "pg_class",
}  # fmt: skip


def identifier(*parts: object) -> str:
    """A uuid that depends on nothing but what is given."""
    return str(uuid5(NAMESPACE_URL, "/".join(map(str, parts))))


def natural(column: Attribute, catalog: Catalog, salt: str, number: int, unlike: bool = False) -> str | None:
    """One plausible value; None where nothing plausible is known for the type. `unlike` asks for one that differs
    with the salt and the number, where the type has so many."""
    one = _unlike(column, salt, number) if unlike else None
    one = one or _one(column, catalog, salt, number)
    if not column.is_array:
        return one
    return "{}" if one is None else '{"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"}'


def _unlike(column: Attribute, salt: str, number: int) -> str | None:
    if column.base in TEXTS:
        words = _words(column.name, salt, number)
        size = int(_sized(column.type) or ("1" if column.type == "character" else "0"))
        if 0 < size < 6:
            return "".join(chr(ord("A") + number // 26**place % 26) for place in range(size))
        return _fitting(column, words if salt in words or f"{number % 250 + 1}" in words else f"{words} {salt}")
    if column.base in MOMENTS:
        day = f"{2026 + number // 300}-{number // 25 % 12 + 1:02d}-{number % 25 + 1:02d} 03:04:05+00"
        return shortened(column.base, day)
    if column.base in ("int4range", "int8range", "numrange"):
        return f"[{number * 10},{number * 10 + 9})"
    if column.base in ("daterange", "tsrange", "tstzrange"):
        return f"[{2000 + number}-01-02,{2000 + number}-03-04)"
    return None


def _one(column: Attribute, catalog: Catalog, salt: str, number: int) -> str | None:
    base, plain = column.base, column.base.rpartition(".")[2]
    if base in catalog.enums:
        return next(iter(catalog.enums[base]), None)
    if base in TEXTS:
        return _fitting(column, _words(column.name, salt, number))
    if base in NUMBERS:
        return _amount(column, number)
    if base in MOMENTS:
        return shortened(base, FUTURE if LATER.search(column.name) else NOW)
    if base == "uuid":
        return identifier(column.name, salt, number)
    if plain in ("vector", "halfvec", "sparsevec"):
        size = int(_sized(column.type) or 3)
        return f"{{1:1}}/{size}" if plain == "sparsevec" else "[" + ",".join(["1"] * size) + "]"
    if base in ("bit", "bit varying"):
        return "1" * int(_sized(column.type) or 1)
    return f"203.0.113.{number % 250 + 1}" if base == "inet" else PLAIN.get(plain)


def _words(name: str, salt: str, number: int) -> str:
    lowered = name.lower()
    for pattern, words in NAMED:
        if re.search(pattern, lowered):
            return words.format(salt=salt, n=number % 250 + 1)
    return f"{name} {salt}"


def _amount(column: Attribute, number: int) -> str:
    match = re.search(r"\((\d+)(?:,(-?\d+))?\)", column.type)
    if match and int(match[1]) - int(match[2] or 0) < 2:
        return "0"
    if re.search(r"rating|stars|score|percent|rate$|priority|level|latitude|longitude|^(lat|lng|lon)$", column.name):
        return "1"
    return str(10 + number)


def shortened(base: str, moment: str) -> str:
    """A moment as a column of that type holds it."""
    return moment[:10] if base == "date" else moment[:-3] if base == "timestamp without time zone" else moment


def _sized(written: str) -> str:
    match = re.search(r"\((\d+)\)", written)
    return match[1] if match else ""


def _fitting(column: Attribute, words: str) -> str:
    size = int(_sized(column.type) or ("1" if column.type == "character" else "0"))
    if not size or len(words) <= size:
        return words
    tail = "".join(one for one in words if one.isalnum())
    return tail[-size:]


def candidates(column: Attribute, catalog: Catalog, asked: Asked, salt: str, number: int) -> list[str | None]:
    """Values worth trying against the conditions on a column, the most natural first, null last where it may be."""
    found: list[str | None] = [constant(column.default)] if constant(column.default) is not None else []
    found.append(natural(column, catalog, salt, number))
    singles = list(_singles(column, catalog, asked, salt))
    if column.is_array:
        sizes = sorted({0, 1, 2, *(n + d for n in asked.lengths for d in (-1, 0, 1) if n + d <= 20)})
        one = singles[0] if singles else natural(column, catalog, salt, number) or "1"
        found += ["{" + ",".join([_element(one)] * size) + "}" for size in sizes if size >= 0 and one[:1] != "{"]
        found += ["{" + _element(single) + "}" for single in singles]
    else:
        found += singles
    values = [value for value in dict.fromkeys(found) if value is not None]
    return [*values, None] if not column.required else [*values]


def _element(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _singles(column: Attribute, catalog: Catalog, asked: Asked, salt: str) -> list[str]:
    base = column.base
    if base in catalog.enums:
        return list(catalog.enums[base])
    if base == "boolean":
        return ["false", "true"]
    if base in NUMBERS:
        near = [shifted for text in asked.numbers + asked.equal for shifted in _near(text, base in INTEGERS)]
        return [*near, "0", "1", "5", "10", "50", "100", "1000"]
    if base in MOMENTS:
        days = [text for text in asked.numbers + asked.equal if re.match(r"\d{4}-\d\d", text)]
        return [*days, *(shortened(base, moment) for moment in (NOW, FUTURE, PAST, "1990-01-01 00:00:00+00"))]
    if base in TEXTS:
        matched = [text for operator, pattern in asked.patterns for text in matching(operator, pattern, salt)]
        lengths = [of_length(n + d, salt) for n in asked.lengths for d in (0, 1, -1, 5) if n + d < 5000]
        return [*asked.equal, *matched, *lengths, *asked.numbers, _fitting(column, salt), "a", ""]
    if base in ("json", "jsonb"):
        shapes = {"array": "[]", "object": "{}", "string": '"a"', "number": "1", "boolean": "true", "null": "null"}
        return [*(shapes[kind] for kind in asked.kinds if kind in shapes), "{}", "[]", '["a"]', '"a"', "1"]
    plain = PLAIN.get(base.rpartition(".")[2])
    return [*asked.equal, *([plain] if plain else [])]


def _near(text: str, whole: bool) -> list[str]:
    try:
        number = float(text)
    except ValueError:
        return []
    if whole:
        return [str(int(number) + step) for step in (0, 1, -1)]
    return [f"{number + step:g}" for step in (0, 1, -1, 0.1, -0.1)]


def constant(default: str) -> str | None:
    """The value of a default that is a plain constant, None for all others."""
    if default.lower() in ("true", "false"):
        return default.lower()
    if match := re.fullmatch(r"\(?'((?:[^']|'')*)'(?:::[\w .\"\[\](),]+)?\)?", default):
        return match[1].replace("''", "'")
    match = re.fullmatch(r"\(?\(?(-?\d+(?:\.\d+)?)\)?(?:::[\w .()]+)?\)?", default)
    return match[1] if match else None


def castable(column: Attribute, text: str) -> bool:
    """Whether a constant met in some condition can stand in the column as far as its type goes."""
    if column.is_array:
        return False
    if column.base in NUMBERS:
        return re.fullmatch(r"-?\d+(?:\.\d+)?" if column.base in FRACTIONS else r"-?\d+", text) is not None
    return column.base in TEXTS
