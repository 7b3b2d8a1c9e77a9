"""Queries through supabase-js and supabase-py: `from("posts").select("*").eq("id", id)`, `rpc("name", {...})`."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

from apprescue.model.app import Filter, Query
from apprescue.model.trace import INPUT, Step, Value
from apprescue.source.chains import argument, merged, place_of, query_links, table_of, text, whole
from apprescue.source.known import plain

_VERBS = ("select", "insert", "update", "upsert", "delete")
_COMPARES = frozenset(
    "eq neq gt gte lt lte like ilike likeAllOf likeAnyOf ilikeAllOf ilikeAnyOf is is_ in in_ contains containedBy "
    "contained_by overlaps ov cs cd textSearch text_search fts plfts phfts wfts rangeGt rangeGte rangeLt rangeLte "
    "rangeAdjacent range_gt range_gte range_lt range_lte range_adjacent sl sr nxl nxr adj like_all_of like_any_of "
    "ilike_all_of ilike_any_of regexMatch regexIMatch isDistinct notIn".split()
)
_CALLS = _COMPARES | frozenset(
    "select insert update upsert delete match or or_ not not_ filter order limit range single maybeSingle "
    "maybe_single execute returns overrideTypes csv throwOnError abortSignal explain rollback geojson schema "
    "offset maxAffected max_affected stripNulls strip_nulls retry".split()
)
_NAMED = re.compile(r"\.*(?:\w+\s*:(?!:)\s*)?(?P<name>[\w*]+)[^(]*(?:\((?P<inner>.*)\))?", re.S)
_OR_COLUMN = re.compile(
    r"(?:^|[,(])\s*(?:and\(|or\(|not\.)?([A-Za-z_][\w.]*?)\.(?:not\.)?(?:eq|neq|gte?|lte?|i?like|is|in|cs|cd|fts)\."
)


def read(step: Step) -> Query | None:
    """The query that a finished chain of supabase calls is."""
    name = step.name
    if not (".from" in name or ".rpc" in name or ".table" in name) or ".storage" in name:
        return None
    links = query_links(step, _begins, _CALLS)
    if not links:
        return None
    first = links[0]
    if first.method != "rpc" and (len(links) < 2 or links[1].method not in _VERBS):
        return None
    return _query(links)


def _begins(link: Step) -> bool:
    if link.method == "rpc":
        return bool(link.args)
    return link.method in ("from", "from_", "table") and bool(link.args) and _is_text(link.args[0])


def _is_text(table: Value) -> bool:
    """Whether a table is named by a text (or a name that holds one), not by a table object."""
    return isinstance(table.constant, str) or (table.step is None and table.fields is None and table.function is None)


def _query(links: list[Step]) -> Query:
    verb = links[0] if links[0].method == "rpc" else links[1]
    selects = next((x for x in links if x.method == "select"), None)
    text = plain(selects.args[0]) if selects is not None and selects.args else "*" if selects else ""
    columns, embeds = _asked(text)
    limit, paged = _limit(links)
    counting = selects is verb and _says(verb, "head")
    written = argument(verb, 0 if verb.method != "rpc" else 1, "json", "params", "values")
    return Query(
        "supabase",
        table_of(links[0]).removeprefix("rpc:") or "?",
        "count" if counting else verb.method,
        place_of(links),
        links[-1],
        filters=tuple(f for link in links[1:] for f in _filters(link)),
        columns=columns,
        embeds=embeds,
        within=tuple(_within(text)),
        order=tuple(plain(x.args[0]) for x in links if x.method == "order" and x.args),
        limit=limit,
        paged=paged,
        single=any(x.method in ("single", "maybeSingle", "maybe_single") for x in links),
        as_whom=_as_whom(links[0]),
        written=written if verb.method not in ("select", "delete") else None,
    )


def _says(step: Step, option: str) -> bool:
    """Whether an option is set, in an object (`{head: true}`) or by name (`head=True`)."""
    given = [step.keywords, *(a.fields or {} for a in step.args)]
    return any(option in g and g[option].constant is True for g in given)


def _limit(links: list[Step]) -> tuple[int | None, bool]:
    limit, paged = None, False
    for link in links:
        if link.method == "limit" and link.args:
            limit = whole(link.args[0])
            paged |= limit is None
        elif link.method == "range" and len(link.args) > 1:
            first, last = whole(link.args[0]), whole(link.args[1])
            limit = last - first + 1 if first is not None and last is not None else limit
            paged = True
        elif link.method == "offset":
            paged = True
    return limit, paged


def _filters(link: Step) -> Iterator[Filter]:
    args = link.args
    if link.method in _COMPARES and len(args) > 1:
        denied = link.receiver is not None and link.name.removeprefix(link.receiver.name + "()").startswith(".not")
        yield Filter(plain(args[0]), "not." * denied + link.method.rstrip("_"), args[1])
    elif link.method in ("filter", "not", "not_") and len(args) > 2:
        yield Filter(plain(args[0]), "not." * (link.method != "filter") + plain(args[1]), args[2])
    elif link.method in ("or", "or_") and args:
        columns = dict.fromkeys(_OR_COLUMN.findall(_spelled(args[0])))
        yield Filter(",".join(columns) or "?", "or", args[0])
    elif link.method == "match" and args:
        yield from (Filter(column, "eq", value) for column, value in (args[0].fields or {"?": args[0]}).items())


def _spelled(value: Value) -> str:
    """A text with something in place of every part that is not literal."""
    if value.op == "text":
        return "".join(_spelled(v) for v in value.operands)
    return str(value.constant) if value.constant is not None else "x"


def _asked(select: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns and the embedded tables of a select text.

    >>> _asked("id, title, author:profiles!posts_author_fkey(name), comments(count)")
    (('id', 'title'), ('profiles', 'comments'))
    """
    columns, embeds = [], []
    for part in _parts(select):
        if "(" in part:
            alias, _, named = part.split("(")[0].strip().lstrip(".").partition(":")
            name = (named or alias).split("!")[0].strip()
            embeds.append(alias.strip() if named and name.endswith("_id") else name)
        elif part:
            columns.append(part.partition(":")[2].strip() or part)
    return tuple(columns), tuple(embeds)


def _within(select: str, table: str = "") -> Iterator[str]:
    """What a select text asks for of embedded tables, at any depth.

    >>> list(_within("id, author:profiles!posts_author_fkey(name, teams(id, size:places::text))"))
    ['profiles.name', 'teams.id', 'teams.places']
    """
    for part in _parts(select):
        named = _NAMED.match(part)
        if named and named["inner"] is not None:
            yield from _within(named["inner"], named["name"])
        elif named and table:
            yield f"{table}.{named['name']}"


def _parts(select: str) -> Iterator[str]:
    depth, current = 0, ""
    for sign in select:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            yield current.strip()
            current = ""
        else:
            current += sign
    yield current.strip()


def _as_whom(step: Step) -> str:
    """Whose rights a client has, told from how it was made."""
    made = step.chain[0]
    bare = made.name.rpartition(".")[2]
    if made is step or "lient" not in made.name:
        named = step.name.lower()
        return "service" if "admin" in named or "service" in named else "server"
    key = argument(made, 1, "supabase_key", "supabaseKey", "key")
    whose = _of_key(key) if key is not None else ""
    if whose == "service":
        return whose
    if bare.startswith(("createBrowser", "createClientComponent", "createPagesBrowser")):
        return "browser"
    if "@supabase/ssr" in made.name or "auth-helpers" in made.name or _carries_token(made):
        return "user"
    return whose or "server"


def _of_key(key: Value) -> str:
    names = " ".join(o for o in key.all_origins if o.startswith("env.")).upper()
    if "SERVICE" in names or "SECRET" in names or "ADMIN" in names:
        return "service"
    literal = text(key)
    if literal.startswith("sb_secret_") or _role(literal) == "service_role":
        return "service"
    public = "ANON" in names or "PUBLI" in names or "VITE_" in names
    return "browser" if public or literal.startswith("sb_publishable_") or _role(literal) == "anon" else ""


def _role(token: str) -> str:
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return ""
    return str(claims.get("role", "")) if isinstance(claims, dict) else ""


def _carries_token(made: Step) -> bool:
    """Whether the caller's own token goes with every request."""
    for value in made.values:
        authorization = (value.fields or {}).get("Authorization")
        if authorization is not None and (authorization.comes_from(*INPUT) or not _of_key(merged([authorization]))):
            return True
    return False
