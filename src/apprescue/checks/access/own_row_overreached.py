"""A user writes into his own row what only the app may decide.

What we look at: the app's database, rebuilt in a laboratory and filled with rows of several people. The owner of a row
tries to set each of its columns, by changing the row and by adding a new one, and we look at what stands there
afterwards, so that a trigger that puts the old value back counts as a guard.

Why it matters: the browser talks to the database directly. A user who sets his own role is an admin; who sets his
balance, his plan or the status of a payment takes money that nobody paid.

How to repair: take the right away for these columns (`revoke update on t from authenticated; grant update (name, bio)
on t to authenticated`), or pin them in a BEFORE trigger, and change them only in server code.

When it is fine: the column decides nothing. Say so with `apprescue ask`.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Access, Cell, Operation
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source.proven import columns, leaks, named, seen
from apprescue.source.sql_text import bare
from apprescue.source.sql_words import is_money_table, power

_GRAVE = {"role": Severity.CRITICAL, "money": Severity.CRITICAL, "payout account": Severity.HIGH, "plan": Severity.HIGH}
OPENS = "after it he reads another's rows"
_ACTS = {Operation.UPDATE: "changes", Operation.INSERT: "sets in a new row"}


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=["CWE-269", "CWE-915"],
    owasp=["A01:2025", "API3:2023"],
    evidence=Evidence.PROVEN,
)
def own_row_overreached(app: App, access: Access) -> Iterator[Seen]:
    """One sighting for each table and act."""
    for cells in leaks(access, _ACTS, own=True):
        cells.sort(key=lambda cell: _severity(cell).rank)
        acts = " and ".join(dict.fromkeys(_ACTS[cell.operation] for cell in cells))
        what = named(columns(cells)) or "a row that only the server may write"
        detail = f"A user {acts} {what} of his own in {bare(cells[0].name)}."
        money = is_money_table(cells[0].object) or power(cells[0].column) in ("money", "plan", "payout account")
        yield seen(app.schema, cells, detail, _severity(cells[0]), Impact.MONEY if money else Impact.DATA)


def _severity(cell: Cell) -> Severity:
    if is_money_table(cell.object) or OPENS in cell.detail:
        return Severity.HIGH
    return _GRAVE.get(power(cell.column), Severity.MEDIUM if power(cell.column) else Severity.LOW)
