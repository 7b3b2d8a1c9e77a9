"""A view that went round the row rules of its tables asks them with the reader's own rights.

`security_invoker` is set; what the view shows to whom is then what the rules behind it say, also where it sums up what
is private beside what is not. A view whose rows are meant
for everybody is left, since its readers would find it empty: there its private columns have to go.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.place import TablePlace
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import plain


@fix("access/view_around_rls", "access/rows_read_by_strangers", title="Let a view respect its reader's rights")
def respect_reader_rights(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration for the view."""
    name = finding.place.table if isinstance(finding.place, TablePlace) else ""
    view = catalog.relation(name) if name else None
    if view is None or view.kind != "view" or view.security_invoker or intent.of(name).public:
        return
    yield from new_migration(
        app,
        f"view {name.rpartition('.')[2]} with its readers rights",
        f"{name.rpartition('.')[2]} showed everybody what the rules of its tables keep back.",
        f"alter view {plain(name)} set (security_invoker = true);",
        f"alter view {plain(name)} reset (security_invoker);",
        (name,),
    )
