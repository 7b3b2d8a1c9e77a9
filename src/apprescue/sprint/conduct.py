"""The sprint: its days one after the other, each step put down when it is done, so that it can go on after any end.

It stops where the owner must decide. A step that breaks off is told as it is, and the others go on without it, unless
all of them stand on it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

from apprescue.lab.repo import open_repo
from apprescue.lab.rescue import rescue
from apprescue.model.repair import State
from apprescue.model.sprint import Day, Plan, Stage, Standing, Step
from apprescue.shelf import module
from apprescue.source.files import read_tree
from apprescue.sprint import steps
from apprescue.sprint.course import Course
from apprescue.sprint.days import PLANS
from apprescue.sprint.ledger import FINDING, Event, Ledger, LedgerError, ledger
from apprescue.sprint.recognise import recognised
from apprescue.sprint.repair import laboratory
from apprescue.sprint.standing import BEGUN, begun, standing
from apprescue.sprint.steps.interface import Came, Told, Wish, Work
from apprescue.sprint.suppressions import Suppression

Tell = Callable[[str], None]
OVER = frozenset({Stage.DONE, Stage.LEFT_OUT, Stage.FAILED})
FOUNDATIONS = frozenset({"intake", "audit"})
"""Steps without which the others make no sense."""


class SprintError(Exception):
    """The sprint cannot go on as it is. The message says why, and what to do."""


def sprint(root: Path, wish: Wish, progress: Tell = lambda _: None) -> Standing:
    """Begin a sprint for the app in a folder, or go on with the one that was begun, as far as the wish and the owner's
    decisions let it. How it stands then.

    Nothing of the owner's is changed: what is repaired stands on a rescue branch, what was done in `.apprescue/`.
    Raises SprintError, NoAppError, LedgerError where another run is at work, PostgresError where there is no
    laboratory, OSError.
    """
    recognised(root, read_tree(root), open_repo(root))
    with ExitStack() as stack:
        book = stack.enter_context(ledger(root))
        first = _begun(book, root, wish)
        plan = PLANS[first.data["plan"]]
        bench = stack.enter_context(laboratory(wish.bench))
        course = Course(progress, [(_named(day, step), step.seconds) for day in plan.days for step in day.steps])
        for day, step in _wanted(plan, wish):
            course.begin(_named(day, step))
            went = standing(book, root.name).went.get(step.name)
            if went and went.stage in OVER:
                continue
            since = _since(book, first, step)
            tell = partial(_tell, course, step)
            work = Work(root, book, first.commit, first.number, since, step, wish, bench, tell)
            stage = _done(work)
            if stage is Stage.ASKING or (stage is Stage.FAILED and step.name in FOUNDATIONS):
                break
        course.end()
        return standing(book, root.name)


def _begun(book: Ledger, root: Path, wish: Wish) -> Event:
    """The event that began the sprint to go on with; a new one where there is none, or one is asked for."""
    with rescue(root, tuple(read_tree(root).files), date.today()) as branch:
        base, made = branch.base, {"branch": branch.branch, "where": str(branch.git_dir)}
    known = begun(book)
    if known is None or wish.again:
        data = {"plan": wish.plan.name, "name": root.resolve().name, **made}
        book.add(BEGUN, data, commit=base)
        known = begun(book)
    if known is None:
        raise LedgerError("The ledger forgot what was just written.")
    if known.commit != base:
        raise SprintError(
            f"Your app has other commits than when this sprint began ({known.commit[:10]}, now {base[:10]}): finish it"
            " from there, or begin a new one with --again."
        )
    return known


def _named(day: Day, step: Step) -> str:
    return f"day {day.name}: {step.title}"


def _wanted(plan: Plan, wish: Wish) -> Iterator[tuple[Day, Step]]:
    for day in plan.days:
        named = not wish.only or day.name in wish.only
        yield from ((day, step) for step in day.steps if named or step.name in wish.only)
        if wish.until in (day.name, *(step.name for step in day.steps)):
            return


def _since(book: Ledger, first: Event, step: Step) -> int:
    """The number of the event that began a step, the first time that it was begun."""
    tries = (one for one in book.events("step", first.number) if one.data["step"] == step.name)
    known = next(tries, None)
    return known.number if known else book.add("step", {"step": step.name, "stage": Stage.RUNNING.value})


def _done(work: Work) -> Stage:
    """Do a step and put down what came of it: all of that, or nothing."""
    started = time.monotonic()
    told: list[Told] = []
    try:
        came = _through(module(steps, work.step.work or work.step.name).step(work), told)
    except LedgerError:
        raise
    except Exception as error:  # one step that breaks must not take the others with it
        told, came = [], Came(stage=Stage.FAILED, reason=f"It broke off: {type(error).__name__}: {error}")
    took = {"stage": came.stage.value, "said": came.said, "reason": came.reason, "seconds": time.monotonic() - started}
    with work.book.together():
        for one in told:
            work.book.add(one.kind, one.data, one.key, work.commit)
        work.book.add("step", {"step": work.step.name, **took}, commit=work.commit)
    return came.stage


def _through(doing: Generator[Told, None, Came], told: list[Told]) -> Came:
    while True:
        try:
            told.append(next(doing))
        except StopIteration as end:
            came: Came = end.value
            return came


def _tell(course: Course, step: Step, said: str) -> None:
    """What is being done, without the bar of a piece of work that has its own."""
    course.at(f"{step.title}: {said.rpartition(' · ')[2]}")


def accept(book: Ledger, accepted: Suppression) -> None:
    """Put down that the owner accepts a finding for a time; on day 5 it goes into `.apprescue.toml` on the branch."""
    said = {"reason": accepted.reason, "owner": accepted.owner, "expires": accepted.expires.isoformat()}
    with book.together():
        book.add("accepted", said, accepted.key)
        book.add(FINDING, {"state": State.SUPPRESSED.value, "reason": str(accepted)}, accepted.key)


def decide(book: Ledger, kind: str, key: str, answer: bool, by: str) -> None:
    """Put the owner's decision down; the sprint goes on with it when it is started again."""
    book.add("decided", {"kind": kind, "answer": answer, "by": by}, key)
