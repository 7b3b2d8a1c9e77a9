"""A check is a function. Its parameters say what it needs; it yields what it saw and changes nothing.

Its module's docstring is its page: a first line to the owner, then the four headings. The needs that exist
are made in `sprint/run.py`.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.shelf import module, modules, name_of

HEADINGS = ("What we look at", "Why it matters", "How to repair", "When it is fine")


@dataclass(frozen=True)
class Check:
    """A thing that can be wrong. `cwe` and `owasp` are ids such as CWE-862, A01:2025, API1:2023, LLM06:2025."""

    name: str
    severity: Severity
    impact: Impact
    evidence: Evidence
    cwe: tuple[str, ...]
    owasp: tuple[str, ...]
    page: str
    run: Callable[..., Iterable[Seen]]

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of what it must be given."""
        return tuple(inspect.signature(self.run).parameters)

    @property
    def wishes(self) -> frozenset[str]:
        """Those of its needs that it can do without; it is given None then."""
        given = inspect.signature(self.run).parameters
        return frozenset(name for name, one in given.items() if one.default is None)

    @property
    def title(self) -> str:
        """The page's first line, without its full stop."""
        return self.page.split("\n", 1)[0].rstrip(".")

    def section(self, heading: str) -> str:
        """The text under one of the four headings, on one line, beginning with a capital letter."""
        found = re.search(rf"^{heading}: (.*?)(?=^(?:{'|'.join(HEADINGS)}): |\Z)", self.page, re.M | re.S)
        text = " ".join(found[1].split()) if found else ""
        return text[:1].upper() + text[1:]


def check(
    *,
    severity: Severity,
    impact: Impact,
    cwe: Iterable[str],
    owasp: Iterable[str],
    evidence: Evidence = Evidence.OBSERVED,
) -> Callable[[Callable[..., Iterable[Seen]]], Check]:
    """Make a function a check. Severity, impact and evidence are the usual ones; a `Seen` may overrule them."""

    def wrap(run: Callable[..., Iterable[Seen]]) -> Check:
        page = inspect.getdoc(sys.modules[run.__module__]) or ""
        name = name_of(run.__module__, "apprescue.checks")
        return Check(name, severity, impact, evidence, tuple(cwe), tuple(owasp), page, run)

    return wrap


def on_shelf(shelf: ModuleType) -> list[Check]:
    """Every check that stands on the shelf."""
    return [thing for file in modules(shelf) for thing in vars(file).values() if isinstance(thing, Check)]


def called(shelf: ModuleType, name: str) -> Check:
    """The check of that name (`risk/name`); no other check's file is opened."""
    return next(thing for thing in vars(module(shelf, name)).values() if isinstance(thing, Check))


World = dict[str, Any]
