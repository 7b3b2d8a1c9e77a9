"""The owner's own statements: what `pg_stat_statements` or a log of slow statements tells of the running app.

Read are: rows of `pg_stat_statements` as CSV or JSON, as `psql`, a client or a hosting's dashboard write them (a column
`query`, and `calls`, `rolname` or the like where they are there); PostgreSQL's log as text or as csvlog. A statement
weighs as much as it was called. Its values are not taken, as they name people of the real database: they are drawn
anew, except numbers of rows, truth and words of an enum.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from apprescue.model.app import Query
from apprescue.model.catalog import Catalog
from apprescue.model.place import Code
from apprescue.model.trace import Step, Value
from apprescue.model.workload import HOLE, Parameter, Screen, Statement, Untold, Workload
from apprescue.source.sql import Broken, Tree, nodes, parse, relation
from apprescue.source.statements.asked import ROLE, asked, statement
from apprescue.source.statements.comparing import Spot, spots
from apprescue.source.statements.screens import kind_of

FILE = "your statements"
_QUERY = ("query", "statement", "sql", "query_text")
_CALLS = ("calls", "count", "executions", "total_calls")
_USER = ("rolname", "usename", "user_name", "username", "user", "role")
_ROLES = ("anon", "authenticated", "service_role")
_PLATFORM = re.compile(r"^(?:supabase\w*|pgbouncer|dashboard_user|pgsodium\w*|rds\w*|cloudsqladmin|neon\w*_admin)$")
_SCHEMAS = re.compile(
    r"^(?:pg_\w+|information_schema|auth|storage|realtime|_realtime|cron|net|vault|graphql\w*|extensions|pgsodium|"
    r"supabase_\w+|_analytics|pgbouncer)$"
)
_KINDS = ("SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt")
_ENTRY = re.compile(r"\b(?:LOG|STATEMENT|DETAIL|ERROR|HINT|CONTEXT|FATAL|WARNING|NOTICE|QUERY):\s{1,2}")
_DURATION = re.compile(r"duration: [\d.]+ ms\s+(?:statement|execute [^:]*|parse [^:]*|bind [^:]*): (.*)", re.S)
_DETAIL = re.compile(r"[Pp]arameters: (.*)", re.S)
_GIVEN = re.compile(r"\$(\d+) = (?:'((?:[^']|'')*)'|(NULL|[^,\s]+))")
_WHO = re.compile(r"\buser=(\w+)|\b(\w+)@\w+")
_TYPED = re.compile(r"\b(interval|date|timestamptz|timestamp|time|uuid|jsonb?)\s+(\$\d+)", re.I)
_SET_ROLE = re.compile(r"set_config\('role',\s*'(\w+)'|^\s*set\s+(?:local\s+)?role\s+(?:to\s+)?\"?(\w+)", re.I)
_CONSTANT = re.compile(rb"[eE]?'(?:[^']|'')*'|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_CSVLOG = 23


@dataclass(frozen=True, slots=True)
class Seen:
    """A statement as it was seen: how often, by whom, with what values, on which line."""

    sql: str
    calls: float = 1.0
    user: str = ""
    line: int = 1
    given: tuple[str | None, ...] = ()


def observed(text: str, catalog: Catalog) -> Workload:
    """What the owner's file says that the app asks of a database. What does not read or change rows of the app's own
    tables is left out; what cannot be told is listed with its line."""
    told: dict[tuple[str, str], Statement] = {}
    untold: list[Untold] = []
    for seen in _rows(text.removeprefix("\ufeff")):
        found = _statement(seen, catalog)
        if isinstance(found, Untold):
            untold.append(found)
        elif found is not None:
            known = told.get((found.role, found.sql))
            told[found.role, found.sql] = replace(known, weight=known.weight + found.weight) if known else found
    return Workload(tuple(told.values()), tuple(dict.fromkeys(untold)))


# what the file is


def _rows(text: str) -> Iterator[Seen]:
    first = text.lstrip()[:1]
    if first in ("[", "{"):
        yield from _json(text)
        return
    header = {name.strip().strip('"').lower() for name in re.split(r"[,;\t]", text.lstrip().partition("\n")[0])}
    if header & set(_QUERY):
        mark = max(",;\t", key=text.lstrip().partition("\n")[0].count)
        reader = csv.DictReader(io.StringIO(text.lstrip()), delimiter=mark)
        line = 2
        for row in reader:
            yield from _told({str(k).strip().lower(): v for k, v in row.items()}, line)
            line = reader.line_num + 1
    elif _is_csvlog(text):
        yield from _csvlog(text)
    else:
        yield from _log(text)


def _json(text: str) -> Iterator[Seen]:
    try:
        found = json.loads(text)
    except ValueError:
        found = []
        with suppress(ValueError):
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
    while isinstance(found, dict):
        lists = [v for v in found.values() if isinstance(v, list | dict) and v]
        found = [found] if set(found) & set(_QUERY) else lists[0] if lists else []
    for number, row in enumerate(found, 1):
        if isinstance(row, dict):
            yield from _told({str(k).lower(): v for k, v in row.items()}, number)


def _told(row: Mapping[str, Any], line: int) -> Iterator[Seen]:
    sql = next((str(row[name]) for name in _QUERY if row.get(name)), "")
    calls = next((str(row[name]) for name in _CALLS if row.get(name) not in (None, "")), "1")
    user = next((str(row[name]) for name in _USER if row.get(name)), "")
    try:
        number = float(calls.replace(",", ""))
    except ValueError:
        number = 1.0
    if sql:
        yield Seen(sql, max(number, 1.0), user, line)


def _is_csvlog(text: str) -> bool:
    try:
        row = next(csv.reader(io.StringIO(text)))
    except (StopIteration, csv.Error):
        return False
    return len(row) >= _CSVLOG


def _csvlog(text: str) -> Iterator[Seen]:
    reader = csv.reader(io.StringIO(text))
    roles: dict[str, str] = {}
    line = 1
    for row in reader:
        if len(row) >= _CSVLOG and (found := _DURATION.match(row[13])):
            if said := _SET_ROLE.search(found[1]):
                roles[row[3]] = said[1] or said[2]
            yield Seen(found[1], 1.0, roles.get(row[3], row[1]), line, _given(row[14]))
        line = reader.line_num + 1


def _log(text: str) -> Iterator[Seen]:
    """The entries of a log in text form; lines that begin no entry belong to the one before."""
    entries: list[tuple[str, list[str], int]] = []
    for number, line in enumerate(text.splitlines(), 1):
        begun = _ENTRY.search(line)
        if begun is not None and not line.startswith("\t"):
            entries.append((line[: begun.end()], [line[begun.end() :]], number))
        elif entries:
            entries[-1][1].append(line.removeprefix("\t"))
    for (prefix, lines, number), after in zip(entries, [*entries[1:], ("", [""], 0)], strict=False):
        if found := _DURATION.match("\n".join(lines)):
            who = _WHO.search(prefix)
            detail = "\n".join(after[1]) if "DETAIL" in after[0] else ""
            yield Seen(found[1], 1.0, (who[1] or who[2]) if who else "", number, _given(detail))


def _given(detail: str) -> tuple[str | None, ...]:
    listed = _DETAIL.search(detail)
    found = {
        int(n): None if bare == "NULL" else bare or text.replace("''", "'")
        for n, text, bare in (_GIVEN.findall(listed[1]) if listed else ())
    }
    return tuple(found.get(n) for n in range(1, max(found, default=0) + 1))


# what a statement is


def _statement(seen: Seen, catalog: Catalog) -> Statement | Untold | None:
    place = Code(FILE, seen.line, seen.line)
    if _PLATFORM.match(seen.user):
        return None
    text = _TYPED.sub(lambda m: f"{m[2]}::{m[1]}", seen.sql.strip().rstrip(";"))
    found = parse(text)
    if len(found) != 1 or isinstance(found[0], Broken):
        why = "it is cut off, or no single statement that PostgreSQL reads"
        return Untold(place, "observed", "", why) if _reads(text) else None
    kind, tree = found[0].kind, found[0].tree
    tables = _tables(tree)
    own = [name for name in tables if not _SCHEMAS.match(name.partition(".")[0])]
    if kind not in _KINDS or (tables and not own) or not (own or _calls_own(tree, catalog)):
        return None
    missing = next((name for name in own if catalog.relation(name) is None), "")
    if missing:
        bare = missing.removeprefix("public.")
        return Untold(place, "observed", bare, f"the database that the app's files make has no `{bare}`")
    sql, given = _normalised(text, seen.given)
    values = asked(catalog)
    values.parameters = _parameters(sql, given, catalog)
    role = seen.user if seen.user in _ROLES else "authenticated" if _is_postgrest(text, seen.user) else ROLE
    table = (own or [""])[0].removeprefix("public.")
    word = next((w for k, w in _WRITES if kind == k or any(True for _ in nodes(tree, k))), "select")
    query = Query("observed", table, word, place, Step("", place))
    told = statement(query, sql, values, "observed", writes=word != "select")
    screen = f"{word} {table}".strip()
    kind_ = Screen.WRITE if told.writes else kind_of(table, told)
    settings = (("search_path", '"public", "extensions"'),) if role != ROLE else ()
    return replace(told, role=role, screen=screen, kind=kind_, weight=seen.calls, repeats=1, settings=settings)


_WRITES = (("InsertStmt", "insert"), ("UpdateStmt", "update"), ("DeleteStmt", "delete"))


def _reads(text: str) -> bool:
    return bool(re.match(r"(?is)\s*(?:select|insert|update|delete|with)\b", text))


def _is_postgrest(text: str, user: str) -> bool:
    return user == "authenticator" or "pgrst_" in text or "_postgrest_t" in text


def _tables(tree: Tree) -> list[str]:
    """The tables that a statement names, its own first."""
    inside = {one.get("ctename", "") for one in nodes(tree, "CommonTableExpr")}
    named = [tree["relation"]] if isinstance(tree.get("relation"), dict) and "relname" in tree["relation"] else []
    named += [
        one["relation"] for kind, _ in _WRITES for one in nodes(tree, kind) if isinstance(one.get("relation"), dict)
    ]
    named += [one for one in nodes(tree, "RangeVar") if one.get("relname") not in inside or one.get("schemaname")]
    found = (f"pg_catalog.{n['relname']}" if _is_system(n) else relation(n) for n in named)
    return list(dict.fromkeys(found))


def _is_system(node: Tree) -> bool:
    return "schemaname" not in node and str(node.get("relname", "")).startswith("pg_")


def _calls_own(tree: Tree, catalog: Catalog) -> bool:
    """Whether a statement without tables calls a function of the app's."""
    names = {routine.name.rpartition(".")[2] for routine in catalog.routines}
    called = {p["String"].get("sval") for c in nodes(tree, "FuncCall") for p in c.get("funcname", ()) if "String" in p}
    return bool(names & called)


def _normalised(text: str, given: tuple[str | None, ...]) -> tuple[str, list[str | None]]:
    """A statement with places for its constants too, and what stood there."""
    (found,) = parse(text)
    if isinstance(found, Broken):
        return text, list(given)
    number = max((int(n) for n in HOLE.findall(text)), default=0)
    known: list[str | None] = [given[n] if n < len(given) else None for n in range(number)]
    source, pieces, at = text.encode(), [], 0
    ordinals = [id(one["node"]["A_Const"]) for one in nodes(found.tree, "SortBy") if "A_Const" in one.get("node", {})]
    ordinals += [id(one["A_Const"]) for one in _grouped(found.tree) if "A_Const" in one]
    for one in sorted(nodes(found.tree, "A_Const"), key=lambda c: int(c.get("location", 0))):
        token = _CONSTANT.match(source, int(one.get("location", 0)))
        if token is not None and id(one) not in ordinals and token.start() >= at:
            number += 1
            known.append(_text(one))
            pieces += [source[at : token.start()], b"$%d" % number]
            at = token.end()
    sql = _TYPED.sub(lambda m: f"{m[2]}::{m[1]}", b"".join([*pieces, source[at:]]).decode())
    if any(isinstance(one, Broken) for one in parse(sql)):
        return text, list(given)
    return sql, known


def _grouped(tree: Tree) -> Iterator[Tree]:
    for select in nodes(tree, "SelectStmt"):
        yield from select.get("groupClause") or ()


def _text(constant: Tree) -> str | None:
    if "boolval" in constant:
        return "true" if constant["boolval"].get("boolval") else "false"
    for kind, otherwise in (("sval", ""), ("ival", 0), ("fval", "")):
        if kind in constant:
            return str(constant[kind].get(kind, otherwise))
    return None


def _parameters(sql: str, given: Iterable[str | None], catalog: Catalog) -> list[Parameter]:
    around = spots(sql, catalog) or {}
    known = list(given)
    values = asked(catalog)
    last = max((int(n) for n in HOLE.findall(sql)), default=0)
    found = []
    for number in range(1, last + 1):
        spot = around.get(number, Spot())
        value = known[number - 1] if number <= len(known) else None
        found.append(values.at(spot, _kept(spot, value, catalog)))
    return found


def _kept(spot: Spot, value: str | None, catalog: Catalog) -> Value:
    """A value that was seen, where it names nobody."""
    if value is None:
        return Value()
    if spot.use:
        return Value(constant=int(value), literal=True) if value.isdigit() else Value()
    column = spot.column
    plain = column is None or column.base == "boolean" or value in catalog.enums.get(column.base, ())
    return Value(constant=value, literal=True) if plain else Value()
