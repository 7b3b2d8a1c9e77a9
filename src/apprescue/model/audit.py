"""What an audit came to, ready to be printed: no secret of the app is in here, so no paper can show one.

`Audit.of` is the gate. Everything that comes from the app passes the redaction there, once, before any paper exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar

from apprescue.model.app import App, Route
from apprescue.model.finding import Evidence, Finding, Impact, Severity
from apprescue.model.outcome import Cleared, Crashed, Found, NotExamined, Outcome, Quiet
from apprescue.model.place import Code, CommitPlace, code_of
from apprescue.model.schema import Policy, Table

AROUND = 3
LONGEST_EXCERPT = 18
LONGEST_LINE = 240
HIDDEN = "[hidden]"
QUOTED = re.compile(r"""(["'`])((?:(?!\1)[^\\]|\\.){4,}?)\1""")
NAMES: dict[type, tuple[str, ...]] = {Finding: ("key", "check"), Code: ("path",), CommitPlace: ("commit",)}

T = TypeVar("T")


class NoAppError(Exception):
    """Nothing that we know as an app stands in the folder."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a check says of itself: its first line, its four paragraphs, and how it is filed."""

    check: str
    title: str
    severity: Severity
    impact: Impact
    evidence: Evidence
    cwe: tuple[str, ...]
    owasp: tuple[str, ...]
    looks_at: str
    matters: str
    repair: str
    fine: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file. `first` is the number of the first, `marked` those that are meant (last included)."""

    first: int
    lines: tuple[str, ...]
    marked: tuple[int, int]


@dataclass(frozen=True)
class Audit:
    """The result of one audit. `findings` stand worst first, those that the owner accepted included.

    `cleared` looked wrong and were proved to be safe, `quiet` names the checks that ran and saw nothing, `notes` is
    what else the owner must know (a suppression that ended), `anchor` the file that stands for the app as a whole.
    Routes come without their traces.
    """

    name: str
    commit: str
    stacks: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    cleared: tuple[Cleared, ...] = ()
    not_examined: tuple[NotExamined, ...] = ()
    crashed: tuple[Crashed, ...] = ()
    quiet: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    pages: Mapping[str, Page] = field(default_factory=dict)
    excerpts: Mapping[str, Excerpt] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    tables: tuple[Table, ...] = ()
    policies: tuple[Policy, ...] = ()
    files: int = 0
    anchor: str = ""

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that count: those that nobody suppressed."""
        return tuple(f for f in self.findings if not f.suppressed)

    @property
    def suppressed(self) -> tuple[Finding, ...]:
        """The findings that the owner accepted for a time."""
        return tuple(f for f in self.findings if f.suppressed)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many open findings there are of each severity, the worst first."""
        return {s: sum(f.severity is s for f in self.open) for s in Severity}

    @classmethod
    def of(
        cls,
        app: App,
        outcomes: Iterable[Outcome],
        *,
        redact: Callable[[str], str],
        pages: Mapping[str, Page],
        timings: Mapping[str, float],
        notes: Iterable[str] = (),
    ) -> Audit:
        """The audit of an app. `redact` replaces every secret in a text and keeps its line breaks."""
        sorts: dict[type[Outcome], list[Any]] = {Found: [], Cleared: [], NotExamined: [], Crashed: [], Quiet: []}
        for outcome in outcomes:
            sorts[type(outcome)].append(outcome)
        found = sorted((f.finding for f in sorts[Found]), key=lambda f: f.order)
        return cls(
            name=redact(app.name),
            commit=app.commit,
            stacks=app.stacks,
            findings=tuple(without_secrets(f, redact) for f in found),
            cleared=tuple(without_secrets(c, redact) for c in sorts[Cleared]),
            not_examined=tuple(without_secrets(n, redact) for n in sorts[NotExamined]),
            crashed=tuple(without_secrets(c, redact) for c in sorts[Crashed]),
            quiet=tuple(q.check for q in sorts[Quiet]),
            notes=tuple(map(redact, notes)),
            timings=dict(timings),
            pages=dict(pages),
            excerpts=_excerpts(app, found, redact),
            routes=tuple(without_secrets(replace(r, trace=None), redact) for r in app.routes),
            tables=tuple(without_secrets(t, redact) for t in app.schema.tables),
            policies=tuple(without_secrets(p, redact) for p in app.schema.policies),
            files=len(app.files),
            anchor=_anchor(app),
        )


def without_secrets(value: T, redact: Callable[[str], str]) -> T:
    """A value with every text in it redacted. Keys, commits, and the names of files and checks stay as they are."""
    if type(value) is str:
        return redact(value)  # type: ignore[arg-type, return-value]
    if isinstance(value, tuple | list | frozenset):
        return type(value)(without_secrets(v, redact) for v in value)
    if isinstance(value, dict):
        named = ("path", "commit") if "end_line" in value else ()
        return {k: v if k in named else without_secrets(v, redact) for k, v in value.items()}  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        kept = NAMES.get(type(value), ())
        changed = {
            f.name: after
            for f in fields(value)
            if f.name not in kept and (after := without_secrets(before := getattr(value, f.name), redact)) != before
        }
        return replace(value, **changed) if changed else value
    return value


def _excerpts(app: App, found: Iterable[Finding], redact: Callable[[str], str]) -> dict[str, Excerpt]:
    texts: dict[str, list[str]] = {}
    excerpts = {}
    secret = secret_lines(found)
    for finding in found:
        code = code_of(finding.place)
        if code is None or isinstance(finding.place, CommitPlace) or code.path not in app.files:
            continue
        if code.path not in texts:
            texts[code.path] = _clean_lines(app, code.path, redact, secret)
        lines = texts[code.path]
        last = min(max(code.line, code.end_line), len(lines), code.line + LONGEST_EXCERPT - 1)
        first = max(1, code.line - AROUND)
        shown = lines[first - 1 : min(last + AROUND, first + LONGEST_EXCERPT - 1)]
        if shown:
            cut = tuple(line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " …" for line in shown)
            excerpts[finding.key] = Excerpt(first, cut, (code.line, last))
    return excerpts


def secret_lines(found: Iterable[Finding]) -> set[tuple[str, int]]:
    """The lines that findings about secrets point at, and the one after each, where a long expression goes on."""
    codes = (code_of(p) for f in found if f.check.startswith("secrets/") for p in (f.place, *f.related))
    return {(c.path, n) for c in codes if c for n in range(c.line, max(c.line, c.end_line) + 2)}


def _clean_lines(app: App, path: str, redact: Callable[[str], str], secret: Collection[tuple[str, int]]) -> list[str]:
    """A file's lines without secrets.

    Where a finding about secrets points, every quoted text is hidden, and in a file of settings every value, whether
    it is known as a secret or not; only names of the environment stay.
    """
    raw = app.files[path]
    text = redact(raw)
    lines = text.split("\n")
    if len(lines) != raw.count("\n") + 1:
        lines = [redact(line) for line in raw.split("\n")]
    for name in app.env_declared:
        if name.value and name.place.path == path:
            for number in range(name.place.line - 1, min(max(name.place.line, name.place.end_line), len(lines))):
                before, sign, value = lines[number].partition("=" if "=" in lines[number] else ":")
                lines[number] = before + sign + value.replace(name.value, HIDDEN)
    names = {e.name for e in app.env_reads} | {e.name for e in app.env_declared}
    return [
        QUOTED.sub(lambda q: q[0] if q[2] in names else f"{q[1]}{HIDDEN}{q[1]}", line) if (path, at) in secret else line
        for at, line in enumerate(lines, 1)
    ]


def _anchor(app: App) -> str:
    usual = ("package.json", "pyproject.toml", "requirements.txt", "manage.py", "supabase/config.toml", "README.md")
    return next((name for name in usual if name in app.files), min(app.files, default=""))
