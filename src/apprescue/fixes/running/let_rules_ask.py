"""A function that row rules ask may be called again by those for whom the rules are.

A rule is tried with the rights of whoever asks for the rows. Where the right to call its function was taken from
everybody, every table with such a rule is closed to all: the right is given back to the rules' roles, and to no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Rule
from apprescue.model.finding import Finding
from apprescue.source.new_migration import new_migration

_FORBIDDEN = re.compile(r"permission denied for function (\w+)")
_PEOPLE = ("anon", "authenticated")


@fix("running/rule_that_fails", title="Let row rules call the function that they ask")
def let_rules_ask(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for the function, whichever table it was seen at."""
    named = _FORBIDDEN.search(finding.detail)
    word = re.compile(rf"\b{named[1]}\s*\(") if named else None
    found = [one for one in catalog.routines if named and one.name.rpartition(".")[2] == named[1]]
    if word is None or len(found) != 1:
        return
    asking = [one for one in _rules(catalog) if word.search(f"{one.using} {one.check}")]
    told = {role for rule in asking for role in (_PEOPLE if "public" in rule.roles else rule.roles)}
    roles = ", ".join(role for role in _PEOPLE if role in told)
    if roles:
        signature = found[0].signature
        yield from new_migration(
            app,
            f"let rules ask {named[1] if named else ''}",
            f"Every row rule that asks {signature} failed: those for whom the rules are could not call it.",
            f"grant execute on function {signature} to {roles};\n",
            f"revoke execute on function {signature} from {roles};\n",
        )


def _rules(catalog: Catalog) -> Iterator[Rule]:
    for relation in catalog.relations:
        yield from relation.policies
