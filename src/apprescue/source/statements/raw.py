"""SQL that an app writes itself, whoever carries it: its placeholders numbered, their values told by what they meet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from apprescue.model.app import Query
from apprescue.model.catalog import Catalog
from apprescue.model.trace import Value
from apprescue.model.workload import HOLE, Parameter, Statement, Untold
from apprescue.source.handed import Handed, text_of
from apprescue.source.rows import sql_table
from apprescue.source.sql import Broken, Tree, nodes, parse, relation
from apprescue.source.statements.asked import asked, statement
from apprescue.source.statements.comparing import Spot, spots
from apprescue.source.statements.told import UntoldError, picked

_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(?:[A-Za-z_]\w*)?\$.*?\$(?:[A-Za-z_]\w*)?\$|::"
    r"|:_\d+|\$\d+|%\(\w+\)s|%s|%%|:[A-Za-z_]\w*|@[A-Za-z_]\w*|\?",
    re.S,
)
_INSIDE = re.compile(r":_\d+")
_ELSEWHERE = {
    "SQLite": r"\bpragma\b|\bsqlite_master\b|\bautoincrement\b|\binsert\s+or\s+(?:ignore|replace)\b|\bdatetime\('now'|"
    r"\bstrftime\(|\bjulianday\(|\blast_insert_rowid\b",
    "SQL Server": r"\[\w+\]\s*[.,=]|\bgetdate\(|\bnolock\b|\btop\s*\(|\bselect\s+top\b|\bisnull\(",
    "MySQL": r"\bon\s+duplicate\s+key\b|\bdate_sub\(|\bcurdate\(|\bgroup_concat\(|\binsert\s+ignore\b|"
    r"\blimit\s+\S+\s*,",
}
_NO_QUERY = "it changes the database itself, not rows"
_KINDS = ("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt")


def translate(query: Query, catalog: Catalog) -> Statement | Untold:
    """The statement that a text is, or why it cannot be told."""
    marks: list[Value] = []
    link = next((x for x in query.step.chain if x.args and sql_table(x.args[0])), None)
    if link is None:
        return Untold(query.place, "sql", query.table, "the statement's text is put together where the app runs")
    text = text_of(link.args[0], marks)
    links = query.step.chain[query.step.chain.index(link) :]
    try:
        numbered, values = numbered_from(text, Handed(marks, links))
        return _statement(query, numbered, values, catalog)
    except UntoldError as error:
        return Untold(query.place, "sql", query.table, str(error))


def numbered_from(text: str, handed: Handed) -> tuple[str, list[Value]]:
    """A text with `$1`, `$2`, ... for its placeholders, and their values. Raises UntoldError where pieces that are
    put in leave no statement."""
    sql, values = _numbered(text, handed)
    if _parses(sql):
        return sql, values
    known = [picked(value) for value in handed.inside]
    shown = [str(found) if isinstance(found, str) else None for found in known]
    for pieces in (shown, [one or "" for one in shown]):
        filled = _INSIDE.sub(partial(_piece, pieces), text)
        sql, values = _numbered(filled, handed)
        if filled != text and _parses(sql):
            return sql, values
    raise UntoldError(_why(text, bool(handed.inside)))


def _piece(pieces: Sequence[str | None], mark: re.Match[str]) -> str:
    found = pieces[int(mark[0][2:]) - 1]
    return mark[0] if found is None else found


def _why(text: str, inside: bool) -> str:
    for kind, signs in _ELSEWHERE.items():
        if re.search(signs, text, re.I):
            return f"it is written for {kind}, not for PostgreSQL"
    if inside:
        return "pieces of the statement are put together where the app runs"
    found = next((one.error for one in parse(text) if isinstance(one, Broken)), "")
    return f"PostgreSQL does not read it as SQL: {found}" if found else "it is no single statement"


def _parses(sql: str) -> bool:
    found = parse(sql)
    return len(found) == 1 and not isinstance(found[0], Broken)


def _numbered(text: str, handed: Handed) -> tuple[str, list[Value]]:
    values: list[Value] = []
    places: dict[str, int] = {}
    handed.next = 0
    dollars = "$1" in text or "%s" in text or ":_" in text

    def place(mark: str) -> str:
        if mark in ("?", "%s"):
            values.append(handed.of(mark))
            return f"${len(values)}"
        if mark not in places:
            values.append(handed.of(mark))
            places[mark] = len(values)
        return f"${places[mark]}"

    def replaced(token: re.Match[str]) -> str:
        mark = token[0]
        if mark[0] == "'" and ":_" in mark:
            parts = _INSIDE.split(mark[1:-1])
            inside = [place(one) for one in _INSIDE.findall(mark)]
            pieces = [f"'{part}'" for part in parts]
            whole = [pieces[0], *(p for pair in zip(inside, pieces[1:], strict=True) for p in pair)]
            kept = [one for one in whole if one != "''"]
            return kept[0] if len(kept) == 1 else f"({' || '.join(kept)})"
        if mark[0] in '"`' and ":_" in mark:
            raise UntoldError("a name in the statement is only known where the app runs")
        if mark[0] == "`":
            return '"' + mark[1:-1] + '"'
        if mark == "%%":
            return "%"
        if mark == "?" and dollars:
            return mark
        if mark[0] == "@" or (mark[0] == ":" and mark != "::") or mark[0] == "%" or mark == "?":
            return place(f":{mark[1:]}" if mark[0] == "@" else mark)
        return place(mark) if HOLE.fullmatch(mark) else mark

    return _TOKEN.sub(replaced, text).strip().rstrip(";"), values


def _statement(query: Query, sql: str, given: list[Value], catalog: Catalog) -> Statement | Untold:
    (found, *_) = parse(sql)
    if isinstance(found, Broken) or found.kind not in _KINDS:
        return Untold(query.place, "sql", query.table, _NO_QUERY)
    if missing := _missing(found.tree, catalog):
        return Untold(query.place, "sql", query.table, f"the database that the app's files make has no `{missing}`")
    values = asked(catalog)
    values.parameters = parameters(sql, given, catalog)
    return statement(query, sql, values, "sql", writes=found.kind != "SelectStmt")


def _missing(tree: Tree, catalog: Catalog) -> str:
    """A table that the statement names and that is not there."""
    inside = {one.get("ctename", "") for one in nodes(tree, "CommonTableExpr")}
    named = [one for one in nodes(tree, "RangeVar") if one.get("relname") not in inside]
    if isinstance(tree.get("relation"), dict):
        named.append(tree["relation"])
    for one in named:
        schema = one.get("schemaname", "public")
        own = schema == "public" and not one.get("relname", "").startswith("pg_")
        if own and catalog.relation(relation(one)) is None:
            return str(one.get("relname", ""))
    return ""


def parameters(sql: str, given: list[Value], catalog: Catalog) -> list[Parameter]:
    """The parameters of a statement with numbered places, each by what it meets there. `given` are the values as far
    as they are known. Raises UntoldError."""
    around = spots(sql, catalog)
    if around is None:
        raise UntoldError("it is no single statement")
    values = asked(catalog)
    last = max((int(n) for n in HOLE.findall(sql)), default=0)
    return [
        values.at(around.get(number, Spot()), given[number - 1] if number <= len(given) else Value())
        for number in range(1, last + 1)
    ]
