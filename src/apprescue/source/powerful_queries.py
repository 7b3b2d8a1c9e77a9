"""Queries that a page makes with the server's own key, read so that a function of the server can make them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting

_VERBS = {"select": "list", "update": "update", "insert": "add", "upsert": "save", "delete": "delete"}
_FILTERS = ("eq", "neq", "gt", "gte", "lt", "lte", "is", "like", "ilike")
_FIXED = ("order", "limit", "range", "single", "maybeSingle", "in", "match", "select")
_MOST = 1000
_NOW = re.compile(r"new Date\(\)\.toISOString\(\)$")
_PLAIN = re.compile(r"(?:string|number|boolean)$")
_NAMES = re.compile(r"\s*\w+\s*(?:,\s*\w+\s*)*$")


@dataclass
class PowerfulQuery:
    """A query: the awaited expression, what of its answer has a name, its text with `supabase` as its client, the
    range that stands behind it, its table, what is done there, the columns that it asks for where they are plain,
    whether one row is answered, and the values that only the page knows (name in the body, how the page writes it)."""

    awaited: t.Await
    target: t.Node | None
    text: str
    limit: str
    table: str
    verb: str
    columns: tuple[str, ...]
    single: bool
    outside: dict[str, str] = field(default_factory=dict)


def powerful_queries(file: Handwriting, client: str) -> list[PowerfulQuery] | None:
    """All that a file does with a client; None where that is something else than queries that are known whole."""
    found: list[PowerfulQuery] = []
    for node in file.nodes:
        if isinstance(node, t.Name) and node.id == client:
            made = _query(file, node)
            if made is None:
                return None
            found.append(made)
    exported = any(isinstance(n, t.Export) and client in (inner for inner, _ in n.names) for n in file.nodes)
    typed = re.search(rf"\btypeof\s+{re.escape(client)}\b", file.text)
    return found if found and not exported and not typed else None


def _query(file: Handwriting, name: t.Name) -> PowerfulQuery | None:
    links: list[tuple[str, t.Call]] = []
    awaited: t.Await | None = None
    holder: t.Node = name
    for over in file.above(name):
        if isinstance(over, t.Member) and over.object is holder and not isinstance(holder, t.Member):
            pass
        elif isinstance(over, t.Call) and over.callee is holder and isinstance(holder, t.Member):
            links.append((holder.name, over))
        else:
            awaited = over if isinstance(over, t.Await) else None
            break
        holder = over
    if awaited is None or len(links) < 2 or links[0][0] != "from" or links[1][0] not in _VERBS:
        return None
    target = _target(file, awaited)
    table = links[0][1].args[0] if len(links[0][1].args) == 1 else None
    if not isinstance(table, t.Literal) or not isinstance(table.value, str) or target is False:
        return None
    outside: dict[str, str] = {}
    text, done = "supabase", name.end
    for word, call in links:
        for arg in call.args:
            put = _written(file, word, arg, outside)
            if put is None:
                return None
            text += file.code[done : arg.start].decode("utf-8", "surrogatepass") + put
            done = arg.end
    text += file.code[done : holder.end].decode("utf-8", "surrogatepass")
    names = [word for word, _ in links]
    return PowerfulQuery(
        awaited,
        target if isinstance(target, t.Object) else None,
        re.sub(r"\s*\n\s*\.", ".", text),
        _capped(names),
        table.value,
        _VERBS[names[1]],
        _columns(links),
        "single" in names or "maybeSingle" in names,
        outside,
    )


def _capped(names: list[str]) -> str:
    """The range that Supabase gives back of a list at most, said where the query says none."""
    alone = {"limit", "range", "single", "maybeSingle"} & set(names) or names[1] != "select"
    return "" if alone else f".range(0, {_MOST - 1})"


def _target(file: Handwriting, awaited: t.Await) -> t.Object | bool | None:
    """The pattern that takes `data` and `error` of the answer, nothing where the answer is not looked at; False for
    anything else."""
    row = file.statement(awaited)
    if row is awaited:
        return None
    if not isinstance(row, t.Assign) or row.value is not awaited or not isinstance(row.target, t.Object):
        return False
    return row.target if all(key in ("data", "error") for key, _ in row.target.entries) else False


def _columns(links: list[tuple[str, t.Call]]) -> tuple[str, ...]:
    """The columns that are asked for, as long as they are plain; `*` where all are."""
    args = next((call.args for word, call in links if word == "select"), None)
    if args is None or len(args) > 1:
        return ()
    asked = args[0] if args else None
    text = "*" if asked is None else str(asked.value) if isinstance(asked, t.Literal) else ""
    if text.strip() == "*":
        return ("*",)
    return tuple(one.strip() for one in text.split(",")) if _NAMES.match(text) else ()


def _written(file: Handwriting, word: str, node: t.Node, outside: dict[str, str]) -> str | None:
    """An argument as the server writes it; what it cannot know gets a name."""
    if isinstance(node, t.Literal) or (isinstance(node, t.Unary) and isinstance(node.value, t.Literal)):
        return file.of(node)
    if _NOW.match(file.of(node)):
        return file.of(node)
    if isinstance(node, t.Object | t.Array):
        return _whole(file, node, outside)
    if word in _FILTERS and isinstance(node, t.Name | t.Member):
        return _asked(file, node, outside)
    return None


def _whole(file: Handwriting, node: t.Object | t.Array, outside: dict[str, str]) -> str | None:
    entries = node.entries if isinstance(node, t.Object) else [("", one) for one in node.items]
    text, done = "", node.start
    for key, value in entries:
        if not isinstance(key, str):
            return None
        typed = isinstance(value, t.Name) and _is_plain(file, value.id)
        put = _asked(file, value, outside) if typed else _written(file, "", value, outside)
        if put is None:
            return None
        short = isinstance(value, t.Name) and key == value.id and not file.code[: value.start].rstrip().endswith(b":")
        text += file.code[done : value.start].decode("utf-8", "surrogatepass")
        text += f"{key}: {put}" if short and put != key else put
        done = value.end
    return text + file.code[done : node.end].decode("utf-8", "surrogatepass")


def _is_plain(file: Handwriting, name: str) -> bool:
    """Whether a name is a parameter that is a text, a number, or a yes or no."""
    kinds = [
        n.annotation.id if isinstance(n.annotation, t.Name) else ""
        for n in file.nodes
        if isinstance(n, t.Parameter) and any(isinstance(one, t.Name) and one.id == name for one in n.target.walk())
    ]
    declared = any(isinstance(n, t.Assign) and isinstance(n.target, t.Name) and n.target.id == name for n in file.nodes)
    return bool(kinds) and all(map(_PLAIN.match, kinds)) and not declared


def _asked(file: Handwriting, node: t.Node, outside: dict[str, str]) -> str | None:
    root = node
    while isinstance(root, t.Member):
        root = root.object
    if not isinstance(root, t.Name):
        return None
    told = file.of(node)
    last = re.findall(r"\w+", told)[-1]
    name = next(one for one in _free(last) if outside.get(one, told) == told)
    outside[name] = told
    return name


def _free(name: str) -> Iterator[str]:
    if name not in ("operation", "body", "data", "error", "user", "token", "supabase", "role", "json", "default"):
        yield name
    yield from (f"{name}{count}" for count in range(2, 100))
