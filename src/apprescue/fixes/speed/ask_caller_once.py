"""Row rules ask who is calling once per query: `auth.uid()` becomes `(select auth.uid())`.

The rules of all tables are written anew in one migration, with the same meaning. Rules of the database's own that the
parser cannot take apart are left, and so is a function that may raise an error, since it would be asked where no row
is looked at.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.methods.rewriting import wrap
from apprescue.model.app import App
from apprescue.model.catalog import Catalog
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.source.new_migration import new_migration


@fix("speed/policy_evaluated_per_row", title="Ask who is calling once per query", safety=Safety.SAFE)
def ask_caller_once(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for all rules."""
    found = [one for one in wrap.rewrites(catalog) if one.about.startswith("policy ")]
    if found:
        yield from new_migration(
            app,
            "ask caller once",
            "These rules asked who is calling for every row; now they ask once per query. Their meaning is the same.",
            "\n".join(one.up for one in found),
            "\n".join(one.down for one in reversed(found)),
            (one.relation for one in found),
        )
