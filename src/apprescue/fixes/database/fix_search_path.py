"""A function with its owner's rights gets a fixed search path, the one that it was written for.

Its body stays as it is: names without a schema are found in its own schema, in `public` and, on Supabase, in
`extensions`; what a caller could put before them is not looked at, his temporary tables come last.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Routine
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.model.place import FunctionPlace
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import listed


@fix("database/function_without_search_path", title="Fix where powerful functions look names up", safety=Safety.SAFE)
def fix_search_path(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for all functions of the finding."""
    names = {place.function for place in (finding.place, *finding.related) if isinstance(place, FunctionPlace)}
    found = [one for one in catalog.routines if one.name in names and one.definer and not _fixed(one)]
    if found:
        yield from new_migration(
            app,
            "fix search path",
            "These functions run with their owner's rights. Where they look names up is no longer the caller's choice.",
            "\n".join(f"alter {_kind(one)} {one.signature} set search_path to {_path(one, app)};" for one in found),
            "\n".join(f"alter {_kind(one)} {one.signature} reset search_path;" for one in found),
        )


def _fixed(routine: Routine) -> bool:
    return any(setting.startswith("search_path=") for setting in routine.settings)


def _kind(routine: Routine) -> str:
    return "procedure" if routine.procedure else "function"


def _path(routine: Routine, app: App) -> str:
    own = routine.name.rpartition(".")[0]
    more = ["extensions"] if app.schema.exposed else []
    return listed(dict.fromkeys([own, "public", *more, "pg_temp"]))
