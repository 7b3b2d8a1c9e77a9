"""A view that went round the row rules of its tables asks them with the reader's own rights.

`security_invoker` is set; what the view shows to whom is then what the rules behind it say, also where it sums up what
is private beside what is not. A view of the accounts themselves (`auth.users`), which no user may read, is taken away
from users where the server alone asks it. A view whose rows are meant for everybody is left, since its readers would
find it empty: there its private columns have to go.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.finding import Finding
from apprescue.model.intent import Intent
from apprescue.model.place import TablePlace
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import plain
from apprescue.source.sql_text import bare


@fix("access/view_around_rls", "access/rows_read_by_strangers", title="Let a view respect its reader's rights")
def respect_reader_rights(finding: Finding, app: App, catalog: Catalog, intent: Intent) -> Changes:
    """One migration for the view."""
    name = finding.place.table if isinstance(finding.place, TablePlace) else ""
    view = catalog.relation(name) if name else None
    if view is None or view.kind != "view" or view.security_invoker or intent.of(name).public:
        return
    if any(one.startswith("auth.") for one in view.reads):
        if not any(bare(one.table) == bare(name) and one.as_whom not in ("service", "server") for one in app.queries):
            yield from _to_server(app, view)
        return
    yield from new_migration(
        app,
        f"view {name.rpartition('.')[2]} with its readers rights",
        f"{name.rpartition('.')[2]} showed everybody what the rules of its tables keep back.",
        f"alter view {plain(name)} set (security_invoker = true);",
        f"alter view {plain(name)} reset (security_invoker);",
        (name,),
    )


def _to_server(app: App, view: Relation) -> Changes:
    held = [role for role in ("anon", "authenticated") if (role, "select") in view.grants]
    name = plain(view.name)
    yield from new_migration(
        app,
        f"leave view {bare(view.name)} to server",
        f"{bare(view.name)} showed the accounts of everybody; only the server asks it.",
        f"revoke all on {name} from anon, authenticated;",
        f"grant select on {name} to {', '.join(held)};",
        (view.name,),
    )
