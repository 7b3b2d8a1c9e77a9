"""Your migrations cannot build the database again.

What we look at: the whole history of migrations, replayed in order: tables, columns, rules, functions and indexes
that are made although they stand already, and changes to tables that nothing made before.

Why it matters: the history stops at the first such statement. A new environment, a preview branch, a local copy or
a recovery after a loss cannot be built from it, and nobody knows which of two versions is the real one.

How to repair: take a baseline of the real database (`supabase db dump`, `pg_dump --schema-only`) as the first
migration, remove the older files from the folder, and from then on change the database only by migrations.

When it is fine: the folder is not what the database is built from.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import TablePlace
from apprescue.model.schema import Fault

_SAID = {
    "made twice": "{0} is made here although it stands already.",
    "never made": "{0} is changed here, but no migration makes it.",
    "broken": "This statement is no valid SQL: {0}.",
}


@check(severity=Severity.MEDIUM, impact=Impact.ONBOARDING, cwe=["CWE-1059", "CWE-1051"], owasp=["A06:2025"])
def history_that_cannot_rebuild(app: App) -> Iterator[Seen]:
    """One finding for each kind of fault, with every place."""
    for fault in app.schema.faults:
        yield Seen(
            fault.place if not _is_table(fault) else TablePlace(fault.object, fault.place),
            _SAID[fault.kind].format(fault.object),
            related=(fault.earlier,) if fault.earlier else (),
            cause=fault.kind,
            severity=_severity(fault, app.schema.exposed),
        )


def _severity(fault: Fault, exposed: bool) -> Severity:
    if fault.kind == "made twice" and _is_table(fault):
        return Severity.HIGH
    return Severity.MEDIUM if exposed else Severity.LOW


def _is_table(fault: Fault) -> bool:
    return fault.object.startswith("public.") and " " not in fault.object and fault.object.count(".") == 1
