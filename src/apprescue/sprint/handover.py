"""The handover pack: everything that a sprint came to, in the forms that people and programs read, from one ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from apprescue.model.audit import Audit
from apprescue.model.sprint import Standing
from apprescue.reports import chapters, junit, prompts, sarif
from apprescue.reports.chapters.interface import every
from apprescue.reports.handover import front, html, json, markdown, pdf
from apprescue.reports.interface import Screen
from apprescue.reports.sbom import cyclonedx
from apprescue.sprint.steps.index import NOWHERE

FOLDER = ".apprescue/handover"
SCREEN = Screen(width=100)


def pack(standing: Standing) -> dict[str, bytes]:
    """The files of the pack by their names. Raises ValueError where the PDF cannot be set."""
    document = front.document(standing, every(chapters, standing))
    audit = _open(standing)
    texts = {
        "handover.html": html.render(document),
        "handover.md": markdown.render(document),
        "handover.json": json.render(standing),
        "sbom.cdx.json": cyclonedx.render(standing),
    }
    if audit:
        papers = {"findings.sarif": sarif, "findings.junit.xml": junit, "prompts.md": prompts}
        texts |= {name: paper.render(audit, SCREEN) for name, paper in papers.items()}
    texts |= dict(_migrations(standing))
    files = {name: text.encode("utf-8", "replace") for name, text in texts.items()}
    return {**files, "handover.pdf": pdf.render(document)}


def write(standing: Standing, folder: Path) -> tuple[str, ...]:
    """Write the pack into a folder; the names of its files. Raises OSError, and ValueError as `pack`."""
    files = pack(standing)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return tuple(sorted(files))


def _migrations(standing: Standing) -> Iterator[tuple[str, str]]:
    """What helped when it was measured and has no place in the app's own history, for the owner to run."""
    nowhere = {one.migration for one in standing.kept if one.reason == NOWHERE}
    for one in standing.tuned.migrations if standing.tuned else ():
        if one.name in nowhere:
            yield f"migrations/{one.name}", one.up
            yield f"undo/{one.name}", one.down


def _open(standing: Standing) -> Audit | None:
    """The audit as it is now: with the findings that are still open."""
    found = tuple(one.finding for one in standing.open)
    return replace(standing.audit, findings=found) if standing.audit else None
