"""Password hashes and private fields of your users leave the server.

What we look at: answers that hold whole rows of users or accounts read or written with the server's own rights, also
those read along with other rows, with nothing that picks or removes fields, where the table has columns for
passwords, tokens, payment accounts or contact data.
Why it matters: hashes can be cracked, tokens used at once, e-mail addresses and phone numbers collected by anybody
who may call.
How to repair: select the columns that the page shows, by name, in the query itself; never send a row as it is.
When it is fine: a user's own row without its password; columns that were picked or removed before the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.schema import Table
from apprescue.source import meaning
from apprescue.source.routes import (
    ANSWERS_WHO,
    answers_with,
    goes_round_rules,
    head,
    open_to_all,
    queries_of,
    written_by,
)

_CONTACT = re.compile(r"(?i)phone|street|birth|home_?address|bank|iban|tax_?id")
_PERSON = re.compile(r"(?i)email|phone|(?<!token_)(?<!contract_)address|birth|stripe_?(?:account|customer)|bank|payout")


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-200", "CWE-213"),
    owasp=("A01:2025", "API3:2023"),
)
def private_fields_returned(app: App) -> Iterator[Seen]:
    by_route = queries_of(app)
    for route in app.routes:
        seen = next((s for q in by_route.get(str(route), ()) if (s := _seen(app, route, q)) is not None), None)
        if seen is not None:
            yield seen


def _seen(app: App, route: Route, query: Query) -> Seen | None:
    if not goes_round_rules(query):
        return None
    whole = query.columns in ((), ("*",))
    told = _told(app, query, open_to_all(query.step.guards)) if whole else None
    if told is None and not query.single and not _narrowed(query):
        told = _contacts(app, query, route)
    if told is None or not answers_with(route, query.step, whole=True):
        return None
    columns, table, severity = told
    return Seen(
        head(route),
        f"{route} answers with whole rows of {table}, {', '.join(columns[:3])} included.",
        related=(query.place,),
        cause=f"{route.place.path} {table}",
        severity=severity,
    )


def _told(app: App, query: Query, to_all: bool) -> tuple[list[str], str, Severity] | None:
    """The private columns that a query's whole rows have, whose they are, and how bad that is."""
    table = _table(app, query.table)
    private = _private(table)
    secret = [c for c in private if meaning.SECRET_COLUMN.search(c)]
    if query.operation == "select" and private and (secret or to_all):
        mine = any(f.value.comes_from("caller") for f in query.filters)
        mine = mine or any(g.kind == "role" for g in query.step.guards)
        return secret or private, query.table, Severity.HIGH if to_all else Severity.LOW if mine else Severity.MEDIUM
    if query.operation in ("insert", "upsert") and to_all:
        own = {"".join(meaning.words(name)) for name in written_by(query)}
        others = [c for c in private if "".join(meaning.words(c)) not in own]
        if others or (query.operation == "upsert" and private):
            return others or private, query.table, Severity.LOW
    for name in _whole_relations(query):
        of = _related(app, table, name)
        if inside := _private(of):
            kept = [c for c in inside if meaning.SECRET_COLUMN.search(c)]
            admins = any(g.kind == "role" for g in query.step.guards)
            return (
                kept or inside,
                name,
                Severity.HIGH if to_all and kept else Severity.LOW if admins else Severity.MEDIUM,
            )
    return None


def _contacts(app: App, query: Query, route: Route) -> tuple[list[str], str, Severity] | None:
    """Phone numbers and addresses of everybody in a list that every user gets."""
    if query.operation != "select" or any(g.kind != "login" for g in query.step.guards if g.kind in ANSWERS_WHO):
        return None
    listed = [c for c in query.columns if _CONTACT.search(c)] if meaning.is_personal(query.table) else []
    if query.columns in ((), ("*",)):
        listed = [c for c in _private(_table(app, query.table)) if _CONTACT.search(c)]
    return (listed, query.table, Severity.MEDIUM) if listed and not route.guarded("role", "ownership") else None


def _narrowed(query: Query) -> bool:
    """Whether a query names one row, or the caller."""
    return any(
        f.operator == "eq" and (meaning.words(f.column)[-1:] == ("id",) or f.value.comes_from("caller"))
        for f in query.filters
    )


def _private(table: Table | None) -> list[str]:
    name = table.name.partition(".")[2] if table else ""
    if table is None or not (meaning.is_personal(name) or "creator" in name.lower()):
        return []
    return [c.name for c in table.columns if meaning.SECRET_COLUMN.search(c.name) or _PERSON.search(c.name)]


def _table(app: App, name: str) -> Table | None:
    wanted = meaning.words(name)
    found = app.schema.table(name)
    return found or next((t for t in app.schema.tables if meaning.words(t.name.partition(".")[2]) == wanted), None)


def _whole_relations(query: Query) -> list[str]:
    """Relations that are read along with all their columns (`include: { author: true }`)."""
    asked = query.step.args[0].fields if query.step.args else None
    included = (asked or {}).get("include")
    return [name for name, value in ((included.fields if included else None) or {}).items() if value.constant is True]


def _related(app: App, table: Table | None, relation: str) -> Table | None:
    """The table behind a relation: by its foreign key, else by its own name."""
    for key in table.foreign_keys if table else ():
        if meaning.words(key.columns[0])[:-1] == meaning.words(relation):
            return app.schema.table(key.to_table)
    return _table(app, relation)
