"""A function that fails because its search path does not lead to what it names gets the schema where that lies.

`set search_path = ''` (or `public` alone) on a body that names tables without their schema, or calls what lies in
`extensions`, fails on every call. The path is widened by that one schema, and only where the missing name is there.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Routine
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.source.new_migration import new_migration
from apprescue.source.policy_sql import plain

_MISSING = re.compile(r'(relation|function|type) "?([\w.]+)"?[^"]* does not exist')
_EXTENSIONS = re.compile(
    r"gen_random_bytes|crypt|gen_salt|digest|hmac|armor|pgp_\w+|uuid_generate_v\d\w*|similarity|unaccent|levenshtein"
)


@fix("running/rule_that_fails", title="Let functions find what they name", safety=Safety.SAFE)
def find_its_names(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for all functions that miss the same name."""
    missing = _MISSING.search(finding.detail)
    schema = _home(missing[1], missing[2], app, catalog) if missing else ""
    if not missing or not schema:
        return
    found = [one for one in catalog.routines if _names(one, missing[2]) and schema not in _path(one)]
    if found:
        yield from new_migration(
            app,
            f"find {missing[2]}",
            f"These functions failed on every call, for they did not find {missing[2]} in the schema {schema}.",
            "\n".join(f"alter {_kind(one)} {one.signature} set search_path to {_wider(one, schema)};" for one in found),
            "\n".join(f"alter {_kind(one)} {one.signature} {_before(one)};" for one in found),
        )


def _home(kind: str, name: str, app: App, catalog: Catalog) -> str:
    """The schema in which a missing name lies; empty where it lies nowhere or in several."""
    if "." in name:
        return ""
    known = [*catalog.enums, *catalog.domains] if kind == "type" else [one.name for one in catalog.routines]
    known = [one.name for one in catalog.relations] if kind == "relation" else known
    homes = {one.rpartition(".")[0] for one in known if one.rpartition(".")[2] == name}
    if kind == "function" and not homes and app.schema.exposed and _EXTENSIONS.fullmatch(name):
        return "extensions"
    return homes.pop() if len(homes) == 1 else ""


def _names(routine: Routine, name: str) -> bool:
    """Whether a function with a fixed path names something without its schema."""
    fixed = any(one.startswith("search_path=") for one in routine.settings)
    return fixed and bool(re.search(rf'(?<![\w."]){re.escape(name)}\b(?!\s*\.)', routine.body))


def _path(routine: Routine) -> list[str]:
    told = next(one for one in routine.settings if one.startswith("search_path=")).partition("=")[2]
    return [part for one in told.split(",") if (part := one.strip().strip('"'))]


def _wider(routine: Routine, schema: str) -> str:
    own = _path(routine)
    temporary = [one for one in own if one == "pg_temp"]
    return ", ".join(map(plain, [*(one for one in own if one != "pg_temp"), schema, *(temporary or ["pg_temp"])]))


def _before(routine: Routine) -> str:
    return f"set search_path to {', '.join(map(plain, _path(routine))) or chr(39) * 2}"


def _kind(routine: Routine) -> str:
    return "procedure" if routine.procedure else "function"
