"""What the answers to a try mean: it worked, it was refused, the feature is broken, or nothing can be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from apprescue.methods.trying.moments import Clock
from apprescue.methods.trying.tries import Answer

PRIVILEGE = re.compile(r"^permission denied for (\w+(?: view)?) \"?([^\"]+)\"?$")
POLICY = re.compile(r"row-level security policy .*for table \"([^\"]+)\"")
RECURSION = ("42P17", "54001")
WRONG_RULE = ("42883", "42703", "42P01", "42704", "42804", "42725", "21000", "42601", "42702", "3F000")
CALLED = re.compile(r"(?:PL/pgSQL|SQL) function (?!pg_temp|\"?rescue_try)([\w.\"]+)")
SAID = 160
GUARDED = "it was accepted, but afterwards everything stood as before: a trigger guards it"


class Way(StrEnum):
    """How a try ended. `BARRED` is a refusal by a key or a reference after every rule had let the row pass."""

    WORKED = "worked"
    REFUSED = "refused"
    BROKEN = "broken"
    BARRED = "barred"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended, in words, and the act that says so."""

    way: Way
    detail: str
    act: str = ""
    answer: Answer | None = None


def outcome(answers: Sequence[Answer], name: str, worked: Callable[[Answer], bool], unchanged: str) -> Outcome:
    """What the acts of a try on the object `name` mean together. `unchanged` is said of an act that was not refused
    and still had no effect."""
    for answer in answers:
        if answer.went and worked(answer):
            return Outcome(Way.WORKED, _done(answer), answer.act, answer)
    told = [_told(answer, name, unchanged) for answer in answers]
    for way in (Way.BROKEN, Way.REFUSED, Way.BARRED):
        for one in told:
            if one.way is way:
                return one
    return told[0] if told else Outcome(Way.UNCLEAR, "nothing could be tried")


def _done(answer: Answer) -> str:
    if answer.before in ("true", "false"):
        return "it was done, and the row stood so afterwards"
    clock = Clock.of()
    values = [clock.told(value) for value in (answer.before or "", answer.after or "")]
    told = [value if len(value) <= 40 else f"{value[:40]}…" for value in values]
    return f"it was done: before {told[0] or 'nothing'}, afterwards {told[1] or 'nothing'}"


def _told(answer: Answer, name: str, unchanged: str) -> Outcome:
    said, bare = answer.said[:SAID], name.split(".", 1)[-1]
    inside = CALLED.search(answer.spot)
    if answer.went:
        guarded = answer.touched and answer.before is not None and answer.before == answer.after
        return Outcome(Way.REFUSED, GUARDED if guarded else unchanged, answer.act, answer)
    if answer.state == "42501":
        return Outcome(*_privilege(said, bare), answer.act, answer)
    if answer.state in RECURSION:
        return Outcome(Way.BROKEN, f"its rules run in a circle: {said}", answer.act, answer)
    if answer.state in WRONG_RULE or (answer.state == "22P02" and inside):
        return Outcome(Way.BROKEN, f"a rule or a trigger fails: {said}", answer.act, answer)
    if answer.state in ("P0001", "P0002") or (inside and not answer.state.startswith(("22", "23", "57"))):
        return Outcome(Way.REFUSED, f"the app's own code refuses: {said}", answer.act, answer)
    if answer.state.startswith("23"):
        return Outcome(Way.BARRED, said, answer.act, answer)
    if answer.state == "57014":
        return Outcome(Way.UNCLEAR, "it did not come to an end in time", answer.act, answer)
    return Outcome(Way.UNCLEAR, said, answer.act, answer)


def _privilege(said: str, bare: str) -> tuple[Way, str]:
    """A missing right on the object itself is a refusal, one on something that its rules need breaks it."""
    named = PRIVILEGE.match(said)
    if named:
        if named[2] == bare:
            return Way.REFUSED, f"the role has no right to it ({said})"
        return Way.BROKEN, f"what it needs is forbidden: {said}"
    table = POLICY.search(said)
    if table and table[1] != bare:
        return Way.BROKEN, f"a trigger writes to {table[1]}, whose policy refuses: {said}"
    return Way.REFUSED, said
