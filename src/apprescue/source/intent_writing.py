"""Who is meant to add and change a table's rows, and which columns are never the owner's own to set.

It is longer than a room should be because all of it is one judgement over the same table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apprescue.model.app import App
from apprescue.model.schema import Column, Policy, Schema, Table
from apprescue.source.intent_owners import Ownership
from apprescue.source.intent_words import (
    asks_for_approval,
    for_whom,
    gives_rights,
    is_counted,
    is_counter,
    is_lookup,
    is_notice,
    is_record,
    lists_members,
    pays_referrers,
    stands_for_money,
)
from apprescue.source.meaning import is_content
from apprescue.source.powers import decided_by_others, kind_of
from apprescue.source.sql_access import Who
from apprescue.source.sql_rights import Door, opened_by_members, people_like, writing
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import (
    decides_payment,
    is_drop_box,
    is_people_table,
    is_receiver,
    is_usage,
    is_wish,
    owner_columns,
    power,
)

_NEVER_OWN = ("role", "money", "plan", "payout account", "trust", "ban", "reach")
_JUDGED = re.compile(r"'(?:approved|verified|rejected|suspended|banned)'", re.I)
_NUMBER = re.compile(r"int|numeric|decimal|real|double|float|bigint|smallint|number", re.I)
_SOLD_PLAN = re.compile(
    r"^(?:subscription|billing)_|^(?:is_)?(?:premium|pro|vip|paid|subscribed)(?:_|$)|^premium_", re.I
)
_ENGAGED = re.compile(
    r"^(?:status|is_active|active|role|activated_at|share\w*|split\w*|percentage|salary|hourly_rate)$", re.I
)
_CHARGED = re.compile(
    r"payment_intent|checkout_session|stripe_(?:session|charge|payment|checkout)|paypal_(?:order|payment)|"
    r"razorpay_(?:order|payment)|paystack_ref|payment_(?:reference|provider_id)",
    re.I,
)
_PAID = re.compile(r"^payment_status$|^(?:is_)?paid$|^paid_at$|^amount_paid$|^platform_fee", re.I)
_AWARD = re.compile(
    r"(?:^|_)(?:user|member|player|earned|student)_(?:badges?|achievements?|awards?|trophies|medals|certificates?)$|"
    r"(?:^|_)(?:xp|points?)_(?:logs?|history|entries)$",
    re.I,
)
_HOST = re.compile(
    r"(?:agency|owner|host|brand|employer|compan(?:y|ies)|organi[sz]ation|org|manager|invited|added|assigned|created|"
    r"creator|artist|venue|team|business|studio)(?:_|$)",
    re.I,
)
_ASKING = re.compile(r"amount|price|quantity|total|type|value|points", re.I)


@dataclass(frozen=True, slots=True)
class Writing:
    """Who is meant to write, in the words of `Meant`."""

    insert: bool | None = None
    update: bool | None = None
    delete: bool | None = None
    anon_insert: bool | None = None
    anyone: bool | None = None
    pinned: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    kinds: dict[str, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)


def writing_of(app: App, table: Table, own: Ownership, own_books: bool) -> Writing:
    """Who is meant to write rows of a table."""
    kinds, titles = _kinds(app, table, own, own_books)
    two = any(map(is_receiver, own.owners)) or len(own.owners) + len(own.through) > 1
    answered = ("status",) if two and kinds.get("status") == "trust" and not people_like(table) else ()
    insert, why = _insert(app.schema, table, own, own_books)
    anon, why_anon = _anon_insert(app.schema, table, own)
    owned = bool(own.owners or own.through)
    money, promised = _keeps_money(table, own_books), _promised(app.schema, table)
    fixed = _fixed(table, owned, own_books)
    reasons = {name: _reason(kind, table) for name, kind in kinds.items()}
    reasons |= {"insert": why, "anon_insert": why_anon}
    if fixed:
        reasons["update"] = fixed
    return Writing(
        insert,
        False if fixed else True if owned else None,
        False if fixed or (money and promised) else True if owned and not money else None,
        anon,
        False if fixed or _staffs(table) or money or promised else None,
        tuple(c for c in kinds if c not in answered),
        answered,
        tuple(c for c, k in kinds.items() if k != "counter")
        if _added_by_firm(app.schema, table, own) or engages(table, own)
        else (),
        kinds,
        titles,
        {topic: text for topic, text in reasons.items() if text},
    )


def _promised(schema: Schema, table: Table) -> bool:
    """Whether every rule that opens the table for changes says that it is for the server or the staff."""
    doors = [d for c in ("update", "delete") for d in writing(schema, table, c) if d.who >= Who.MEMBERS]
    return bool(doors) and all(for_whom(d.policy.name) in ("server", "staff") for d in doors)


def _keeps_money(table: Table, own_books: bool) -> bool:
    return stands_for_money(table) and not own_books


def _staffs(table: Table) -> bool:
    return is_lookup(table.name) or bool(re.search(r"settings|config|flags?$", bare(table.name)))


def _fixed(table: Table, owned: bool, own_books: bool) -> str:
    """Why no user may change or delete a row of the table, once it is there; empty where he may."""
    name = bare(table.name)
    if gives_rights(table.name):
        return f"{name} says who may do what; only the staff changes it."
    if is_record(table.name) or (is_counted(table.name) and not owned and not re.search(r"(?:^|_)events?$", name)):
        return f"{name} records what happened; nobody changes that afterwards."
    if is_usage(table.name):
        return f"{name} counts what is left of an allowance; only the server may change it."
    if _keeps_money(table, own_books) and re.search(r"transaction|ledger|payment|earning|payout(?!_req)|audit", name):
        return f"{name} is a record of money; only the server changes it."
    return ""


def _insert(schema: Schema, table: Table, own: Ownership, own_books: bool) -> tuple[bool | None, str]:
    """Whether a signed-in user is meant to add rows of his own, and why."""
    name = bare(table.name)
    doors = list(writing(schema, table, "insert"))
    served = bool(doors) and all(for_whom(d.policy.name) == "server" and d.who is not Who.OWNER for d in doors)
    if gives_rights(table.name):
        return False, f"{name} says who may do what; nobody gives himself a role."
    if is_record(table.name):
        return False, f"{name} is the app's own record; a user could write anything into it."
    if _keeps_money(table, own_books) and re.search(r"(?:^|_)orders?$", name) and _states(table):
        return True, f"Customers open rows in {name}; what they may not say is that they are paid."
    if _keeps_money(table, own_books) and not is_wish(table.name):
        held = _opens_as_pending(table, own, doors)
        if held:
            return True, f'The rule "{held.name}" lets a user open a row in {name} that the server completes.'
        return False, f"A row in {name} stands for money that was paid; only the server knows that."
    if served:
        return False, f"By its name, the rule that opens {name} is for the server."
    if is_notice(table.name):
        return None, ""
    if _AWARD.search(name):
        return False, f"A row in {name} is an award; nobody gives himself one."
    unasked = any(d.who in (Who.OWNER, Who.MEMBERS) and not d.asked for d in doors)
    joins = unasked and lists_members(table.name) and not engages(table, own)
    if joins and (opened := opened_by_members(schema, table.name)):
        return False, f"Whoever is listed in {name} reads {bare(opened[0])}; nobody should let himself in."
    if own.owners or own.through:
        return True, ""
    if _staffs(table):
        return False, f"{name} is a list that the staff keeps."
    return (True, "") if is_drop_box(table.name) or is_counted(table.name) else (None, "")


def _states(table: Table) -> set[str]:
    return {c.name for c in table.columns if c.name in ("status", "payment_status", "order_status")}


def _opens_as_pending(table: Table, own: Ownership, doors: list[Door]) -> Policy | None:
    """The rule through which a user may open a row that the server completes: it holds the row's status, or asks
    another table whether he may."""
    free = [d for d in doors if d.who >= Who.RELATED]
    told = _states(table)
    ours = {t.table for t in own.through} | {f.to_table for f in table.foreign_keys if is_people_table(f.to_table)}
    if not free or not all((told and told <= d.held) or (d.asked - ours and not d.owners) for d in free):
        return None
    return free[0].policy


def _anon_insert(schema: Schema, table: Table, own: Ownership) -> tuple[bool | None, str]:
    """Whether a visitor who is not signed in is meant to add rows, and why."""
    name = bare(table.name)
    doors = [d for d in writing(schema, table, "insert") if d.who is Who.EVERYONE]
    named = {for_whom(d.policy.name) for d in doors}
    if "server" in named or "staff" in named:
        return False, f"By its name, the rule that opens {name} is not for visitors."
    if stands_for_money(table) or gives_rights(table.name) or is_record(table.name) or is_notice(table.name):
        return False, f"{name} is nothing that a visitor may write."
    if is_drop_box(table.name) or is_counted(table.name):
        return True, f"Visitors are meant to leave rows in {name}; they hold nothing of others'."
    if pays_referrers(table.name):
        return False, f"Rows in {name} lead to money for somebody."
    if "all" in named and not own.authors:
        return None, f"The rule says that anyone may add rows to {name}."
    return (None if "all" in named else False), f"Rows in {name} belong to somebody who is signed in."


def _kinds(app: App, table: Table, own: Ownership, own_books: bool) -> tuple[dict[str, str], tuple[str, ...]]:
    """The columns that are never the owner's own to set, with what they hold; and those that may be mere titles."""
    kinds: dict[str, str] = {}
    titles: list[str] = []
    skip = {*own.owners, *table.primary_key}
    for column, kind in _powerful(app, table, own, own_books):
        if column.name in skip or column.generated:
            continue
        if kind == "title":
            titles.append(column.name)
        else:
            kinds.setdefault(column.name, kind)
    return kinds, tuple(dict.fromkeys(titles))


def _powerful(app: App, table: Table, own: Ownership, own_books: bool) -> Iterator[tuple[Column, str]]:
    person = people_like(table) and not stands_for_money(table)
    engaged = person and _of_another(app.schema, table, own)
    for column in table.columns:
        if is_usage(table.name):
            if _NUMBER.search(column.type) or is_counter(column):
                yield column, "quota"
        elif _keeps_money(table, own_books):
            if decides_payment(column) and not (is_wish(table.name) and _ASKING.search(column.name)):
                yield column, power(column.name) or "decision"
        elif person:
            kind = kind_of(app, table, column)
            kind = "plan" if kind == "title" and _SOLD_PLAN.search(column.name) else kind
            kind = "trust" if engaged and _ENGAGED.search(column.name) and kind in ("", "title") else kind
            if kind == "title" or (kind in _NEVER_OWN and not (kind == "money" and own_books)):
                yield column, kind
        elif kind := _judged(app.schema, table, column) or _charged(table, column):
            yield column, kind
        if is_counter(column):
            yield column, "counter"


def _of_another(schema: Schema, table: Table, own: Ownership) -> bool:
    """Whether a person's row is his place in somebody else's firm: an employee of a venue."""
    if not own.owners or is_content(table.name):
        return False
    parents = [schema.table(f.to_table) for f in table.foreign_keys if f.columns[0] not in own.owners]
    firms = [p for p in parents if p is not None and p.name != table.name and is_people_table(p.name)]
    return any(owner_columns(firm) for firm in firms)


def _added_by_firm(schema: Schema, table: Table, own: Ownership) -> bool:
    """Whether rows about a person are added by somebody else: no rule lets the person himself add one."""
    doors = [d for d in writing(schema, table, "insert") if d.who >= Who.RELATED]
    return bool(doors and own.owners) and not any(d.owners & set(own.owners) or d.who >= Who.MEMBERS for d in doors)


def engages(table: Table, own: Ownership) -> bool:
    """Whether rows list whom their author engaged: an agency's people, a host's helpers."""
    others = set(own.owners) - set(own.authors)
    by_host = bool(own.authors) and all(map(_HOST.match, own.authors)) and not any(map(_HOST.match, others))
    return lists_members(table.name) and bool(others) and by_host


def _judged(schema: Schema, table: Table, column: Column) -> str:
    """The kind of a column by which the staff answers, in tables that are not about persons."""
    kind = power(column.name)
    if kind in ("trust", "ban") and re.search(
        r"approv|moderation|verification_status|verified_|suspen|banned", column.name
    ):
        return kind
    if column.name != "status" or not decided_by_others(schema, table, column):
        return ""
    judged = any(_JUDGED.search(c) and "status" in c for c in table.checks)
    return "trust" if asks_for_approval(table.name) or judged else ""


def _charged(table: Table, column: Column) -> str:
    """The kind of a column that says what was paid, in a table whose rows a payment provider charges: bookings."""
    if not any(_CHARGED.search(c.name) for c in table.columns):
        return ""
    total = bool(re.match(r"total_(?:cost|price|amount)$", column.name)) and table.column("payment_status") is not None
    return "decision" if total or _PAID.search(column.name) else ""


_WHY = {
    "role": "it gives rights over others",
    "money": "it is money",
    "plan": "it says what was paid for",
    "payout account": "it says where the money goes",
    "trust": "somebody else vouches with it",
    "ban": "it locks a person out",
    "reach": "it decides what others' rows a person reads",
    "decision": "it says what is paid, how much or until when",
    "quota": "it counts what is left of an allowance",
    "counter": "it counts what others did",
}


def _reason(kind: str, table: Table) -> str:
    return f"Not the owner's to set in {bare(table.name)}: {_WHY[kind]}."
