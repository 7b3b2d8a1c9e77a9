"""Functions of the app's own server that write with the rights of whoever called them, so that they do it as the
server."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from apprescue.model.app import App, Query
from apprescue.model.patch import Edit
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand

_FUNCTIONS = re.compile(r"(?:^|/)supabase/functions/")
_REPLACED = re.compile(r"\bonConflict\b([^},]*(?:,[^}:]*)?)")
_SECRET = re.compile(r"\bSUPABASE_SERVICE_ROLE_KEY\b")
_PUBLIC = re.compile(r"\bSUPABASE_(?:ANON|PUBLISHABLE)_KEY\b")
_NAMES = ("supabaseAdmin", "asServer", "serversOwn", "withServerKey")


def is_sound(app: App, query: Query, authors: Collection[str], decided: Collection[str]) -> bool:
    """Whether a function of the server adds a row in the name of the caller whom it made sure of, and says itself one
    of the columns that decide; where it takes the place of another row, that is his own."""
    fields = (query.written.fields if query.written else None) or {}
    if query.as_whom != "user" or query.operation not in ("insert", "upsert") or "id" in fields:
        return False
    own = bool(authors) and all(name in fields and fields[name].origins == {"caller.id"} for name in authors)
    says = any(name in fields and fields[name].literal for name in decided)
    rows = app.files.get(query.place.path, "").splitlines()[
        query.place.line - 1 : query.place.end_line or query.place.line
    ]
    replaced = _REPLACED.search("\n".join(rows))
    beside = replaced and not set(authors) & set(re.findall(r"\w+", replaced[1]))
    return bool(_FUNCTIONS.search(query.place.path)) and own and says and not beside


def with_server_key(app: App, queries: Sequence[Query]) -> list[Edit]:
    """The edits after which these queries are made with the server's own key; none where one cannot be."""
    edits: list[Edit] = []
    for path in dict.fromkeys(one.place.path for one in queries):
        file = hand(app, path)
        clients = [_client(file, one) for one in queries if one.place.path == path] if file else []
        found = {one.start: (one, made) for one, made in filter(None, clients)}
        if file is None or None in clients or len({made.start for _, made in found.values()}) != 1:
            return []
        made = next(made for _, made in found.values())
        known = next((one for one in _made(file, _SECRET) if file.function(one) is file.function(made)), None)
        name = known.target.id if known and isinstance(known.target, t.Name) else _new_name(file)
        edits += [file.instead(one, name) for one, _ in found.values()]
        edits += [] if known else [_second(file, made, name)]
    return edits


def _new_name(file: Handwriting) -> str:
    return next(one for one in _NAMES if one not in file.text)


def _client(file: Handwriting, query: Query) -> tuple[t.Name, t.Assign] | None:
    """The name of the client that makes a query, and the statement that makes the client with the public key."""
    last = query.place.end_line or query.place.line
    for node in file.nodes:
        if isinstance(node, t.Call) and isinstance(node.callee, t.Member) and query.place.line <= node.end_line <= last:
            root, table = node.callee.object, node.args[0] if node.args else None
            if node.callee.name == "from" and isinstance(root, t.Name) and isinstance(table, t.Literal):
                made = next(_made(file, _PUBLIC, root.id), None) if table.value == query.table else None
                if made:
                    return root, made
    return None


def _made(file: Handwriting, key: re.Pattern[str], name: str = "") -> Iterator[t.Assign]:
    """The statements that make a client with a key, of that name."""
    for node in file.nodes:
        if isinstance(node, t.Assign) and isinstance(node.target, t.Name) and name in ("", node.target.id):
            made = node.value
            given = made.args if isinstance(made, t.Call) and dotted(made.callee) == "createClient" else []
            if len(given) > 1 and key.search(file.of(given[1])):
                yield node


def _second(file: Handwriting, made: t.Assign, name: str) -> Edit:
    """The statement that makes the server's client, below the one that makes the caller's."""
    assert isinstance(made.value, t.Call)
    url, key = (file.of(one) for one in made.value.args[:2])
    rows = (url + ",", _PUBLIC.sub("SUPABASE_SERVICE_ROLE_KEY", key))
    lines = (f"const {name} = createClient(", *(f"{file.step}{row}" for row in rows), f"){file.end}")
    return file.after(file.statement(made), *lines)
