"""Somebody reads, replaces, deletes or lists other people's files.

What we look at: the app's file storage, rebuilt in a laboratory with files of several people in every bucket. A
visitor, a user with files of his own and the owner try to read, upload, replace, delete and list.

Why it matters: private documents, attachments and what is sold lie there. Who can write into another's folder
replaces what others see; who can list a bucket finds files whose names nobody told him.

How to repair: let the rules name the bucket and the caller's own folder
(`bucket_id = 'documents' and (storage.foldername(name))[1] = (select auth.uid())::text`), and make buckets private
that hold anything but public pictures.

When it is fine: the bucket holds public pictures, and people write only into their own folder.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Access, Cell, Operation
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.source.proven import circle, leaks, seen

_ACTS = {
    Operation.SELECT: "reads",
    Operation.LIST: "lists",
    Operation.INSERT: "uploads into",
    Operation.UPDATE: "replaces",
    Operation.DELETE: "deletes",
}


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=["CWE-862", "CWE-284"],
    owasp=["A01:2025", "API1:2023"],
    evidence=Evidence.PROVEN,
)
def files_open_to_strangers(app: App, access: Access) -> Iterator[Seen]:
    """One sighting for each bucket and kind of access."""
    for cells in leaks(access, _ACTS, ["bucket"]):
        acts = ", ".join(dict.fromkeys(_ACTS[cell.operation] for cell in cells))
        detail = f"{circle(cells)} {acts} another person's files in the bucket {cells[0].object}."
        yield seen(app.schema, cells, detail, _severity(cells))


def _severity(cells: list[Cell]) -> Severity:
    destroys = any(cell.operation in (Operation.UPDATE, Operation.DELETE) for cell in cells)
    return Severity.HIGH if destroys else Severity.MEDIUM
