"""The checks' own pages, as values that papers can read without knowing a check."""

from __future__ import annotations

from difflib import get_close_matches

from apprescue import checks
from apprescue.checks.interface import Check, called, on_shelf
from apprescue.model.audit import Page
from apprescue.shelf import names


def page_of(check: Check) -> Page:
    """What a check says of itself."""
    return Page(
        check.name,
        check.title,
        check.severity,
        check.impact,
        check.evidence,
        check.cwe,
        check.owasp,
        looks_at=check.section("What we look at"),
        matters=check.section("Why it matters"),
        repair=check.section("How to repair"),
        fine=check.section("When it is fine"),
    )


def pages() -> list[Page]:
    """Every page, in the order of the names."""
    return sorted(map(page_of, on_shelf(checks)), key=lambda p: p.check)


def page(name: str) -> Page:
    """The page of one check, its file alone being opened. An unknown name is a KeyError."""
    if name not in names(checks):
        raise KeyError(name)
    return page_of(called(checks, name))


def like(name: str) -> str:
    """What else could have been meant by a name that no check has, as the end of a sentence."""
    known = names(checks)
    near = get_close_matches(name, known, n=2, cutoff=0.5)
    near += [n for n in known if n.rpartition("/")[2] == name.rpartition("/")[2] and n not in near]
    return f"did you mean {' or '.join(near[:2])}?" if near else "`apprescue checks` lists them all."


def chosen(wanted: tuple[str, ...]) -> tuple[set[str], list[str]]:
    """The checks that names mean (a check, or a whole risk such as `access`), and the names that mean none."""
    known = names(checks)
    meant = {w: {n for n in known if n == w or n.startswith(w.rstrip("/") + "/")} for w in wanted}
    return set().union(*meant.values()), [w for w, found in meant.items() if not found]
