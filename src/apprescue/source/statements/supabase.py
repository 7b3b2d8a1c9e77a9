"""A query through supabase-js or supabase-py as the statement that PostgREST runs for it."""

from __future__ import annotations

import re

from apprescue.model.app import Query
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.trace import Value
from apprescue.model.workload import Statement, Untold
from apprescue.source.statements.placing import placed, qualified, relation_of
from apprescue.source.statements.postgrest import read_sql
from apprescue.source.statements.postgrest_calls import call_sql, routine_of
from apprescue.source.statements.postgrest_writes import write_sql
from apprescue.source.statements.query_string import read
from apprescue.source.statements.request import Request, request
from apprescue.source.statements.told import UntoldError
from apprescue.source.statements.values import PAGE, Values

_SOMEBODY = re.compile(r"(?:^|[.(])(?:use)?(?:user|session|auth|currentuser|loggedin|isauthenticated)\b", re.I)
_PAGES = (".tsx", ".jsx", ".vue", ".svelte", ".astro")
_COMMANDS = {"GET": "select", "HEAD": "select", "POST": "insert", "PATCH": "update", "DELETE": "delete"}


def translate(query: Query, catalog: Catalog) -> Statement | Untold:
    """The SQL of a query in a database, or why it cannot be told."""
    try:
        sent = request(query)
        role = role_of(query, sent, catalog)
        values = Values(sent, catalog, role)
        sql = sql_of(sent, values, catalog)
    except UntoldError as error:
        return Untold(query.place, "supabase", query.table, str(error))
    return Statement(
        sql,
        query.place,
        role,
        tuple(values.parameters),
        "supabase",
        repeats=PAGE if query.in_loop else 1,
        settings=(("search_path", f'"{sent.schema}", "public", "extensions"'),),
        writes=query.operation not in ("select", "count") and sent.method not in ("GET", "HEAD"),
    )


def sql_of(sent: Request, values: Values, catalog: Catalog) -> str:
    """The SQL of a request; its parameters gather in `values`. Raises UntoldError."""
    if sent.path.startswith("rpc/"):
        return _call(sent, values, catalog)
    relation = relation_of(catalog, sent.schema, sent.path)
    asked = read(sent, sent.path)
    if sent.method in ("GET", "HEAD"):
        return read_sql(placed(asked, relation, qualified(relation.name), "", catalog), values)
    return write_sql(asked, relation, values)


def _call(sent: Request, values: Values, catalog: Catalog) -> str:
    given: set[str] | None = None
    if sent.method in ("GET", "HEAD"):
        bare = {f"{sent.schema}.{sent.path.removeprefix('rpc/')}"}
        names = {name for r in catalog.routines if r.name in bare for name, _ in r.arguments}
        given = {key for key, _ in sent.query if key in names}
    elif sent.body is not None and sent.body.fields is not None:
        given = {key for key in sent.body.fields if not key.startswith(("...", "**"))}
        given = given if len(given) == len(sent.body.fields) else None
    routine = routine_of(catalog, sent, given)
    table = routine.returns.removeprefix("SETOF ").strip()
    name = (table if catalog.relation(table) else routine.name).rpartition(".")[2]
    return call_sql(sent, values, catalog, read(sent, name, frozenset(given or ())), routine)


def role_of(query: Query, sent: Request, catalog: Catalog) -> str:
    """As whom a query is sent. With a public key nobody is signed in, unless the code or the rules tell of somebody."""
    if query.as_whom == "service":
        return "service_role"
    if query.as_whom == "user":
        return "authenticated"
    if query.as_whom == "server" and not query.place.path.endswith(_PAGES):
        return "service_role"
    if _signed_in(query):
        return "authenticated"
    relation = catalog.relation(f"{sent.schema}.{sent.path}")
    if relation is None:
        return "anon" if sent.path.startswith("rpc/") else "authenticated"
    return "anon" if _open_to_all(relation, _COMMANDS[sent.method]) else "authenticated"


def _signed_in(query: Query) -> bool:
    """Whether the code around a query or its values tell of whoever is signed in."""
    step = query.step
    if any(guard.kind in ("login", "role", "ownership", "plan") for link in step.chain for guard in link.guards):
        return True
    values = [v for link in step.chain[1:] for v in link.values] + [p for t in step.tests for p in t.deep()]
    return any(map(_of_somebody, values))


def _of_somebody(value: Value) -> bool:
    return value.comes_from("caller") or bool(_SOMEBODY.search(value.name))


def _open_to_all(relation: Relation, command: str) -> bool:
    """Whether somebody who is not signed in gets anything done there."""
    if ("anon", command) not in relation.grants:
        return False
    rules = [p for p in relation.policies if p.permissive and p.command in ("all", command)]
    rules = [p for p in rules if {"public", "anon"} & set(p.roles)]
    return not relation.rls or any("auth." not in (p.using or p.check) for p in rules)
