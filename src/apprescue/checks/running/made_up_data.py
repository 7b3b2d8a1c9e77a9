"""Numbers and links in your app are made up.

What we look at: server answers and stored rows with figures from a random generator (views, sales, growth, success)
or with addresses of `example.com`.

Why it matters: such stand-ins are made while an app is built. Customers decide by figures that are not true, or open
files that do not exist, and you believe that a feature works which was never made.

How to repair: answer with what is really known, and hide the feature until there is something to show.

When it is fine: sample data for development and demos that are marked as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code, Place
from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source.quiet import is_test
from apprescue.source.routes import ANSWERS

_FIGURE = re.compile(
    r"(?i)^(?:\w*_)?(?:views?|likes?|followers?|subscribers?|revenue|earnings?|income|sales|clicks|impressions|reach|engagement\w*|"
    r"growth|score|success|conversion\w*|visitors?|plays|downloads)(?:_?(?:rate|count|total))?$"
)
_NOWHERE = re.compile(r"https?://(?:\w+\.)?example\.(?:com|org|net)\b")
_DICE = re.compile(r"^(?:Math\.random|random\.(?:random|randint|uniform|choice))$")
_ASIDE = re.compile(r"(?:^|/)(?:seeds?|scripts?|demo|mocks?|prisma|fixtures)(?:/|[-_.])")
_DEPTH = 5


@check(
    severity=Severity.MEDIUM,
    impact=Impact.BLINDNESS,
    cwe=("CWE-1164",),
    owasp=("A06:2025",),
    evidence=Evidence.SUSPECTED,
)
def made_up_data(app: App) -> Iterator[Seen]:
    """One finding for each file."""
    told: set[Place] = set()
    for place, values, where in (*_answers(app), *_stored(app)):
        what = "" if place in told else next(filter(None, map(_invented, values)), "")
        if what:
            told.add(place)
            yield Seen(place, f"{where} holds {what}.", cause=place.path)


def _answers(app: App) -> Iterator[tuple[Code, Iterator[Value], str]]:
    for route in app.routes:
        for step in route.steps:
            if ANSWERS.search(step.name) and not step.refusing and not _aside(step.place.path):
                yield step.place, _handed(step), "This answer"


def _stored(app: App) -> Iterator[tuple[Code, Iterator[Value], str]]:
    for query in app.queries:
        if query.route and query.written is not None and not _aside(query.place.path):
            yield query.place, query.written.deep(), f"What is stored in {query.table}"


def _aside(path: str) -> bool:
    return is_test(path) or bool(_ASIDE.search(path))


def _handed(step: Step) -> Iterator[Value]:
    for value in step.args[:1]:
        for part in value.deep():
            yield part
            if part.step is not None and part.step.name == "JSON.stringify":
                yield from (inner for a in part.step.args for inner in a.deep())


def _invented(value: Value) -> str:
    """What in an object is made up; empty where nothing is."""
    for name, part in (value.fields or {}).items():
        if _FIGURE.match(name) and _is_dice(part):
            return f"`{name}` from a random generator"
        if _NOWHERE.search(known.plain(part)) and not part.comes_from("env") and not _is_fallback(part):
            return f"`{name}` at an address of example.com"
    return ""


def _is_fallback(value: Value) -> bool:
    """Whether the address only stands in for a setting that is missing."""
    return value.op in ("||", "??") or any(map(_is_fallback, value.operands))


def _is_dice(value: Value, depth: int = 0) -> bool:
    if depth > _DEPTH or (value.step is not None and value.step.method in ("toString", "slice", "substring", "join")):
        return False
    if value.step is not None and (
        _DICE.match(value.step.name) or any(_is_dice(a, depth + 1) for a in value.step.args)
    ):
        return True
    return any(_is_dice(part, depth + 1) for part in value.operands)
