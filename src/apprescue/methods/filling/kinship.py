"""Who stands in which column: the person a row belongs to, the other party, and the rows that it hangs on.

A column holds a person because it points at the accounts, because a policy compares it with the user's id, or by its
name. It holds another row because of a foreign key, or because the app's own conditions join it with that table's key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apprescue.methods.conditions import Asked
from apprescue.model.catalog import Attribute, Catalog, Reference, Relation

ACCOUNTS = "auth.users"
PEOPLE = (
    "user owner author sender recipient receiver follower following followed followee subscriber fan creator "
    "buyer seller customer viewer reviewer reporter requester invitee inviter friend member participant actor "
    "uploader assignee host guest student teacher client artist payer payee referrer account blocker tipper "
    "donor supporter moderator admin employee profile liker commenter booker"
).split()
NAMED = re.compile(
    rf"^(?:\w+_)?(?:{'|'.join(PEOPLE)})s?(?:_?\d|_[ab]|_one|_two)?(?:_user|_profile)?_?(?:id|uid|uuid)$"
    r"|^(?:auth|clerk|supabase|blocked|reported|referred|from|to|target)_(?:id|uid|user)$"
    r"|^(?:created|uploaded|posted|submitted|sent|owned|written|requested|invited|reported|added)_by(?:_id|_user_id)?$|^uid$",
    re.IGNORECASE,
)
EXTERNAL = re.compile(
    r"stripe|paypal|google|discord|apple|facebook|twitter|tiktok|instagram|youtube|spotify|telegram|external|provider|"
    r"connect|paystack|twitch|github|device|anonymous|session|visitor|customer",
    re.IGNORECASE,
)
STAFF = re.compile(
    r"^(?:\w+_)?(?:approved|reviewed|processed|verified|resolved|granted|banned|moderated|assigned|updated|deleted|"
    r"cancelled|canceled|rejected|closed|handled|issued|edited|modified|invited|added|changed|performed|suspended|"
    r"blocked|removed|checked|paid|unlocked|revoked|locked|answered|completed|archived|pinned|graded|responded|set)_"
    r"(?:by|to)(?:_id|_user_id|_admin)?$|^(?:\w+_)?(?:moderator|admin|manager|agent|staff|support)(?:_user)?_id$",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"recipient|receiver|(?:^|_)to(?:_|$)|target|follow(?:ing|ed|ee)|blocked|reported|referred|invitee|payee|seller|"
    r"creator|streamer|artist|host|friend|addressee|reviewee|(?:participant|user|member|profile)_?(?:2|b|two)(?:_|$)|second|"
    r"model|performer|influencer|venue|organizer|merchant|talent|employee|other|counter|driver|provider|coach|mentor",
    re.IGNORECASE,
)
SAME = re.compile(
    r"^(?:user|owner|author|profile|account|auth)(?:_user)?_(?:id|uid)$|^(?:created|uploaded|posted)_by$|^id$|^uid$"
)
TEAM = re.compile(r"team|organi[sz]ation|(?:^|[_.])orgs?(?:_|$)|workspace|tenant|compan(?:y|ies)|agenc|household|famil|"
                  r"business|venue|franchise|department|clinic|school|firm|studio|club", re.IGNORECASE)  # fmt: skip
CREW = re.compile(
    r"member|collaborator|staff|employee|teammate|manager|assistant|moderator|editor|_admins?$", re.IGNORECASE
)
PERSONS = re.compile(r"\.(?:app_|auth_)?(?:users?|accounts?)$", re.IGNORECASE)


class Side(StrEnum):
    """Whose place a column is: the row's own person, the other party, or somebody of the staff."""

    SELF = "self"
    OTHER = "other"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Kin:
    """What is known of a table's columns that hold people or other rows.

    `people` maps a column that holds a user's id to its side; `links` are references to other tables, foreign keys
    first and then those known by the app's conditions or by name; `sides` gives the side of a link to a table of
    which each person has one row at most, as `profile` says of this one.
    """

    table: Relation
    people: dict[str, Side]
    links: tuple[Reference, ...]
    sides: dict[tuple[str, ...], Side]
    profile: bool = False

    @property
    def own(self) -> tuple[str, ...]:
        """The columns that hold the user's id of the row's own person."""
        return tuple(name for name, side in self.people.items() if side is Side.SELF)

    @property
    def two_sided(self) -> bool:
        """Whether the row stands between two people."""
        return Side.OTHER in self.people.values() or Side.OTHER in self.sides.values()

    @property
    def personal(self) -> bool:
        """Whether some column, or a link to somebody's profile, says whose row it is."""
        return Side.SELF in self.people.values() or Side.SELF in self.sides.values()

    def filled_from_elsewhere(self) -> frozenset[str]:
        """The columns whose values are other rows' keys or users' ids."""
        return frozenset(self.people) | {name for link in self.links for name in link.columns}


def kinship(catalog: Catalog, asked: Mapping[str, Mapping[str, Asked]]) -> dict[str, Kin]:
    """What is known of the columns of every table, by its name."""
    tables = [relation for relation in catalog.relations if relation.kind == "table" and not relation.partition_of]
    direct: dict[str, tuple[list[str], tuple[Reference, ...]]] = {}
    for table in tables:
        heard = asked.get(table.name, {})
        links = (*_foreign(table), *_soft(catalog, table, heard))
        linked = {name for link in links for name in link.columns}
        people = [column.name for column in table.columns
                  if _holds_user(table, column, heard.get(column.name), linked)]  # fmt: skip
        direct[table.name] = people, tuple(link for link in links if not set(link.columns) <= set(people))
    profiles = _profiles(tables, direct)
    return {table.name: _sided(table, *direct[table.name], profiles) for table in tables}


def _foreign(table: Relation) -> Iterable[Reference]:
    return (link for link in table.references if link.to != ACCOUNTS)


def _holds_user(table: Relation, column: Attribute, asked: Asked | None, linked: set[str]) -> bool:
    if any(link.to == ACCOUNTS and link.columns == (column.name,) for link in table.references):
        return True
    if column.base not in ("uuid", "text", "character varying") or column.is_array:
        return False
    if asked is not None and asked.user:
        return not any(link.columns == (column.name,) for link in table.references)
    if column.name in linked or (column.base != "uuid" and EXTERNAL.search(column.name)):
        return False
    name = snake(column.name)
    return bool(NAMED.search(name) or (STAFF.search(name) and column.base == "uuid"))


def _soft(catalog: Catalog, table: Relation, heard: Mapping[str, Asked]) -> Iterable[Reference]:
    """Columns without a foreign key that the app joins with another table's key, or that are named after one."""
    bound = {name for link in table.references for name in link.columns} | set(table.primary_key[:1])
    for column in table.columns:
        if column.name in bound or column.is_array or column.generated:
            continue
        joined = heard[column.name].joined if column.name in heard else []
        if column.name in heard and heard[column.name].user:
            continue
        for to, key in (*joined, *_named_after(catalog, column.name)):
            target = catalog.relation(to)
            key_column = target.column(key) if target is not None else None
            if (
                target is not None
                and key_column is not None
                and target.kind == "table"
                and to != table.name
                and (key,) in target.unique
                and (not target.references or (key, ACCOUNTS) not in {(r.columns[0], r.to) for r in target.references})
                and key_column.base == column.base
                and not any(link.columns == (key,) and link.to == table.name for link in target.references)
            ):
                yield Reference((column.name,), to, (key,))
                break


def _named_after(catalog: Catalog, name: str) -> list[tuple[str, str]]:
    stem = re.sub(r"_(id|uuid)$", "", name)
    if stem == name or stem == "user":
        return []
    wanted = {stem, f"{stem}s", f"{stem}es", re.sub(r"y$", "ies", stem), f"{stem}_profiles", f"{stem}_profile"}
    return [(relation.name, "id") for relation in catalog.relations
            if relation.kind == "table" and relation.name.rpartition(".")[2] in wanted]  # fmt: skip


def _profiles(
    tables: Sequence[Relation], direct: Mapping[str, tuple[list[str], tuple[Reference, ...]]]
) -> frozenset[str]:
    """The tables with one row at most for each person: profiles, creators, and what each of those has one of."""
    found = {table.name for table in tables if any((name,) in table.unique for name in direct[table.name][0])}
    found |= {table.name for table in tables if PERSONS.search(table.name) and table.column("email") is not None}
    grown = True
    while grown:
        keyed = ((table, link) for table in tables for link in direct[table.name][1] if link.columns in table.unique)
        more = {table.name for table, link in keyed if link.to in found}
        grown = bool(more - found)
        found |= more
    return frozenset(found)


def _sided(table: Relation, people: list[str], links: tuple[Reference, ...], profiles: frozenset[str]) -> Kin:
    """Give each person's place in a row its side."""
    places: dict[tuple[str, ...], str] = {}
    places |= {(name,): snake(name) for name in people}
    places |= {link.columns: snake(link.columns[-1]) for link in links if link.to in profiles and link.to != table.name}
    sides = {place: Side.STAFF for place, name in places.items() if STAFF.search(name) and len(places) > 1}
    sides |= {link.columns: Side.SELF for link in links if link.columns in places and not _names_somebody(link)}
    rest: list[tuple[str, ...]] = [place for place in places if place not in sides]
    keyed = [place for place in rest if any(place == key for key in table.unique)]
    other = [place for place in rest if OTHER.search(places[place]) and place not in keyed]
    if len(other) == len(rest):
        other = other[1:]
    plain = [place for place in rest if place not in other]
    same = [place for place in plain if SAME.search(places[place]) or place in keyed]
    for place in rest:
        first = place == plain[0] if plain else True
        sides[place] = Side.SELF if place in same or (first and not same) else Side.OTHER
    return Kin(
        table=table,
        people={name: sides[(name,)] for name in people},
        links=links,
        sides={link.columns: sides[link.columns] for link in links if link.columns in sides},
        profile=table.name in profiles,
    )


def _names_somebody(link: Reference) -> bool:
    """Whether a link to what each person has one of means the person (a creator), and not the thing (his wallet)."""
    name = snake(link.columns[-1])
    return any(words.search(name) for words in (NAMED, OTHER, STAFF))


def in_order(kin: Mapping[str, Kin]) -> list[tuple[str, ...]]:
    """The tables so that each comes after those it must hang on; tables that must hang on each other come together.

    Links that may be null give way where they close a circle.
    """
    required = {name: _targets(one, True) & kin.keys() for name, one in kin.items()}
    wished = {name: _targets(one, False) & kin.keys() for name, one in kin.items()}
    left, placed, order = sorted(kin), set[str](), list[tuple[str, ...]]()
    while left:
        free = [name for name in left if wished[name] <= placed | {name}]
        free = free or [name for name in left if required[name] <= placed | {name}][:1]
        units: list[tuple[str, ...]] = [(name,) for name in free]
        units = units or [_circle(left[0], required, placed)]
        order += units
        placed |= {name for unit in units for name in unit}
        left = [name for name in left if name not in placed]
    return order


def _targets(kin: Kin, only_required: bool) -> set[str]:
    return {
        link.to
        for link in kin.links
        if link.to != kin.table.name and (not only_required or (link.name and must(kin.table, link)))
    }


def snake(name: str) -> str:
    """A column's name in small words with underscores between them."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def must(table: Relation, link: Reference) -> bool:
    """Whether a reference can not be left null."""
    found = (table.column(name) for name in link.columns)
    return all(column is not None and column.required for column in found)


def _circle(start: str, required: Mapping[str, set[str]], placed: set[str]) -> tuple[str, ...]:
    """Tables that must hang on each other, found by going where each must go until one comes back."""

    def reached(name: str) -> set[str]:
        seen, todo = set[str](), [name]
        while todo:
            for target in required[todo.pop()] - placed - seen:
                seen.add(target)
                todo.append(target)
        return seen

    round_trip = [name for name in sorted({start, *reached(start)}) if name in reached(name)]
    first = next((n for n in round_trip if all(m in reached(m) and n in reached(m) for m in reached(n))), start)
    return tuple(sorted({first, *(n for n in reached(first) if first in reached(n))}))
