"""A rule that is meant for the server, or for nobody, no longer holds for everyone.

A rule whose name says that it is for the server stays, for the server's role only; any other is taken away, for the
server's own key needs none. This is done where no user is meant to do what the rule permits, or where another rule lets
him do it with his own rows. What a page of the app does itself and is not meant to is named, for it stops working.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Relation, Rule
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.patch import Todo
from apprescue.source.meant_rules import Ground, commands_of, for_server, narrowed, pages_asking, rules_at, too_wide
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import renewed


@fix("access/policy_for_everyone", title="Let only the server use a rule that is meant for it")
def narrow_to_service_role(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration for the rule; nothing where users are meant to use it."""
    ground = Ground(app, catalog, intent)
    for relation, rule in rules_at(ground, finding):
        after = narrowed(ground, relation, rule)
        if not for_server(after):
            continue
        up, down = renewed(relation.name, rule, *after)
        why = f'The rule "{rule.name}" let everybody write to {relation.name}; only the server is meant to.'
        yield from new_migration(
            app, f"only the server {relation.name.rpartition('.')[2]}", why, up, down, [relation.name]
        )
        yield from _told(ground, relation, rule)


def _told(ground: Ground, relation: Relation, rule: Rule) -> Changes:
    for command in commands_of(rule):
        asking = [*pages_asking(ground.app, relation.name, command)]
        if command != "select" and asking and too_wide(ground.schema, relation, rule, command):
            places = ", ".join(dict.fromkeys(f"{one.place.path}:{one.place.line}" for one in asking))
            yield Todo(
                f"{places} writes to {relation.name} from the visitor's browser. That is refused from now on: let a "
                "server function do it, after it has checked what it is told."
            )
