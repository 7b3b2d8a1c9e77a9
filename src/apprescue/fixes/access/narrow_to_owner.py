"""A rule that holds for everyone holds for those whom the row belongs to: its owner, his team, the staff.

Whose a row is, is taken from its columns or its parent, as the app's other rules and names tell it; what is meant to be
public stays public. Nothing is done where everybody is meant to do it, where it is not known whose a row is, or where
the rule asks something that is not understood.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Relation, Rule
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.source.guard_sql import guarding
from apprescue.source.meant_rules import (
    COMMANDS,
    Ground,
    commands_of,
    for_server,
    narrowed,
    pinned_beside,
    rests_on_nothing,
    rules_at,
    too_wide,
)
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import renewed

_ALL = ("access/policy_for_everyone",)


@fix(
    "access/policy_for_everyone",
    "access/private_rows_for_everyone",
    "access/rows_read_by_strangers",
    "access/rows_changed_by_strangers",
    title="Let a rule hold for a row's owner, not for everyone",
)
def narrow_to_owner(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration for the rules of the table that are too wide."""
    ground = Ground(app, catalog, intent)
    named = COMMANDS if finding.check in _ALL else tuple({claim.operation.value for claim in finding.claims})
    ups, downs, tables = [], [], []
    for relation, rule in rules_at(ground, finding):
        commands = COMMANDS if rule.command == "all" else named
        after = narrowed(ground, relation, rule, commands)
        if finding.check in _ALL and for_server(after):
            continue
        if not _too_wide(ground, relation, rule, commands) or _still_wide(ground, relation, after, commands):
            continue
        up, down = renewed(relation.name, rule, *after)
        pinned = pinned_beside(ground, relation, after) if relation.name not in tables else None
        if pinned is not None:
            guard, unguard = guarding(catalog, relation, pinned)
            up, down = up + guard, unguard + down
        ups.append(up)
        downs.append(down)
        tables.append(relation.name)
    if ups:
        whose = " and ".join(dict.fromkeys(tables))
        why = f"Rules of {whose} held for everyone; now they hold for those whom a row belongs to."
        yield from new_migration(
            app, f"own rows {tables[0].rpartition('.')[2]}", why, "".join(ups), "".join(downs[::-1]), tables
        )


def _too_wide(ground: Ground, relation: Relation, rule: Rule, commands: tuple[str, ...]) -> bool:
    own = [one for one in commands_of(rule) if one in commands and too_wide(ground.schema, relation, rule, one)]
    plainly = all(rests_on_nothing(ground.schema, relation, rule, one) or one != "select" for one in own)
    return bool(own) and plainly


def _still_wide(ground: Ground, relation: Relation, rules: list[Rule], commands: tuple[str, ...]) -> bool:
    """Whether everyone comes through after all."""
    return any(
        too_wide(ground.schema, relation, rule, command)
        for rule in rules
        for command in commands_of(rule)
        if command in commands
    )
