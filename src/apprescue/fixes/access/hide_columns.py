"""A private column of rows that everyone may see is no longer readable; the rest of the rows is shown as before.

The right to read is given column by column, without the private ones; the server's key goes on reading all. It is done
where the rows are meant to be seen and no page, rule, view or function reads the private columns with its caller's
rights, or asks for whole rows: that would be refused from then on.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.patch import Todo
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import listed, plain
from apprescue.source.sql_text import bare

_CLIENTS = ("anon", "authenticated")


@fix("access/private_rows_for_everyone", title="Take a private column away from everyone who sees the rows")
def hide_columns(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration for the table."""
    objects = {claim.object for claim in finding.claims}
    relation = catalog.relation(objects.pop()) if len(objects) == 1 else None
    meant = intent.of(relation.name) if relation else None
    if relation is None or meant is None or not (meant.public or meant.shared):
        return
    hidden = [one.name for one in relation.columns if one.name in {claim.column for claim in finding.claims}]
    roles = [role for role in _CLIENTS if (role, "select") in relation.grants]
    whole = not relation.column_grants and ("public", "select") not in relation.grants
    if not hidden or not roles or not whole or not set(hidden) <= set(meant.secret):
        return
    if _asked_by_pages(app, catalog, relation, hidden) or _asked_in_database(catalog, relation, hidden):
        return
    table, to = plain(relation.name), ", ".join(roles)
    shown = listed(one.name for one in relation.columns if one.name not in hidden)
    up = f"revoke select on {table} from {to};\ngrant select ({shown}) on {table} to {to};\n"
    down = f"revoke select ({shown}) on {table} from {to};\ngrant select on {table} to {to};\n"
    told = ", ".join(hidden)
    why = f"Everyone who sees the rows of {relation.name} could read {told} in them."
    yield from new_migration(app, f"hide {bare(relation.name)} columns", why, up, down, [relation.name])
    yield Todo(
        f"Only the server's key reads {told} of {relation.name} from now on: whom it belongs to gets it from a server "
        f"function. Pages name the columns that they ask for; a column that is added later needs "
        f"`grant select (name) on {table} to {to};`."
    )


def _asked_by_pages(app: App, catalog: Catalog, relation: Relation, hidden: Collection[str]) -> bool:
    """Whether something that runs as a visitor reads the columns, or it is not known what it reads."""
    name = relation.name.rpartition(".")[2]
    links = [one for other in catalog.relations for one in other.references if one.to == relation.name]
    along = {name, *(one.name for one in links), *(column for one in links for column in one.columns)}
    queries = [one for one in app.queries if one.table == name or along & {*one.embeds, *_embedded(one)}]
    named = re.compile(rf"\.(?:from_?|table)\(\s*['\"`]{re.escape(name)}['\"`]|rest/v1/{re.escape(name)}\b")
    unread = {path for path, text in app.files.items() if named.search(text)}
    return bool(unread - {one.place.path for one in queries}) or any(
        _reads(one, name, along, hidden) for one in queries
    )


def _reads(query: Query, name: str, along: set[str], hidden: Collection[str]) -> bool:
    if query.as_whom not in ("browser", "user"):
        return False
    used = {*query.columns, *(one.column for one in query.filters), *query.order}
    whole = "*" in used or (query.operation in ("select", "count") and not query.columns)
    dotted = (column.partition(".") for column in (*query.within, *used))
    inside = {column for table, _, column in dotted if table in along}
    unknown = along & set(query.embeds) - _embedded(query)
    return bool(unknown or inside & {"*", *hidden}) or (query.table == name and bool(whole or used & set(hidden)))


def _embedded(query: Query) -> set[str]:
    return {column.partition(".")[0] for column in query.within}


def _asked_in_database(catalog: Catalog, relation: Relation, hidden: Collection[str]) -> bool:
    """Whether a rule, a view or a function reads the columns with its caller's rights."""
    word = re.compile(rf"\b(?:{'|'.join(map(re.escape, hidden))})\b")
    rules = (rule.using + rule.check for one in catalog.relations for rule in one.policies)
    views = (one.definition for one in catalog.relations if relation.name in one.reads and one.security_invoker)
    own = re.compile(rf"\b{re.escape(relation.name.rpartition('.')[2])}\b")
    bodies = [one.body for one in catalog.routines if not one.definer and own.search(one.body)]
    whole = any(re.search(r"\*|row_to_json|to_jsonb?\b", body) for body in bodies)
    return whole or any(word.search(text) for text in (*rules, *views, *bodies))
