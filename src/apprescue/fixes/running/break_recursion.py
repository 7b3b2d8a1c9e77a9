"""Rules that ask each other without end are broken by a function that looks up with its owner's rights.

The query that closes the circle moves, as it stands, into a SECURITY DEFINER function with an empty search path, and
the rule calls that. It is done only where the query itself is held to the caller, so that it tells him of his own rows
only; other circles are left. What fails because it asks a table of the circle works with it.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.methods.rewriting import recursion
from apprescue.model.app import App
from apprescue.model.catalog import Catalog
from apprescue.model.finding import Finding
from apprescue.model.place import PolicyPlace
from apprescue.source.new_migration import new_migration

_CIRCLE = re.compile(r'infinite recursion detected in policy for relation "([^"]+)"')
_ALTERED = re.compile(r'^alter policy (?:"(?:[^"]|"")*"|\S+) on ("?[^\s"]+"?\."?[^\s"]+"?)', re.M)


@fix("running/policy_recursion", "running/rule_that_fails", title="Break the circle of rules that ask each other")
def break_recursion(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for the circle that the finding is about."""
    tables = {p.table for p in (finding.place, *finding.related) if isinstance(p, PolicyPlace)}
    if finding.check == "running/rule_that_fails":
        tables = {f"public.{name}" for name in _CIRCLE.findall(finding.detail)}
    for rewrite in recursion.rewrites(catalog):
        if tables & set(rewrite.about.removeprefix("policies on ").split(", ")):
            locks = {found.replace('"', "") for found in _ALTERED.findall(rewrite.up)}
            why = "These rules asked each other without end, so that every query failed."
            yield from new_migration(app, "break policy recursion", why, rewrite.up, rewrite.down, locks)
            return
