"""Row level security is switched on for a table, with a rule for each thing that is meant.

Owners go on reading and changing their own rows, what is public stays readable, and the staff keep their access where
the app's rules tell who they are; where nobody but the server is meant, no rule is needed. Nothing is done where pages
of the app use rows of which it is not known whose they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Relation, Rule
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.patch import Todo
from apprescue.model.place import TablePlace
from apprescue.source.guard_sql import guarding
from apprescue.source.meant_rules import COMMANDS, Ground, meant_rules, pages_asking, pinned_beside
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import created, dropped, plain


@fix(
    "access/table_without_rls",
    "access/rows_read_by_strangers",
    "access/rows_changed_by_strangers",
    "access/rows_forged",
    title="Switch on row level security",
)
def enable_rls(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration for the table."""
    place = finding.place
    relation = catalog.relation(place.table) if isinstance(place, TablePlace) else None
    if relation is None or relation.kind != "table" or relation.rls:
        return
    ground = Ground(app, catalog, intent)
    rules = [] if relation.policies else meant_rules(ground, relation)
    name = plain(relation.name)
    up = f"alter table {name} enable row level security;\n" + "".join(created(relation.name, one) for one in rules)
    down = "".join(dropped(relation.name, one) for one in rules) + f"alter table {name} disable row level security;\n"
    pinned = pinned_beside(ground, relation, rules)
    if pinned is not None:
        guard, unguard = guarding(catalog, relation, pinned)
        up, down = up + guard, unguard + down
    why = f"Everybody could read and change {relation.name}: row level security was off."
    yield from new_migration(app, f"enable rls {relation.name.rpartition('.')[2]}", why, up, down, [relation.name])
    yield from _told(ground, relation, rules)


def _told(ground: Ground, relation: Relation, rules: list[Rule]) -> Iterator[Todo]:
    for command in COMMANDS:
        held = any(rule.command in (command, "all") for rule in (*rules, *relation.policies))
        asking = [] if held else [*pages_asking(ground.app, relation.name, command)]
        if asking:
            places = ", ".join(dict.fromkeys(f"{one.place.path}:{one.place.line}" for one in asking))
            yield Todo(
                f"{places} asks {relation.name} from the visitor's browser ({command}). That is refused from now on: "
                "let a server function do it."
            )
