"""The row rules that say what is meant: for each command those who may, and the rest shut out.

What nobody said is taken from the app's own pages: whoever is signed in and does it there goes on doing it, in his own
name where a column holds one. The staff keep what they have where the app's rules tell who they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from apprescue.model.app import App, Query
from apprescue.model.catalog import Catalog, Relation, Rule
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent, Meant
from apprescue.model.place import PolicyPlace
from apprescue.model.schema import Policy, Schema
from apprescue.source.catalog_schema import NOWHERE, schema_of
from apprescue.source.clear_calls import clear
from apprescue.source.guard_sql import Pinned
from apprescue.source.intent_words import for_whom
from apprescue.source.policy_sql import author_condition, member_condition, owner_condition
from apprescue.source.sql import expression
from apprescue.source.sql_access import Way, Who, ways_in
from apprescue.source.sql_nodes import outer_columns

COMMANDS = ("select", "insert", "update", "delete")
SIGNED_IN, ANYONE = ("authenticated",), ("anon", "authenticated")
_VERBS = {"select": "read", "insert": "add", "update": "change", "delete": "delete", "all": "manage"}
_ASKED = {"insert": ("insert", "upsert"), "update": ("update", "upsert"), "delete": ("delete",), "select": ("select",)}


@dataclass(frozen=True, slots=True)
class Circle:
    """Who may: a database role, and the condition that a row must meet for him. `word` names him in a rule's name."""

    word: str
    roles: tuple[str, ...]
    condition: str


@dataclass(frozen=True)
class Ground:
    """All that is asked to say what is meant."""

    app: App
    catalog: Catalog
    intent: Intent

    @cached_property
    def schema(self) -> Schema:
        """The schema as the server tells it."""
        return schema_of(self.catalog, self.app.schema)


def circles(ground: Ground, relation: Relation, command: str) -> list[Circle]:
    """Who is meant to do something with a table's rows, beside the server; the staff where the rules know them."""
    meant = ground.intent.of(relation.name)
    found = _adding(ground, relation, meant) if command == "insert" else _owning(ground, relation, meant, command)
    staff = staff_condition(ground.schema, relation.name)
    return _widest([*found, *([Circle("Staff", SIGNED_IN, staff)] if staff else [])])


def _widest(found: list[Circle]) -> list[Circle]:
    """Those of the circles that are in no other one."""
    kept: list[Circle] = []
    for one in sorted(found, key=lambda one: (one.condition != "true", -len(one.roles))):
        if not any(whole.condition == "true" and set(one.roles) <= set(whole.roles) for whole in kept):
            kept.append(one)
    return kept


def _adding(ground: Ground, relation: Relation, meant: Meant) -> list[Circle]:
    own = author_condition(ground.intent, ground.catalog, relation.name)
    found = []
    if meant.anon_may_insert:
        found.append(Circle("Visitors", ANYONE, _nobodys(meant, relation)))
    asked = meant.user_may_insert is None and any(_pages(ground.app, relation, "insert"))
    if meant.user_may_insert or asked:
        found.append(Circle("Users", SIGNED_IN, own or "true"))
    return found


def _nobodys(meant: Meant, relation: Relation) -> str:
    """A row that is left without a name: it names nobody as its author."""
    return " and ".join(f"{column} is null" for column in meant.authors if relation.column(column)) or "true"


def _owning(ground: Ground, relation: Relation, meant: Meant, command: str) -> Iterator[Circle] | list[Circle]:
    own = owner_condition(ground.intent, ground.catalog, relation.name)
    if command == "select":
        return list(_reading(ground, relation, meant, own))
    said = meant.user_may_update if command == "update" else meant.user_may_delete
    if own:
        kept = said or (said is None and any(_pages(ground.app, relation, command)))
        return [Circle("Users", SIGNED_IN, own)] if kept else []
    return [Circle("Users", SIGNED_IN, "true")] if meant.anyone_may_change else []


def _reading(ground: Ground, relation: Relation, meant: Meant, own: str) -> Iterator[Circle]:
    if meant.public:
        yield Circle("Everyone", ANYONE, meant.public_when or "true")
    if meant.shared and (not meant.public or meant.public_when):
        yield Circle("Users", SIGNED_IN, meant.shared_when or "true")
    if own:
        yield Circle("Owners", SIGNED_IN, own)
    members = member_condition(ground.intent, ground.catalog, relation.name)
    if members:
        yield Circle("Members", SIGNED_IN, members)


def _pages(app: App, relation: Relation, command: str) -> Iterator[Query]:
    """The queries of the app's pages that do it as whoever is signed in."""
    return pages_asking(app, relation.name, command)


def pages_asking(app: App, table: str, command: str) -> Iterator[Query]:
    """The queries with which the app's pages do something to a table's rows, as whoever uses them."""
    bare = table.removeprefix("public.")
    for query in app.queries:
        if query.table == bare and query.operation in _ASKED[command] and query.as_whom in ("browser", "user"):
            yield query


def served(app: App, table: str) -> bool:
    """Whether the app's server adds rows to a table with its own key."""
    adds, bare = ("insert", "upsert"), table.removeprefix("public.")
    return any(q.table == bare and q.operation in adds and q.as_whom in ("service", "server") for q in app.queries)


def staff_condition(schema: Schema, table: str, triggered: bool = False) -> str:
    """The condition by which the app's rules know their staff, as most of them write it; empty where there is none. A
    rule may not look into its own table for it; what is `triggered` may."""
    own = re.compile(rf"\b{re.escape(table.rpartition('.')[2])}\b")
    found: Counter[str] = Counter()
    for rule in schema.policies:
        text = rule.using or rule.check
        if text and _is_staff(rule, schema, text) and (triggered or not own.search(text)):
            found[text] += 1
    return clear(schema, min(found, key=lambda text: (-found[text], len(text), text), default=""))


def _is_staff(rule: Policy, schema: Schema, text: str) -> bool:
    """Whether a rule's condition asks for nothing but a staff role."""
    tree, part = expression(text), "using" if rule.using else "check"
    if tree is None or next(outer_columns(tree), None) or re.search(rf"\b{rule.table.rpartition('.')[2]}\.", text):
        return False
    ways = ways_in(rule, schema, part)
    return bool(ways) and all(way.who is Who.STAFF and not way.owners for way in ways)


def narrowed(ground: Ground, relation: Relation, rule: Rule, commands: Collection[str] = COMMANDS) -> list[Rule]:
    """The rules that stand in place of one that lets too many through: for these commands whoever is meant, else as it
    is. A rule that says that it is for the server stays for the server's role."""
    schema = ground.schema
    others = [one for one in relation.policies if one.permissive and one.name != rule.name]
    found: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for command in commands_of(rule):
        if command != "insert" and not rule.using:
            continue  # without a condition for rows that are there, a rule lets nobody see them
        asked = "" if rests_on_nothing(schema, relation, rule, command) else condition_of(rule, command)
        if command not in commands:
            found.setdefault(("Users", rule.roles, condition_of(rule, command) or "true"), []).append(command)
            continue
        for circle in circles(ground, relation, command):
            if not any(_covers(ground, relation, one, command, circle) for one in others):
                both = f"({asked}) and ({circle.condition})" if asked and circle.word != "Staff" else circle.condition
                found.setdefault((circle.word, circle.roles, both), []).append(command)
    made = [one for key, done in found.items() for one in _rules(relation, *key, done)]
    kept = [replace(rule, roles=("service_role",))] if for_whom(rule.name) == "server" else []
    return kept + list(_named_apart(made, {one.name for one in (*others, *kept)}))


def meant_rules(ground: Ground, relation: Relation) -> list[Rule]:
    """The rules for a table that has none."""
    found: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    for command in COMMANDS:
        for circle in circles(ground, relation, command):
            found.setdefault((circle.word, circle.roles, circle.condition), []).append(command)
    return list(_named_apart([one for key, done in found.items() for one in _rules(relation, *key, done)], set()))


def for_server(rules: Collection[Rule]) -> bool:
    """Whether rules let in nobody but the server and the staff."""
    return all(one.roles == ("service_role",) or one.name.startswith("Staff ") for one in rules)


def commands_of(rule: Rule) -> tuple[str, ...]:
    """The commands that a rule is for."""
    return COMMANDS if rule.command == "all" else (rule.command,)


def condition_of(rule: Rule, command: str) -> str:
    """What a rule asks of the row that a command adds, or else touches."""
    return (rule.check or rule.using) if command == "insert" else rule.using


def too_wide(schema: Schema, relation: Relation, rule: Rule, command: str) -> bool:
    """Whether a rule lets everyone do it, whose row it ever is; where it changes rows, everyone who is signed in."""
    ways, least = _ways(schema, relation, rule, command), Who.EVERYONE if command == "insert" else Who.MEMBERS
    return rule.permissive and any(way.who >= least and not way.owners for way in ways)


def lets_staff(schema: Schema, relation: Relation, rule: Rule, command: str) -> bool:
    """Whether a rule lets the staff do it, beside others or alone."""
    return rule.permissive and any(way.who is Who.STAFF for way in _ways(schema, relation, rule, command))


def rests_on_nothing(schema: Schema, relation: Relation, rule: Rule, command: str) -> bool:
    """Whether a rule asks for nothing but that somebody is signed in, or not even that."""
    ways = _ways(schema, relation, rule, command)
    return all(way.who >= Who.MEMBERS and not (way.owners or way.fixed or way.asked) for way in ways)


def _ways(schema: Schema, relation: Relation, rule: Rule, command: str) -> list[Way]:
    return ways_in(policy_of(relation, rule), schema, "check" if command == "insert" else "using")


def _rules(
    relation: Relation, word: str, roles: tuple[str, ...], condition: str, commands: list[str]
) -> Iterator[Rule]:
    for command in ["all"] if len(commands) == len(COMMANDS) else commands:
        things = relation.name.rpartition(".")[2].replace("_", " ")
        whose = "their own " if word in ("Users", "Owners") and "auth." in condition else ""
        using, check = ("", condition) if command == "insert" else (condition, "")
        yield Rule(f"{word} {_VERBS[command]} {whose}{things}", command, roles, using, check)


def _named_apart(rules: list[Rule], taken: set[str]) -> Iterator[Rule]:
    for rule in rules:
        name, number = rule.name, 2
        while name in taken:
            name, number = f"{rule.name} {number}", number + 1
        taken.add(name)
        yield replace(rule, name=name)


def _covers(ground: Ground, relation: Relation, rule: Rule, command: str, circle: Circle) -> bool:
    """Whether another rule of the table lets the circle through already."""
    if rule.command not in (command, "all") or not ({"public", *circle.roles} & set(rule.roles)):
        return False
    ways = _ways(ground.schema, relation, rule, command)
    meant = ground.intent.of(relation.name)
    if circle.word == "Staff":
        return any(way.who is Who.STAFF for way in ways)
    if circle.word in ("Everyone", "Visitors"):
        return any(way.who is Who.EVERYONE and not way.fixed for way in ways)
    if circle.condition == "true":
        return any(way.who >= Who.MEMBERS and not way.fixed for way in ways)
    if circle.word == "Members":
        return any(way.who is Who.RELATED for way in ways)
    named = {*meant.owners, *(link.column for link in meant.through)}
    return any(_lets_own(way, named) for way in ways)


def _lets_own(way: Way, named: set[str]) -> bool:
    return way.who in (Who.OWNER, Who.RELATED) and bool(way.owners & named or way.asked)


def policy_of(relation: Relation, rule: Rule) -> Policy:
    """A rule of the catalog in the words of the schema."""
    return Policy(
        rule.name, relation.name, rule.command, rule.roles or ("public",), rule.using, rule.check, NOWHERE,
        rule.permissive,
    )  # fmt: skip


def rules_at(ground: Ground, finding: Finding) -> Iterator[tuple[Relation, Rule]]:
    """The row rules that a finding names, each once."""
    named = dict.fromkeys(
        (place.table, place.policy) for place in (finding.place, *finding.related) if isinstance(place, PolicyPlace)
    )
    for table, name in named:
        relation = ground.catalog.relation(table)
        for rule in relation.policies if relation and not table.startswith("storage.") else ():
            if rule.name == name:
                yield relation, rule  # type: ignore[misc]  # there are no rules without a relation


def pinned_beside(ground: Ground, relation: Relation, rules: Collection[Rule]) -> Pinned | None:
    """What has to be kept from those who are given rights to their own rows; nothing where they get none to write, or
    no column is kept from them."""
    meant = ground.intent.of(relation.name)
    writing = [one for one in rules if one.command != "select" and "authenticated" in one.roles]
    columns = [one for one in relation.columns if one.name in meant.pinned]
    if not columns or all(one.name.startswith("Staff ") for one in writing):
        return None
    return Pinned(columns, columns, staff_condition(ground.schema, relation.name, triggered=True))
