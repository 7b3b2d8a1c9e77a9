"""SQL as text, whoever carries it: pg, postgres.js, Neon, mysql2, better-sqlite3, Prisma's raw calls, asyncpg, psycopg,
sqlite3, databases, SQLAlchemy's `text`. Read from the pieces that are literal; what is put in is a numbered mark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.app import Filter, Query
from apprescue.model.trace import Step, Value
from apprescue.source.chains import merged, place_of, query_links, whole
from apprescue.source.handed import Handed, text_of
from apprescue.source.known import Names
from apprescue.source.rows import SQL, sql_table
from apprescue.source.sql_text import bare, inside, listed

_NAMES = Names(
    r"(?i)\.(?:query|execute\w*|fetch\w*|\$query\w*|\$execute\w*|unsafe|prepare|exec|raw|text|get|all|run|begin)|sql|neon\(|"
    r"postgres\("
)
_CALLS = frozenset(
    "get all run iterate execute scalar scalars first one fetchone fetchall fetchmany mappings one_or_none".split()
)
_ONE = frozenset(
    "fetchrow fetchval fetchone fetch_one get scalar scalar_one scalar_one_or_none first one one_or_none".split()
)
_MARK = r"(?:\$\d+|%s|%\(\w+\)s|:\w+|\?|'(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false|null|\(.*?\)|[\w.]+(?:\(.*?\))?)"
_CONDITION = re.compile(
    rf"(?:\w+\()?[\"`]?(?:\w+[\"`]?\.[\"`]?)?(\w+)[\"`]?\)?\s*(?:::\w+)?\s*"
    rf"(=|<>|!=|<=|>=|<|>|\bis\s+not\b|\bis\b|\bnot\s+in\b|\bin\b|\bnot\s+i?like\b|\bi?like\b|\bbetween\b)\s*(?:any\s*\(\s*)?({_MARK})",
    re.I,
)
_SIGNS = {
    "=": "eq",
    "<>": "neq",
    "!=": "neq",
    "<": "lt",
    "<=": "lte",
    ">": "gt",
    ">=": "gte",
    "is not": "not.is",
    "not in": "not.in",
}
_SETS = re.compile(r"(?is)^\s*update\s.+?\sset\s+(.+?)(?=\b(?:from|where|returning)\b|;|\Z)")
_ASSIGNED = re.compile(r"(?s)(?:\w+\.)?[\"`]?(\w+)[\"`]?\s*=\s*(.+)")
_ROW = re.compile(
    r"(?is)^\s*(?:insert|replace)\s+(?:or\s+\w+\s+|ignore\s+)?(?:into\s+)?[\w.\"`]+\s*\(([^()]*)\)\s*(values)\s*\("
    r"(?!.*\)\s*,\s*\()"
)
_NOW = re.compile(r"(?is)(?:now|current_timestamp|datetime|date|curdate|unix_timestamp)\s*(?:\(.*\))?")
_CLAUSE = r"\b(?:group\s+by|order\s+by|limit|offset|returning|having|for\s+update|on\s+conflict|union)\b|;|\Z"


def read(step: Step) -> Query | None:
    """The statement that a finished call hands over."""
    if not _NAMES.search(step.name):
        return None
    links = query_links(step, _begins, _CALLS)
    return _query(links) if links else None


def _begins(link: Step) -> bool:
    tagged = link.name.endswith(("sql", "sql()", "neon()", "postgres()", "postgres.default()"))
    return bool(link.args) and (link.method in SQL or tagged) and bool(sql_table(link.args[0]))


def _query(links: list[Step]) -> Query:
    marks: list[Value] = []
    text = text_of(links[0].args[0], marks)
    values = Handed(marks, links)
    where = re.search(rf"(?is)\bwhere\b(.*?)(?={_CLAUSE})", text)
    operation = _operation(text)
    limit = re.search(r"(?is)\b(?:limit|fetch\s+first|top)\s+(\d+|\S+)", text)
    _stand(values, text, limit)
    cut = int(limit[1]) if limit and limit[1].isdigit() else whole(values.of(limit[1])) if limit else None
    ordered = re.search(rf"(?is)\border\s+by\b(.*?)(?={_CLAUSE})", text)
    _stand(values, text, where)
    filters = tuple(_filters(where[1], values)) if where else ()
    return Query(
        "sql",
        sql_table(links[0].args[0]),
        operation,
        place_of(links),
        links[-1],
        filters=filters,
        columns=_columns(text) if operation == "select" else (),
        embeds=tuple(re.findall(r"(?i)\bjoin\s+[\"`]?(?:\w+\.)?(\w+)", text)),
        order=tuple(re.findall(r"(?i)(?:^|,)\s*(?:\w+\.)?[\"`]?(\w+)", ordered[1])) if ordered else (),
        limit=cut,
        paged=bool(re.search(r"(?i)\boffset\b", text)) or (limit is not None and cut is None),
        single=any(x.method in _ONE for x in links),
        written=_written(text, values) if operation in ("insert", "update", "upsert") else None,
        sql=text,
    )


def _stand(values: Handed, text: str, part: re.Match[str] | None) -> None:
    """Let the next mark without a number be the first one of a part of the text."""
    if part is not None and values.listed:
        values.next = len(re.findall(r"\?|%s", text[: part.start(1)]))


def _filters(where: str, values: Handed) -> Iterator[Filter]:
    found = [
        Filter(
            m[1].lower(),
            _SIGNS.get(" ".join(m[2].lower().split()), m[2].lower().replace("not ", "not.")),
            values.of(m[3]),
        )
        for m in _CONDITION.finditer(where)
    ]
    if not found:
        yield Filter("?", "where", merged(values.inside))
    elif re.search(r"(?i)\bor\b", where):
        yield from _with_alternatives(where, found)
    else:
        yield from found


def _written(text: str, values: Handed) -> Value:
    """What is written, by column where the statement names each; else all that it is given, together."""
    sets, row = _SETS.match(text), _ROW.match(text)
    _stand(values, text, sets or row)
    if sets is not None:
        pairs = [(one[1], one[2]) for part in listed(sets[1]) if (one := _ASSIGNED.match(part))]
        return Value(fields={name.lower(): _expression(name, value.strip(), values) for name, value in pairs})
    if row is not None:
        names, given = [bare(name.strip("`")) for name in listed(row[1])], listed(inside(text, row.end(2)))
        if len(names) == len(given):
            return Value(fields={a: _expression(a, b, values) for a, b in zip(names, given, strict=True)})
    return merged(values.all)


def _expression(column: str, text: str, values: Handed) -> Value:
    """The value of an expression; of one that adds to what stands in the column, both."""
    if _NOW.fullmatch(text):
        return Value(frozenset({"now"}))
    adds = re.fullmatch(rf"(?is)(?:\w+\.)?[\"`]?{column}[\"`]?\s*([+-])\s*(\S+)", text)
    if adds:
        return Value(op=adds[1], operands=(Value(frozenset({f"row.{column}"}), column), values.of(adds[2])))
    marks = re.findall(r"(?<!:):\w+|\$\d+|%s|%\(\w+\)s|\?", text)
    plain = len(marks) < 2 and re.fullmatch(_MARK, text, re.I)
    return values.of(text) if plain else merged([values.of(mark) for mark in marks])


def _with_alternatives(where: str, found: list[Filter]) -> Iterator[Filter]:
    """Conditions outside the parentheses that hold an OR stand alone; the rest is one condition on all its columns."""
    outside = re.sub(r"\([^()]*\bor\b[^()]*\)", " ", where, flags=re.I)
    alone = set() if re.search(r"(?i)\bor\b", outside) else {m[1].lower() for m in _CONDITION.finditer(outside)}
    rest = [f for f in found if f.column not in alone]
    yield from (f for f in found if f.column in alone)
    if rest:
        yield Filter(",".join(dict.fromkeys(f.column for f in rest)), "or", merged([f.value for f in rest]))


def _operation(text: str) -> str:
    verb = re.match(r"(?is)[\s(]*(?:--[^\n]*\n\s*)*(\w+)", text)
    word = verb[1].lower() if verb else ""
    if word == "with":
        main = re.findall(r"(?is)\)\s*(select|insert|update|delete)\b", text)
        word = main[-1].lower() if main else "select"
    if word == "select":
        return (
            "count"
            if re.search(r"(?is)^\s*select\s+(?:count|sum|max|min|avg|exists|coalesce\s*\(\s*sum)\s*\(", text)
            and "group by" not in text.lower()
            else "select"
        )
    if word == "insert":
        return "upsert" if re.search(r"(?is)on\s+conflict.*do\s+update|on\s+duplicate\s+key", text) else "insert"
    return {"merge": "upsert", "replace": "upsert", "truncate": "delete", "call": "rpc"}.get(word, word)


def _columns(text: str) -> tuple[str, ...]:
    asked = re.search(r"(?is)\bselect\s+(?:distinct\s+)?(.*?)\bfrom\b", text)
    return (
        tuple(re.split(r"\s+as\s+|\s", part.strip())[-1] for part in asked[1].split(",") if part.strip())
        if asked
        else ()
    )
