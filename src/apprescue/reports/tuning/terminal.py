"""The tuning on a terminal: the answer first, then what is slow, why, and what it becomes."""

from __future__ import annotations

from collections.abc import Iterable

from apprescue.model.tuning import FAST, Measured, Tuned
from apprescue.reports.interface import Screen, count, line
from apprescue.reports.page.paper import Paper
from apprescue.reports.tuning.interface import by_screen, gains, headline, kept, milliseconds, p95, shown, size
from apprescue.source.plan_words import gist

SHOWN = 12


def render(tuned: Tuned, name: str, screen: Screen) -> str:
    """The whole tuning."""
    paper = Paper(screen)
    answer, why = headline(tuned)
    paper.say(f"{name} · {count(len(tuned.measured), 'query')} measured · {tuned.seconds:.0f} s", "dim")
    paper.say()
    good = tuned.fast(after=True) == len(tuned.common) > 0
    paper.say(answer, "bold green" if good else "bold yellow")
    paper.say(why)
    _screens(paper, tuned)
    _changes(paper, tuned)
    _refused(paper, tuned)
    _untold(paper, tuned)
    _conditions(paper, tuned)
    return paper.text()


def _screens(paper: Paper, tuned: Tuned) -> None:
    slow = [one for one in tuned.measured if (p95(one.was) or 0) >= FAST]
    if not slow:
        return
    paper.rule("WHAT IS SLOW", "bold yellow")
    for number, (screen, group) in enumerate(by_screen(slow)):
        if number == SHOWN:
            paper.say(f"… and more: {count(len(slow), 'slow query')} in all. The HTML has every one.", margin=2)
            break
        paper.say(f"{screen or group[0].statement.place} ({group[0].statement.kind})", "bold", margin=2)
        for one in group:
            _one(paper, one)


def _one(paper: Paper, one: Measured) -> None:
    times = f"{milliseconds(p95(one.was))}, then {milliseconds(p95(one.now or one.was))}"
    paper.say(f"95 of 100 answers: {times}", margin=6, lead="•")
    paper.say(str(one.statement.place), "cyan", margin=6)
    if one.plan_before:
        paper.say(f"why: {gist(one.plan_before)}", "dim", margin=6)
    if one.plan_after and one.plan_after != one.plan_before:
        paper.say(f"then: {gist(one.plan_after)}", "dim", margin=6)


def _changes(paper: Paper, tuned: Tuned) -> None:
    if not tuned.migrations:
        return
    names = {one.statement.key: one.statement.screen or str(one.statement.place) for one in tuned.measured}
    paper.rule("WHAT HELPS", "bold green")
    for index in kept(tuned.indexes):
        facts = f"{size(index.advised.size)}, built in {index.seconds:.1f} s, {index.tax:.1f} µs more for each insert"
        paper.say(shown(index.advised.index), margin=4, lead="+")
        _facts(paper, facts, gains(index.gains, names))
    for one in tuned.rewrites:
        if not one.refused:
            paper.say(f"{one.rewrite.about}: {one.rewrite.reason}", margin=4, lead="~")
            _facts(paper, one.same, gains(one.gains, names))
    for drop in tuned.drops:
        paper.say(f"{drop.name} ({size(drop.size)}): {drop.reason}", margin=4, lead="-")


def _facts(paper: Paper, facts: str, gained: list[str]) -> None:
    paper.say(facts, "dim", margin=4)
    for gain in gained[:2]:
        paper.say(gain, "green", margin=4)


def _refused(paper: Paper, tuned: Tuned) -> None:
    tried = [(shown(one.advised.index), one.refused) for one in tuned.indexes if one.refused]
    tried += [(one.rewrite.about, one.refused) for one in tuned.rewrites if one.refused]
    _listed(paper, "TRIED AND NOT KEPT", tried)


def _untold(paper: Paper, tuned: Tuned) -> None:
    listed = [(str(one.place), one.reason) for one in tuned.untold]
    listed += [(str(one.statement.place), one.failed) for one in tuned.measured if one.failed]
    listed += [*tuned.missing, *((one.check, one.reason) for one in tuned.left_out)]
    _listed(paper, "NOT MEASURED", listed)


def _conditions(paper: Paper, tuned: Tuned) -> None:
    if tuned.conditions:
        paper.rule("HOW IT WAS MEASURED", "bold")
    for word, told in tuned.conditions:
        paper.say(f"{word}: {told}", "dim", margin=2)


def _listed(paper: Paper, title: str, pairs: Iterable[tuple[str, str]]) -> None:
    listed = list(pairs)
    if listed:
        paper.rule(title, "bold")
    for name, why in listed[:SHOWN]:
        paper.say(f"{line(name)}: {line(why)}", margin=4, lead="•")
    if len(listed) > SHOWN:
        paper.say(f"… and {len(listed) - SHOWN} more", "dim", margin=4)
