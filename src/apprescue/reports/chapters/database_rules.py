"""Who may read and change whose rows: the rules of the database before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from apprescue.model.access import Access, Cell, Verdict
from apprescue.model.document import Block, Bullets, Chapter, Code, Folded, Line, Picture, Strong, Table, Text, Tone
from apprescue.model.sprint import Standing
from apprescue.reports.chapters.interface import reviewed, stopped
from apprescue.reports.page.matrix import matrix
from apprescue.reports.page.stood import figure, not_done

CHECKS = (
    "database",
    "access/admin_granted_in_migration",
    "access/definer_function_without_caller_check",
    "access/files_open_to_strangers",
    "access/foreign_owner_on_insert",
    "access/function_acting_for_anyone",
    "access/open_firebase_rules",
    "access/own_row_overreached",
    "access/paid_content_for_everyone",
    "access/policy_for_everyone",
    "access/private_rows_for_everyone",
    "access/rights_left_writable",
    "access/rows_changed_by_strangers",
    "access/rows_forged",
    "access/rows_read_by_strangers",
    "access/self_made_entitlement",
    "access/self_made_membership",
    "access/self_promotion",
    "access/storage_open",
    "access/table_without_rls",
    "access/view_around_rls",
    "access/whole_row_update_for_counterpart",
    "running/conflict_without_unique",
    "running/payment_reference_without_unique",
    "running/policy_recursion",
    "running/rule_that_fails",
    "running/write_without_policy",
)
MATRIX = "access/rows_read_by_strangers"
"""It tells what the tries came to: where it was not examined, nobody tried anything."""
ABOUT = (
    "The database is rebuilt from the app's own files and filled with made-up people and rows. Then everybody tries "
    "to read, add, change and delete everybody else's. What works and must not is a hole, whatever the rules say."
)
WORDS: dict[Verdict, tuple[str, Tone]] = {
    Verdict.LEAK: ("works and must not", "bad"),
    Verdict.BROKEN: ("fails for everyone", "bad"),
    Verdict.UNDECIDED: ("works; nobody said whether it is meant", "warn"),
    Verdict.UNTESTED: ("could not be tried", "warn"),
    Verdict.ALLOWED: ("works and is meant", "good"),
    Verdict.DENIED: ("refused", "good"),
}


def chapter(standing: Standing) -> Chapter:
    """The access matrix before and after, then each correction."""
    one = reviewed(standing, "rules", "Who may do what to whose rows", ABOUT, CHECKS, tuple(_matrix(standing)))
    if standing.audit is None or _tried(standing):
        return one
    return replace(one, done=one.done if standing.by(*CHECKS) else (), missing=one.missing or _untried(standing))


def _tried(standing: Standing) -> bool:
    return standing.access_before is not None and bool(standing.access_before.cells)


def _untried(standing: Standing) -> str:
    """Why nobody tried anything."""
    unseen = standing.audit.not_examined if standing.audit else ()
    why = next((one.reason for one in unseen if one.check == MATRIX), "no database of the app could be rebuilt")
    return f"{why.rstrip('.')}; so nobody tried anything"


def _matrix(standing: Standing) -> Iterator[Block]:
    before, after = standing.access_before, standing.access_after
    if before is None or not before.cells:
        yield Text((not_done(_untried(standing)),), "warn")
    else:
        words = "The worst that came of each person's tries on each table, file store and function."
        yield Picture(matrix(before, after), words)
        yield from _tallies(standing, before, after)
        if after is None:
            steps = (step for step in standing.plan.steps if step.name == "regress")
            why = stopped(standing, steps) or "the matrix was not made again"
            yield Text(("The matrix after the repairs: ", not_done(why)), "warn")
        else:
            yield from _changed(before, after)
    if before is not None and before.missing:
        yield Text((Strong("What could not be tried", "warn"),))
        yield Bullets(tuple((Code(name), f": {why}") for name, why in before.missing))


def _tallies(standing: Standing, before: Access, after: Access | None) -> Iterator[Block]:
    rows = []
    for verdict, (words, tone) in WORDS.items():
        line: list[Line] = [(Strong(words, tone),)]
        for access, name in ((before, "access_before"), (after, "access_after")):
            if access is not None:
                value = sum(cell.verdict is verdict for cell in access.cells)
                line.append((figure(value, standing.rows.get(name, 0), f"access.cells#verdict={verdict}"),))
        rows.append(tuple(line))
    headings = ("What came of the tries", "Before", "After")[: 2 if after is None else 3]
    yield Table(headings, tuple(rows), tuple(range(1, len(headings))))


def _changed(before: Access, after: Access) -> Iterator[Block]:
    was = {_name(cell): cell for cell in before.cells}
    pairs = [(was[_name(now)], now) for now in after.cells if _name(now) in was]
    other = [(one, now) for one, now in pairs if one.verdict is not now.verdict]
    if not other:
        yield Text(("No try comes out differently than at the start.",), "quiet")
        return
    worse = [(one, now) for one, now in other if now.verdict is Verdict.LEAK]
    if worse:
        yield Text((Strong("These work now and must not", "bad"),))
        yield _table(worse)
    yield Folded(("Each try that comes out differently now",), (_table(other),))


def _name(cell: Cell) -> tuple[str, ...]:
    return (cell.kind, cell.object, cell.column, cell.actor, cell.operation, cell.row)


def _table(pairs: Iterable[tuple[Cell, Cell]]) -> Table:
    """Columns of which the same is true stand on one line."""
    groups: dict[tuple[str, str, str, str, Verdict, Verdict], list[str]] = {}
    for one, now in pairs:
        key = (now.object, now.actor.value, now.operation.value, now.row, one.verdict, now.verdict)
        groups.setdefault(key, []).append(now.column)
    rows = tuple(
        (
            (Code(name),),
            (actor,),
            (f"{operation} ({row})", *_columns(columns)),
            (Strong(*WORDS[before]),),
            (Strong(*WORDS[after]),),
        )
        for (name, actor, operation, row, before, after), columns in sorted(groups.items())
    )
    return Table(("On what", "Who", "Does what", "Before", "Now"), rows)


def _columns(columns: Iterable[str]) -> Line:
    named = sorted(filter(None, columns))
    return (" ", Code(", ".join(named))) if named else ()
