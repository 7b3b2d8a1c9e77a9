"""How a project is set, as far as its migrations tell: what is open by itself, and what is closed by itself.

Until spring 2026 new tables were open to the API by themselves; since then new projects ask for grants, and since
autumn 2026 older ones do for what they make anew. Which of the two a project is follows from when it began and from
whether it grants anything: an app that never does would show nothing to anybody, so its project was set to the old way.
And a project may be set to give each new table row level security: its migrations then speak of a function that none
of them makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

_HERE = Path(__file__).parent

EXPLICIT_GRANTS = (_HERE / "project_explicit_grants.sql").read_text(encoding="utf-8")
"""Run as `postgres`, for what is made afterwards: nothing is open by itself."""
AUTO_RLS = (_HERE / "project_auto_rls.sql").read_text(encoding="utf-8")
"""Run as `postgres`, for what is made afterwards: each new table of public gets row level security."""

NEW_PROJECTS = "20260530"
ALL_PROJECTS = "20261030"

_GRANT = re.compile(
    r"\bgrant\s[^;]{0,300}?\son\s+(?!(?:all\s+)?(?:function|procedure|routine|schema|sequence|type)s?\b)"
    r"[^;]{1,2000}?\sto\s[^;]{0,300}?\b(?:anon|authenticated)\b",
    re.I,
)
"""A right to a table or view for those whom the API serves."""


def explicit_from(history: Iterable[tuple[str, str]], *, automatic: bool | None = None) -> int | None:
    """The file, by its number, before which EXPLICIT_GRANTS is to run; None where all is open by itself.

    `history` gives the path and the text of each migration in order, with a date at the beginning of its name.
    `automatic` is what the project's own settings say (`auto_expose_new_tables`), if they do.
    """
    files = list(history)
    if automatic is not None:
        return None if automatic or not files else 0
    dates = [_date(path) for path, _ in files]
    known = [date for date in dates if date]
    since = NEW_PROJECTS if known and min(known) >= NEW_PROJECTS else ALL_PROJECTS
    first = next((number for number, date in enumerate(dates) if date >= since), None)
    if first is None or not any(_GRANT.search(text) for _, text in files[first:]):
        return None
    return first


def auto_rls(history: Iterable[tuple[str, str]]) -> bool:
    """Whether AUTO_RLS is to be run before all else; `history` as for `explicit_from`."""
    return any("rls_auto_enable" in text for _, text in history)


def _date(path: str) -> str:
    found = re.match(r"(20\d{6})\d{0,6}(?!\d)", PurePosixPath(path).name)
    return found[1] if found else ""
