"""Who takes part in a talk or a booking no longer rewrites what another wrote there; he goes on marking it as read.

A trigger puts the old value back where somebody else than the author changes it; the server's key and the staff whom
the app's rules know go on. Nothing is done where the rule lets everybody in (then it is too wide itself), where it is
not sure who the author is, or where a page changes one of these columns.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.access import Operation
from apprescue.model.app import App
from apprescue.model.catalog import Catalog
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.trace import Value
from apprescue.source.guard_sql import Pinned, guarding, set_with_callers_rights
from apprescue.source.meant_rules import Ground, pages_asking, rests_on_nothing, rules_at, staff_condition
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import plain
from apprescue.source.sql_text import bare


@fix("access/rows_changed_by_strangers", title="Let nobody change what another wrote")
def keep_what_another_wrote(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration with the trigger and its function."""
    ground = Ground(app, catalog, intent)
    rules = list(rules_at(ground, finding))
    acts = {claim.operation for claim in finding.claims}
    if len({relation.name for relation, _ in rules}) != 1 or acts != {Operation.UPDATE}:
        return
    relation = rules[0][0]
    if any(rests_on_nothing(ground.schema, relation, rule, "update") for _, rule in rules):
        return
    authors, claimed = intent.of(relation.name).authors, {claim.column for claim in finding.claims}
    columns = [one for one in relation.columns if one.name in claimed]
    author = relation.column(authors[0]) if len(authors) == 1 else None
    pages = [*pages_asking(app, relation.name, "update")]
    if author is None or not columns or any(_changes(page.written, claimed) for page in pages):
        return
    if set_with_callers_rights(ground.schema, relation, [*claimed]):
        return
    own = f"old.{plain(author.name)}::text = (select auth.uid())::text"
    staff = staff_condition(ground.schema, relation.name, triggered=True)
    up, down = guarding(catalog, relation, Pinned(columns, (), f"{own} or ({staff})" if staff else own))
    name, told = bare(relation.name), ", ".join(one.name for one in columns)
    why = f"Whoever took part could change {told} of what another wrote in {relation.name}."
    yield from new_migration(app, f"keep what others wrote in {name}", why, up, down, [relation.name])


def _changes(written: Value | None, columns: set[str]) -> bool:
    """Whether a page may write one of the columns."""
    return written is None or written.fields is None or bool(columns & set(written.fields))
