"""What a user gets for money, or may only be given, is left to the server: purchases, subscriptions, balances, roles.

Where no user is meant to add such rows, the rule that lets him is taken away; else a trigger keeps the columns that
decide (in a new row at their default). The server's key and the staff whom the app's rules know go on writing them; a
function of the server that wrote with its caller's rights, in his name, does it with the server's key from then on.
Nothing is done where only the visitor's own browser adds the rows and they would open something: then nothing is left
that does it, and a person has to say what should.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.access import Access
from apprescue.model.app import App, Query
from apprescue.model.catalog import Attribute, Catalog, Relation, Rule
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.patch import Todo
from apprescue.source.guard_sql import Pinned, guarding, set_with_callers_rights
from apprescue.source.meant_rules import (
    COMMANDS,
    Ground,
    commands_of,
    condition_of,
    lets_staff,
    pages_asking,
    rests_on_nothing,
    rules_at,
    served,
    staff_condition,
    too_wide,
)
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import renewed
from apprescue.source.server_key import is_sound, with_server_key
from apprescue.source.sql_text import bare

_WAITING = re.compile(r"'(?:pending|draft|requested|open|new|created|processing|unpaid|incomplete|submitted)'")
_NO_PLAN = re.compile(r"'(?:none|free|inactive)'")
_NOTHING = re.compile(rf"{_NO_PLAN.pattern}|^\(?0(?:\.0+)?\)?(?:::\w+)?$|^false$")
_STAFF_PAGE = re.compile(r"(?i)(?:^|[/_.-])(?:admin|moderat|backoffice)|Admin[A-Z.]")


@fix(
    "access/self_made_entitlement",
    "access/own_row_overreached",
    title="Leave to the server what only it may decide",
)
def leave_entitlements_to_server(
    finding: Finding, app: App, catalog: Catalog, access: Access, intent: Intent
) -> Changes:
    """One migration for the table: rules taken away, or columns kept."""
    ground = Ground(app, catalog, intent)
    rules = list(rules_at(ground, finding))
    acts = dict.fromkeys(claim.operation.value for claim in finding.claims if claim.operation in ("insert", "update"))
    if not rules or len({relation.name for relation, _ in rules}) > 1:
        return
    relation = rules[0][0]
    columns = {act: _columns(finding, access, relation, act) for act in acts}
    closed = [act for act in acts if _is_for_server(ground, relation, act, columns[act])]
    kept = {act: columns[act] for act in acts if act not in closed}
    meant = intent.of(relation.name)
    if "insert" in kept and meant.user_may_insert is False:
        kept["insert"] = _waiting(kept["insert"])
    elif "insert" in kept:  # what he asks for is his to say
        kept["insert"] = [one for one in kept["insert"] if one.default or one.name in meant.pinned]
    if not all(kept.values()) or any(one.required and not one.default for one in kept.get("insert", ())):
        return
    owned = [one for one in kept.get("update", []) if one.name in meant.owners]
    if _set_by_pages(ground, relation, kept.get("update", []) if not served(app, relation.name) else owned):
        return
    if set_with_callers_rights(ground.schema, relation, [one.name for ones in kept.values() for one in ones]):
        return
    ways = [
        renewed(relation.name, rule, *_without(ground, relation, rule, closed))
        for _, rule in rules
        if set(commands_of(rule)) & set(closed)
    ]
    if any(kept.values()):
        staff = staff_condition(ground.schema, relation.name, triggered=True)
        ways.append(guarding(catalog, relation, Pinned(kept.get("update", []), kept.get("insert", []), staff)))
    if ways and not any(_holds_for_everyone(ground, relation, rule) for _, rule in rules):
        why = f"Users could write in their own rows of {relation.name} what only the server may decide."
        up, down = "".join(up for up, _ in ways), "".join(down for _, down in ways[::-1])
        yield from new_migration(app, f"leave {bare(relation.name)} to server", why, up, down, [relation.name])
        moved = [one for act in closed for one in _pages(ground, relation, act) if _is_sound(ground, relation, one)]
        edits = with_server_key(app, moved)
        yield from edits
        yield from _told(ground, relation, closed, kept, moved if edits else [])


def _holds_for_everyone(ground: Ground, relation: Relation, rule: Rule) -> bool:
    """Whether a rule for everything asks for nothing: then its own wideness is what is to be repaired."""
    return rule.command == "all" and rests_on_nothing(ground.schema, relation, rule, "update")


def _is_for_server(ground: Ground, relation: Relation, act: str, columns: list[Attribute]) -> bool:
    """Whether no user is meant to do it, and something else does it, or nothing of the app; or whether no page adds
    such rows, for the server does it alone. What pages add, and waits for the server at its defaults, they go on
    adding."""
    meant, pages = ground.intent.of(relation.name), _pages(ground, relation, act)
    if (meant.user_may_insert if act == "insert" else meant.user_may_update) is not False:
        return act == "insert" and served(ground.app, relation.name) and not pages
    moved = all(_is_sound(ground, relation, one) for one in pages) and with_server_key(ground.app, pages)
    asked = act == "insert" and bool(_waiting(columns))
    return not pages or bool(moved) or (served(ground.app, relation.name) and not asked)


def _is_sound(ground: Ground, relation: Relation, query: Query) -> bool:
    """Whether a function of the server may write it with its own key in place of the caller's."""
    meant = ground.intent.of(relation.name)
    return is_sound(ground.app, query, meant.authors, meant.pinned)


def _pages(ground: Ground, relation: Relation, act: str) -> list[Query]:
    """The app's pages that do it, those of the staff apart where a rule knows them."""
    staff = staff_condition(ground.schema, relation.name)
    pages = pages_asking(ground.app, relation.name, act)
    return [one for one in pages if not (staff and _STAFF_PAGE.search(one.place.path))]


def _set_by_pages(ground: Ground, relation: Relation, columns: list[Attribute]) -> bool:
    written = {name for one in _pages(ground, relation, "update") if one.written for name in one.written.fields or {}}
    return bool(written & {one.name for one in columns})


def _columns(finding: Finding, access: Access, relation: Relation, act: str) -> list[Attribute]:
    """The columns that the finding names, and those that were set in the laboratory and must not be."""
    names = {claim.column for claim in finding.claims if claim.operation == act}
    names |= {c.column for c in access.leaks() if c.object == relation.name and c.operation == act and c.own}
    return [one for one in relation.columns if one.name in names and not one.generated]


def _waiting(columns: list[Attribute]) -> list[Attribute]:
    """The columns of a row that stands for money that hold it at nothing, or at waiting for the server, as long as they
    stand at their defaults; what else a user says is what he asks for. None where the defaults open something: a row
    that begins as paid does, an active one of no plan does not."""
    decided = [one for one in columns if one.default]
    harmless = [one for one in decided if _WAITING.search(one.default) or _NOTHING.search(one.default)]
    no_plan = any(_NO_PLAN.search(one.default) for one in decided)
    opens = not no_plan and any("status" in one.name and one not in harmless for one in decided)
    return decided if harmless and not opens else []


def _without(ground: Ground, relation: Relation, rule: Rule, closed: list[str]) -> Iterator[Rule]:
    """A rule for the commands that are left to it; the staff, whom it let through with everybody, keep their way."""
    staff = staff_condition(ground.schema, relation.name)
    for command in commands_of(rule):
        condition, name = condition_of(rule, command), rule.name
        if command in closed:
            if not staff or not any(asks(ground.schema, relation, rule, command) for asks in (too_wide, lets_staff)):
                continue
            condition, name = staff, f"Staff {command} {bare(relation.name)}"
        using, check = ("", condition) if command == "insert" else (condition, "")
        name = f"{name} ({command})" if rule.command == "all" and command not in closed else name
        yield Rule(name[-63:], command, rule.roles, using, check, rule.permissive)


def _told(
    ground: Ground, relation: Relation, closed: list[str], kept: dict[str, list[Attribute]], moved: list[Query]
) -> Iterator[Todo]:
    for act in COMMANDS:
        names = {one.name for one in kept.get(act, ())}
        for query in _pages(ground, relation, act) if act in closed or names else ():
            if query in moved:
                continue
            written = sorted(names & set(query.written.fields or {})) if query.written else []
            if act in closed or written:
                done = f"sets {', '.join(written)}" if written else f"writes to {bare(relation.name)}"
                end = "is refused" if act in closed else "stays without effect"
                yield Todo(
                    f"{query.place.path}:{query.place.line} {done} from the visitor's browser. That {end} from now on:"
                    " let a server function do it, after the payment is confirmed."
                )
