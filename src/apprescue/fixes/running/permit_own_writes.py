"""A write of the app that no rule permits gets one, for the rows of whoever makes it.

It is done where it is known whose a row is and that he is meant to write it, and where no column of the table is the
firm's to set: there the write belongs on the server. To delete one's own rows needs no such care. Strangers gain none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Relation, Rule
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent, Meant
from apprescue.model.place import TablePlace
from apprescue.source.meant_rules import Ground, circles
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import created, dropped

_LACKING = re.compile(r"no rule permits (insert|update|delete)")
_VERBS = {"insert": "add", "update": "change", "delete": "delete"}


@fix("running/write_without_policy", title="Permit what people are meant to write")
def permit_own_writes(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration for the table and the kind of write."""
    lacking = _LACKING.search(finding.detail)
    table = next((one.table for one in finding.related if isinstance(one, TablePlace)), "")
    relation = catalog.relation(table) if table else None
    if lacking is None or relation is None or not relation.rls or not _is_free(intent.of(table), lacking[1]):
        return
    rules = list(_rules(Ground(app, catalog, intent), relation, lacking[1]))
    if rules:
        bare = table.rpartition(".")[2]
        yield from new_migration(
            app,
            f"permit {lacking[1]} on own {bare}",
            f"The app's own {lacking[1]} on {bare} was refused to everybody.",
            "".join(dropped(table, rule) + created(table, rule) for rule in rules),
            "".join(dropped(table, rule) for rule in rules),
            [table],
        )


def _is_free(meant: Meant, command: str) -> bool:
    """Whether nothing in a row is the firm's or the other party's to say."""
    kept = {"insert": {*meant.pinned, *meant.answered}, "update": {*meant.pinned, *meant.authored, *meant.answered}}
    return not kept.get(command)


def _rules(ground: Ground, relation: Relation, command: str) -> Iterator[Rule]:
    bare = relation.name.rpartition(".")[2]
    known = {rule.name for rule in relation.policies}
    for circle in circles(ground, relation, command):
        name = f"Users {_VERBS[command]} their own {bare}"
        if circle.word == "Users" and circle.condition not in ("true", "") and name not in known:
            held = "" if command == "insert" else circle.condition
            check = "" if command == "delete" else circle.condition
            yield Rule(name, command, circle.roles, held, check)
