"""Your migrations cannot build the database again.

What we look at: the whole history of migrations, run in order in an empty database of our own: statements that are
refused because what they need was never made, because what they make stands already, or because they are no valid
SQL. Without the laboratory, the same is read from the files.

Why it matters: the history stops at the first such statement. A new environment, a preview branch, a local copy or
a recovery after a loss cannot be built from it, and nobody knows which of two versions is the real one.

How to repair: take a baseline of the real database (`supabase db dump`, `pg_dump --schema-only`) as the first
migration, remove the older files from the folder, and from then on change the database only by migrations.

When it is fine: the folder is not what the database is built from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code, TablePlace
from apprescue.model.proof import Proof
from apprescue.model.rebuilt import Mend, Rebuilt, Refusal
from apprescue.model.schema import Fault

_SAID = {
    "made twice": "{0} is made here although it stands already.",
    "never made": "{0} is changed here, but no migration makes it.",
    "broken": "This statement is no valid SQL: {0}.",
}
_KINDS = {
    "42P07": "made twice", "42710": "made twice", "42701": "made twice", "42723": "made twice", "42P06": "made twice",
    "42P01": "never made", "42703": "never made", "42704": "never made", "42883": "never made", "3F000": "never made",
    "42601": "broken", "23503": "rows", "23505": "rows", "23502": "rows",
}  # fmt: skip
_REFUSED = {
    "made twice": "The database refuses this statement, for what it makes stands already: {0}.",
    "never made": "The database refuses this statement, for what it needs was never made: {0}.",
    "broken": "The database refuses this statement, for it is no valid SQL: {0}.",
    "rows": "The database refuses this statement where it holds no rows of yours: {0}.",
}
_TABLE_MADE = re.compile(r"\s*create\s+table\b", re.I)
_MADE_UP = re.compile(r"(?:table|view|type|function|schema|column) ")


@check(severity=Severity.MEDIUM, impact=Impact.ONBOARDING, cwe=["CWE-1059", "CWE-1051"], owasp=["A06:2025"])
def history_that_cannot_rebuild(app: App, rebuilt: Rebuilt | None = None) -> Iterator[Seen]:
    """One finding for each kind of fault, with every place: those of the run, or those that reading knows."""
    if rebuilt is None or not any(one.path.endswith(".sql") for one in rebuilt.files):
        yield from (_read(fault, app.schema.exposed) for fault in app.schema.faults)
        return
    for mend in rebuilt.mends:
        if mend.needed_by and mend.objects and _MADE_UP.match(mend.objects[0]):
            yield _missing(mend, mend.needed_by, rebuilt, app.schema.exposed)
    for one in rebuilt.refusals:
        if one.sqlstate in _KINDS and not (rebuilt.unavailable and one.sqlstate in ("42704", "42883")):
            yield _refused(one, rebuilt, app.schema.exposed)


def _missing(mend: Mend, needed_by: tuple[str, int], rebuilt: Rebuilt, exposed: bool) -> Seen:
    kind, _, name = mend.objects[0].partition(" ")
    here = Code(*needed_by)
    return Seen(
        TablePlace(name, here) if kind == "table" else here,
        f"The {kind} {name} is needed here, but no migration makes it.",
        cause="never made",
        severity=Severity.MEDIUM if exposed else Severity.LOW,
        evidence=Evidence.PROVEN,
        proof=_proof(rebuilt, needed_by[0], f"{kind} {name} does not exist"),
    )


def _refused(one: Refusal, rebuilt: Rebuilt, exposed: bool) -> Seen:
    kind = _KINDS[one.sqlstate]
    severity = Severity.MEDIUM if exposed and kind != "rows" else Severity.LOW
    return Seen(
        Code(one.path, one.line),
        _REFUSED[kind].format(one.message),
        cause=kind,
        severity=Severity.HIGH if kind == "made twice" and _TABLE_MADE.match(one.statement) else severity,
        evidence=Evidence.PROVEN,
        proof=_proof(rebuilt, one.path, one.message),
    )


def _proof(rebuilt: Rebuilt, path: str, message: str) -> Proof:
    """The files up to the one that is refused, for `psql` in an empty database."""
    paths = [played.path for played in rebuilt.files]
    run = paths[: paths.index(path) + 1] if path in paths else paths
    script = "\n".join(f"\\i '{one}'" for one in run)
    return Proof("replay", script, "postgres", "every file runs in an empty database", message)


def _read(fault: Fault, exposed: bool) -> Seen:
    table = fault.object.startswith("public.") and " " not in fault.object and fault.object.count(".") == 1
    twice = fault.kind == "made twice" and table
    return Seen(
        TablePlace(fault.object, fault.place) if table else fault.place,
        _SAID[fault.kind].format(fault.object),
        related=(fault.earlier,) if fault.earlier else (),
        cause=fault.kind,
        severity=Severity.HIGH if twice else Severity.MEDIUM if exposed else Severity.LOW,
    )
