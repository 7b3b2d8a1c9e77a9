"""A row that is answered whole is answered without its secrets.

In JavaScript and TypeScript, where the handler answers with the name of one row: what is left of the row behind its
secret columns (`const { passwordHash, ...shown } = user`) is sent instead. The columns are those of the row's table
that are secrets by their names. Left as it is where the handler uses one of these names itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.drizzle_names import drizzle_names, table_called
from apprescue.source.handled import Handled, handler_of
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.owner_path import table_named
from apprescue.source.routes import head, queries_of

_ANSWERS = re.compile(r"^(?:json|send)$")
_SHOWN = "shown"


@fix("access/private_fields_returned", title="Take the secrets out of what is answered", safety=Safety.REVIEW)
def take_secrets_out(finding: Finding, app: App) -> Changes:
    """One edit above the answer of each address, and one in it."""
    places = (finding.place, *finding.related)
    for route in (one for one in app.routes if head(one) in places):
        handled = handler_of(app, route)
        file = hand(app, handled.path) if handled is not None and handled.is_script else None
        query = next((one for one in queries_of(app).get(str(route), ()) if one.place in places), None)
        if handled is not None and file is not None and query is not None:
            yield from _edits(app, file, handled, query)


def _edits(app: App, file: Handwriting, handled: Handled, query: Query) -> Iterator[Edit]:
    secrets = _secrets(app, query)
    inside = [n for n in file.nodes if handled.node.start <= n.start and n.end <= handled.node.end]
    if not secrets or {n.id for n in inside if isinstance(n, t.Name)} & {_SHOWN, *secrets}:
        return
    given = (n for n in inside if isinstance(n, t.Assign) and _loads(n, query))
    rows = {n.target.id for n in given if isinstance(n.target, t.Name)}
    for call in (n for n in inside if isinstance(n, t.Call) and n.args and _ANSWERS.match(_last(n))):
        sent = next(_sent(call.args[0], rows), None)
        if sent is not None:
            row = f"const {{ {', '.join(secrets)}, ...{_SHOWN} }} = {sent.id}{file.end}"
            yield file.before(file.statement(call), row)
            short = sent is not call.args[0] and not file.code[: sent.start].rstrip().endswith(b":")
            yield file.instead(sent, f"{sent.id}: {_SHOWN}" if short else _SHOWN)
            return


def _last(call: t.Call) -> str:
    return call.callee.name if isinstance(call.callee, t.Member) else ""


def _secrets(app: App, query: Query) -> list[str]:
    """The secret columns of a query's table, as the code calls them."""
    table = table_named(app.schema, query.table)
    columns = [one.name for one in table.columns if meaning.SECRET_COLUMN.search(one.name)] if table else []
    if query.library != "drizzle":
        return columns
    named = table_called(drizzle_names(app.files), query.table)
    return [said for one in columns if (said := named.property_of(one))] if named else []


def _loads(row: t.Assign, query: Query) -> bool:
    """Whether a name is given the one row of a query, or what the function around it gives back."""
    value = row.value.value if isinstance(row.value, t.Await) else row.value
    if not isinstance(value, t.Call) or not query.single:
        return False
    return value.line <= query.place.line <= value.end_line or (bool(query.function) and _last(value) == query.function)


def _sent(answer: t.Node, rows: set[str]) -> Iterator[t.Name]:
    """The row in an answer: all of it, or under a key."""
    parts = [value for _, value in answer.entries] if isinstance(answer, t.Object) else [answer]
    yield from (one for one in parts if isinstance(one, t.Name) and one.id in rows)
