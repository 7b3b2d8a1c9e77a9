"""Run every check that can run; tell what could not be examined, and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from apprescue import checks
from apprescue.checks.interface import Check, World, on_shelf
from apprescue.model.app import App
from apprescue.model.finding import Finding, Seen, key_of
from apprescue.model.outcome import Crashed, Found, NotExamined, Outcome, Quiet
from apprescue.model.place import CommitPlace, code_of
from apprescue.sprint.prompt import prompt_for


def audit(
    world: World, shelf: Iterable[Check] | None = None, took: Callable[[str, float], None] = lambda *_: None
) -> Iterator[Outcome]:
    """Run the checks over what they need. `took` is told each check's name and seconds.

    A need that the world holds as NotExamined, or does not hold, makes its checks NotExamined, unless they can do
    without.
    """
    for check in on_shelf(checks) if shelf is None else shelf:
        started = time.perf_counter()
        yield from _outcomes(check, world)
        took(check.name, time.perf_counter() - started)


def _outcomes(check: Check, world: World) -> Iterator[Outcome]:
    needs: World = {}
    for need in check.needs:
        given = world.get(need)
        missing = given is None or isinstance(given, NotExamined)
        if missing and need not in check.wishes:
            yield replace(given, check=check.name) if given else NotExamined(check.name, f"no {need}")
            return
        needs[need] = None if missing else given
    try:
        seen = list(check.run(**needs))
    except Exception as error:  # a broken check must not take the others with it
        yield Crashed(check.name, f"{type(error).__name__}: {error}")
        return
    yield from map(Found, findings(check, seen, world["app"]))
    if not seen:
        yield Quiet(check.name)


def findings(check: Check, seen: Iterable[Seen], app: App) -> Iterator[Finding]:
    """Findings from what a check saw: sightings of one cause become one, the worst of them leading."""
    groups: dict[object, list[Seen]] = {}
    for number, one in enumerate(seen):
        groups.setdefault(one.cause or number, []).append(one)
    twins: dict[str, int] = {}
    for group in groups.values():
        group.sort(key=lambda s: (s.severity or check.severity).rank)
        first = group[0]
        code = code_of(first.place)
        today = code is not None and not isinstance(first.place, CommitPlace)
        base = key_of(check.name, first.place, app.excerpt(code) if code and today else "")
        twins[base] = twins.get(base, -1) + 1
        places = [first.place, *first.related, *(p for s in group[1:] for p in (s.place, *s.related))]
        finding = Finding(
            key=base if not twins[base] else key_of(check.name, first.place, base, twins[base]),
            check=check.name,
            severity=first.severity or check.severity,
            impact=first.impact or check.impact,
            evidence=first.evidence or check.evidence,
            title=first.title or check.title,
            detail=_detail(group),
            place=first.place,
            related=tuple(dict.fromkeys(p for p in places if p != first.place)),
            repair=first.repair or check.section("How to repair"),
            prompt="",
            cwe=check.cwe,
            owasp=check.owasp,
            proof=next((s.proof for s in group if s.proof), None),
            claims=tuple(dict.fromkeys(claim for s in group for claim in s.claims)),
            facts=tuple(dict.fromkeys(fact for s in group for fact in s.facts)),
        )
        yield replace(finding, prompt=prompt_for(finding))


def _detail(group: list[Seen]) -> str:
    more = len(group) - 1
    return group[0].detail + (f" The same holds in {more} more place{'s' * (more > 1)}." if more else "")
