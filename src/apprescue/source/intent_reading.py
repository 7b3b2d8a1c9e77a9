"""Who is meant to read a table's rows: what its rules say of themselves, its name, and what the app's pages show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from apprescue.model.app import Query
from apprescue.model.database import ident
from apprescue.model.schema import Column, Policy, Schema, Table
from apprescue.source.intent_owners import Ownership
from apprescue.source.intent_words import for_whom, is_kept, is_lookup, is_shown, names_room, stands_for_money
from apprescue.source.sql_access import Way, Who
from apprescue.source.sql_rights import people_like, reading
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_goods, is_lock, is_price_list, is_receiver, is_talk, secrecy

_VISITORS = re.compile(
    r"(?i)(?:^|[/_-])(?:index|home|landing|explore|discover|browse|search|feed|public\w*|pricing|market(?:place)?|shop|"
    r"store|blog|gallery|leaderboard|creators?|artists?|profile|channel|watch|tip|u|share|embed|\[(?:slug|username|handle)\])"
    r"(?:page)?(?:$|[/._-])"
)
_NOT_PUBLIC = re.compile(
    r"\b(?:private|confidential|internal|sensitive|not public|never public|only (?:for|the|visible))\b", re.I
)
_PUBLIC = re.compile(r"\bpublic(?:ly)?\b|\b(?:visible|readable|shown) (?:to|by) (?:all|every)", re.I)
_HIDES = re.compile(r"^(?:is_)?(?:private|hidden|draft)$", re.I)
_SHOWS = re.compile(r"^(?:is_)?public$", re.I)
_SHOP_WINDOW = re.compile(r"preview|cover|thumb|avatar|logo|icon|banner|poster|teaser|trailer", re.I)
_FREE = re.compile(r"=\s*'(?:free|public|published|everyone)'|\bis_(?:free|public|published)\b", re.I)
_CALLED = re.compile(r"\b(\w+)\s*\(")
_OPEN_VALUES = "'', 'public', 'free', 'everyone', 'all', 'none', 'open', '0'"


@dataclass(frozen=True, slots=True)
class Reading:
    """Who is meant to read a table's rows, in the words of `Meant`. `guess` is our reading where it stays open."""

    public: bool | None = None
    public_when: str = ""
    shared: bool | None = None
    shared_when: str = ""
    paid: bool = False
    sold: tuple[str, ...] = ()
    why: str = ""
    guess: bool = False
    linked: bool = False


@dataclass(frozen=True, slots=True)
class _Door:
    policy: Policy
    way: Way
    whole: bool
    said: bool | None
    why: str


def reading_of(schema: Schema, table: Table, own: Ownership, queries: Iterable[Query], comment: str = "") -> Reading:
    """Who is meant to read the rows of a table. `comment` is what stands at the table in the database."""
    if _NOT_PUBLIC.search(comment):
        return Reading(
            False, shared=False, why=f"The comment at {bare(table.name)} says that it is private.", linked=True
        )
    shown_at = _shown_at(table, own, queries)
    if not shown_at and _PUBLIC.search(comment):
        shown_at = ", and the comment at the table says that it is public"
    if table.rls is not True and not schema.policies_of(table.name):
        return _without_rules(table, own, shown_at)
    if is_shown(table.name) and not _private(table) and not any(True for _ in reading(schema, table)):
        why = f"No rule shows a row of {bare(table.name)} to any user, not even to its owner."
        return Reading(None, shared=None, why=why, guess=True)
    linked = any(w.who is Who.RELATED for _, w in reading(schema, table))
    doors = [
        _judged(table, own, p, w, shown_at) for p, w in reading(schema, table) if w.who >= Who.MEMBERS and not w.owners
    ]
    if not doors and linked and _some_for_all(schema, table, own):
        why = f"The rules of {bare(table.name)} pick rows for all as well, by what they hang on."
        when, paid, sold = _held_with_parent(schema, table)
        meant = True if when else None
        return Reading(meant, when, meant, when, paid, sold, why, meant is None and is_shown(table.name), linked=True)
    if not doors:
        return Reading(
            False, shared=False, why="Its own rules show a row only to those whom it concerns.", linked=linked
        )
    public, members = ([d for d in doors if d.way.who is who] for who in (Who.EVERYONE, Who.MEMBERS))
    leading = _best(public) or _best(members)
    assert leading is not None
    above = "" if leading.said is not None else _closed_above(schema, table, own)
    if above:
        return Reading(
            False, shared=False, why=f"Rows of {bare(table.name)} are parts of those of {above}.", linked=linked
        )
    signed_in = [d for d in doors if d.policy.roles != ("anon",)] or public
    shared = _best(signed_in)
    others = _linked(schema, table)
    told = Reading(
        _said(public) if public else False,
        _condition(public, others),
        shared.said if shared else None,
        _condition(signed_in, others),
        why=leading.why,
        guess=is_shown(table.name) and not _private(table),
        linked=linked,
    )
    when, paid, sold = _held_back(table)
    if not when:
        when, paid, sold = _held_with_parent(schema, table)
    if when and leading.said and not _condition(public or members, []):
        told = replace(told, public_when=when if public else "", shared_when=when, paid=paid, sold=sold)
    return told


def _closed_above(schema: Schema, table: Table, own: Ownership) -> str:
    """The table whose rows these belong to, where its rules show them only to those whom they concern."""
    parents = (
        [p for t in own.through if (p := schema.table(t.table)) and schema.policies_of(p.name)]
        if not own.owners
        else []
    )
    closed = [p for p in parents if not any(w.who >= Who.MEMBERS and not w.owners for _, w in reading(schema, p))]
    return bare(closed[0].name) if closed and len(closed) == len(parents) and not is_shown(table.name) else ""


def _some_for_all(schema: Schema, table: Table, own: Ownership) -> bool:
    """Whether rules that ask who calls also look for what is free or public, themselves or in what they call: posts
    of a free tier, and what is said beneath them."""
    if _private(table) or (is_talk(table.name) and not is_shown(table.name)) or any(map(is_receiver, own.owners)):
        return False
    text = " ".join(p.using for p, w in reading(schema, table) if w.who is Who.RELATED)
    if is_shown(table.name):
        called = (schema.function(f"public.{name}") for name in set(_CALLED.findall(text)))
        text += " ".join(function.body for function in called if function)
    return bool(_FREE.search(text))


def _said(doors: list[_Door]) -> bool | None:
    best = _best(doors)
    return best.said if best else None


def _condition(doors: list[_Door], linked: list[str]) -> str:
    """What rows of meant doors must meet; empty where one shows all rows, or where none is meant."""
    meant = [d for d in doors if d.said]
    if not meant or any(d.whole for d in meant):
        return ""
    return " or ".join(dict.fromkeys(f"({using})" for using in (*(d.policy.using for d in meant), *linked)))


def _linked(schema: Schema, table: Table) -> list[str]:
    """The conditions of rules that also ask who calls: what they show to one who is nobody is shown to all."""
    ways = [(p, w) for p, w in reading(schema, table) if w.who is Who.RELATED and p.command == "select"]
    return list(dict.fromkeys(p.using for p, w in ways if not w.owners and {"public", "anon"} & set(p.roles)))


def _best(doors: list[_Door]) -> _Door | None:
    """The door that says most of what is meant: one that is meant, then one of which it is not known."""
    return min(doors, key=lambda d: (d.said is False, d.said is None), default=None)


def _judged(table: Table, own: Ownership, policy: Policy, way: Way, shown_at: str) -> _Door:
    whole = _whole(table, policy)
    said, why = _meaning(table, own, policy, whole, shown_at)
    return _Door(policy, way, whole, said, why)


def _whole(table: Table, policy: Policy) -> bool:
    """Whether a rule shows all rows alike: its condition asks for none of their columns."""
    return not any(re.search(rf"\b{re.escape(c.name)}\b", policy.using) for c in table.columns)


def _meaning(table: Table, own: Ownership, policy: Policy, whole: bool, shown_at: str) -> tuple[bool | None, str]:
    """Whether a rule that lets strangers read was meant to, and why."""
    name, named = bare(table.name), for_whom(policy.name)
    rule = f'the rule "{policy.name}"'
    if named == "server" or (named == "staff" and not is_shown(table.name)):
        return False, f"By its name, {rule} is for the {named}, not for visitors."
    if not whole and policy.command != "all":
        kept = stands_for_money(table) or any(map(is_receiver, own.owners))
        return (None if kept else True), f"The condition of {rule} picks the rows that are to be seen."
    sent = any(map(is_receiver, own.owners))
    if sent and _private(table):
        return False, f"{name} holds what one person sent to another."
    if sent or _private(table):
        if named == "all" and (_watched(table) or shown_at):
            return True, f"The rule says that all may read {name}{shown_at}."
        if named == "all" and not _secret(table):
            return None, f"{name} looks like something private, yet {rule} says that all may read it."
        return False, f"{name} holds what is only its owner's business."
    if named == "own" and not is_lookup(table.name):
        return False, f"By its name, {rule} is for the owner's rows only."
    if policy.command == "all" and policy.using and not policy.check and whole and not is_lookup(table.name):
        return None, f"{rule.capitalize()} opens reading and writing at once."
    if named == "all" or is_shown(table.name) or shown_at:
        said = f"{rule.capitalize()} says so" if named == "all" else f"{name} is what such apps show to visitors"
        return True, f"{said}{shown_at}."
    return None, f"{rule.capitalize()} lets strangers read {name}; nothing else shows whether that is meant."


def _without_rules(table: Table, own: Ownership, shown_at: str) -> Reading:
    name = bare(table.name)
    if _private(table) or any(map(is_receiver, own.owners)):
        return Reading(False, shared=False, why=f"{name} holds what is only its owner's business.")
    if is_lookup(table.name) and not own.owners:
        return Reading(True, shared=True, why=f"{name} is a list that the app shows.")
    if shown_at and is_shown(table.name):
        when, paid, sold = _held_back(table)
        return Reading(True, when, True, when, paid, sold, f"{name} is what such apps show to visitors{shown_at}.")
    if own.owners and not is_shown(table.name):
        return Reading(False, shared=False, why=f"Rows of {name} belong to somebody; nothing shows them to others.")
    why = f"No rule says who may read {name}."
    return Reading(None, shared=None, why=why, guess=is_shown(table.name))


def _private(table: Table) -> bool:
    return is_kept(table) and not is_price_list(table.name)


def _secret(table: Table) -> bool:
    return any(secrecy(c) == "secret" for c in table.columns)


def _watched(table: Table) -> bool:
    """Whether rows are words said in front of all who watch a stream or attend an event."""
    return any(names_room(c.name) for c in table.columns)


def _held_back(table: Table) -> tuple[str, bool, tuple[str, ...]]:
    """The rows that are for all though the rule shows every row: those that no lock or private mark holds back."""
    locks = [c for c in table.columns if is_lock(c.name)]
    goods = tuple(c.name for c in table.columns if is_goods(c.name))
    ordinary = people_like(table) or is_talk(table.name) or is_price_list(table.name)
    if locks and goods and not ordinary:
        return " and ".join(map(_unlocked, locks)), True, goods
    marks = [c for c in table.columns if c.type.startswith("bool") and (_HIDES.match(c.name) or _SHOWS.match(c.name))]
    if marks and not ordinary:
        return " and ".join(map(_unlocked, marks)), False, ()
    return "", False, ()


def _held_with_parent(schema: Schema, table: Table) -> tuple[str, bool, tuple[str, ...]]:
    """Files of a post are for those for whom the post is: where its rules pick them by a lock, the files follow."""
    named = [c.name for c in table.columns if not _SHOP_WINDOW.search(c.name)]
    goods = tuple(name for name in named if is_goods(name) or name.endswith(("_path", "_url")))
    if not goods or is_talk(table.name) or people_like(table):
        return "", False, ()
    for key in table.foreign_keys:
        parent = schema.table(key.to_table)
        if parent is None or len(key.columns) != 1 or not any(is_lock(c.name) for c in parent.columns):
            continue
        open_to = [p for p, w in reading(schema, parent) if w.who is Who.EVERYONE]
        if open_to and not any(_whole(parent, p) for p in open_to):
            shown = " or ".join(dict.fromkeys(f"({p.using})" for p in open_to))
            above, own = ident(parent.name), ident(table.name)
            target = ident((key.to_columns or ("id",))[0])
            link = f"{above}.{target} = {own}.{ident(key.columns[0])}"
            return f"exists (select 1 from {above} where {link} and ({shown}))", True, goods
    return "", False, ()


def _unlocked(column: Column) -> str:
    name = ident(column.name)
    if column.type.startswith("bool"):
        return f"coalesce({name}, true)" if _SHOWS.match(column.name) else f"not coalesce({name}, false)"
    if re.match(r"numeric|int|bigint|smallint|real|double|decimal|money", column.type):
        return f"coalesce({name}, 0) = 0"
    if column.type == "uuid":
        return f"{name} is null"
    return f"lower(coalesce({name}::text, '')) in ({_OPEN_VALUES})"


def _shown_at(table: Table, own: Ownership, queries: Iterable[Query]) -> str:
    """Where a page that needs no login, as its name says, asks for others' rows; empty where none does."""
    for query in queries:
        mine = any(f.column in own.owners and not f.value.is_input for f in query.filters)
        theirs = query.operation == "select" and query.as_whom in ("browser", "user") and not mine
        if theirs and _VISITORS.search(query.place.path):
            return f", and {query.place} shows it"
    return ""
