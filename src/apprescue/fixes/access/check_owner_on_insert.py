"""Whoever adds a row can add it in his own name only.

The rule for adding rows also asks that the columns that say whose the row is name the caller. Nothing is done where it
is not known which column names the author, or where the rule asks for it already; rows that only the server is meant to
write are another repair's.
"""

from __future__ import annotations

from dataclasses import replace

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Rule
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.source.meant_rules import (
    Ground,
    commands_of,
    condition_of,
    narrowed,
    rests_on_nothing,
    rules_at,
)
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import author_condition, renewed


@fix(
    "access/foreign_owner_on_insert",
    "access/rows_forged",
    title="Let rows be added in one's own name only",
)
def check_owner_on_insert(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration for the rules of the table that let anybody be named."""
    ground = Ground(app, catalog, intent)
    ups, downs, tables = [], [], []
    for relation, rule in rules_at(ground, finding):
        own = author_condition(intent, catalog, relation.name)
        if "insert" not in commands_of(rule) or not rule.permissive or own in condition_of(rule, "insert"):
            continue
        open_to_all = rests_on_nothing(ground.schema, relation, rule, "insert")
        if open_to_all or not intent.of(relation.name).user_may_insert:
            after = narrowed(ground, relation, rule, ("insert",))
        else:
            after = _held(rule, own) if own else []
        if not own and any("authenticated" in one.roles for one in after):
            continue
        up, down = renewed(relation.name, rule, *after)
        ups.append(up)
        downs.append(down)
        tables.append(relation.name)
    if ups:
        whose = " and ".join(dict.fromkeys(tables))
        why = f"Rules of {whose} let rows be added in anybody's name; now they ask that it is the caller's own."
        name = f"own name {tables[0].rpartition('.')[2]}"
        yield from new_migration(app, name, why, "".join(ups), "".join(downs[::-1]), tables)


def _held(rule: Rule, own: str) -> list[Rule]:
    """The rule with the author held to the caller; what it lets do beside adding stays."""
    asked = condition_of(rule, "insert")
    return [replace(rule, check=f"{asked} and {own}" if asked.startswith("(") else f"({asked}) and {own}")]
