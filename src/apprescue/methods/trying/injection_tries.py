"""Functions that make the caller's text a part of a statement: one quote in it breaks the statement, two do not."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.methods.trying.arguments import Arguments
from apprescue.methods.trying.function_tries import CALLERS, asking
from apprescue.methods.trying.outcomes import Outcome, Way
from apprescue.methods.trying.trials import Lab, Trial
from apprescue.methods.trying.tries import tried
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Routine

ROW = "with a quote in its text"
SYNTAX = "42601"
ONE, TWO = "it's", "it''s"


def injected_by_all(lab: Lab, routine: Routine) -> Iterator[Trial]:
    """A trial for each caller whose quote breaks the function's own statement."""
    if "execute" not in routine.body.lower():
        return
    arguments = Arguments(lab.catalog, lab.specimens, lab.mentions)
    pairs = zip(
        arguments.with_text(routine, Actor.OWNER, ONE), arguments.with_text(routine, Actor.OWNER, TWO), strict=True
    )
    calls = [(name, (asking(routine, broken), asking(routine, whole))) for (name, broken), (_, whole) in pairs]
    for actor in [actor for actor, role in CALLERS if role in routine.executors and lab.present(actor)]:
        tries = [lab.request(actor, act, asks=asks) for _, acts in calls for act, asks in acts]
        answers = [first for first, *_ in tried(lab.database, tries)]
        for (name, _), one, broken, whole in zip(calls, tries[::2], answers[::2], answers[1::2], strict=True):
            if broken.state == SYNTAX and whole.state != SYNTAX:
                detail = f"a quote in {name} breaks the statement that it becomes a part of: {broken.said}"
                ended = Outcome(Way.WORKED, detail, broken.act, broken)
                yield Trial(
                    routine.signature, actor, Operation.CALL, ROW, False, ended, one,
                    kind="function", rules=routine.body,
                )  # fmt: skip
                break
