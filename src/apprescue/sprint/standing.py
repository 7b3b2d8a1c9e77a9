"""How a sprint stands, made of its ledger's events and nothing else: what papers and the desk show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from apprescue.model.access import Access
from apprescue.model.app import Package
from apprescue.model.audit import Audit
from apprescue.model.finding import Finding
from apprescue.model.intake import Answer
from apprescue.model.proof import Proof
from apprescue.model.repair import State
from apprescue.model.sprint import (
    CLOSED,
    Decision,
    EnvName,
    Host,
    Kept,
    Plan,
    Scores,
    Since,
    Stage,
    Standing,
    Stood,
    Went,
)
from apprescue.model.tuning import Measured, Tuned
from apprescue.source.stored import restored
from apprescue.sprint.days import PLANS, RESCUE
from apprescue.sprint.ledger import FINDING, Event, Ledger
from apprescue.sprint.run import NOT_TUNED

T = TypeVar("T")
BEGUN = "sprint"
STATED = ("reason", "commit", "difference", "lines", "cells", "review", "after", "test")


def begun(book: Ledger) -> Event | None:
    """The event that began the newest sprint."""
    return next(reversed(list(book.events(BEGUN))), None)


def standing(book: Ledger, name: str) -> Standing:
    """How the newest sprint stands; empty where none was begun. `name` is the app's, as its folder has it."""
    begins = list(book.events(BEGUN))
    if not begins:
        return Standing(name, RESCUE)
    stood = told(begins[-1], list(book.events(after=begins[-1].number)))
    return replace(stood, since=_since(book, begins)) if begins[1:] else stood


def told(first: Event, events: list[Event]) -> Standing:
    """The sprint that `first` began, as these later events have it."""
    audits = {one.data["when"]: one for one in events if one.kind == "audit"}
    access = {one.data["when"]: one for one in events if one.kind == "access"}
    rows = {"plan": first.number}
    rows |= {f"audit_{when}": one.number for when, one in audits.items()}
    rows |= {f"access_{when}": one.number for when, one in access.items()}
    rows |= {one.kind: one.number for one in events if one.kind in ("answers", "hosts", "packages", "tuned")}
    rows |= {f"measured {one.key}": one.number for one in events if one.kind == "measured"}
    last = audits.get("after") or audits.get("before")
    return Standing(
        name=first.data["name"],
        plan=_plan(first),
        commit=first.commit,
        branch=first.data["branch"],
        where=first.data["where"],
        began=first.at,
        went={one.data["step"]: _went(one) for one in events if one.kind == "step"},
        answers={key: Answer(value) for key, value in _last(events, "answers", {}).items()},
        audit=_audit(audits["before"], events) if "before" in audits else None,
        findings=tuple(sorted(_findings(events), key=lambda one: one.finding.order)),
        decisions=tuple(_decisions(events)),
        access_before=_access(access.get("before")),
        access_after=_access(access.get("after")),
        tuned=_tuned(events),
        kept=tuple(Kept(e.key, e.data["commit"], e.data["reason"], e.number) for e in _newest(events, "sped")),
        scores=tuple(replace(restored(e.data, Scores), row=e.number) for e in _newest(events, "score", "when")),
        env=tuple(replace(restored(e.data["env"], EnvName), row=e.number) for e in _newest(events, "env")),
        packages=restored(_last(events, "packages", {"packages": []})["packages"], tuple[Package, ...]),
        hosts=restored(_last(events, "hosts", {"hosts": []})["hosts"], tuple[Host, ...]),
        unexamined=_unexamined(_audit(last, events)) if last else (),
        rows=rows,
        last=events[-1].number if events else first.number,
    )


def _since(book: Ledger, begins: list[Event]) -> Since:
    """The newest sprint's findings of the first day against how those of the earlier ones ended."""
    state: dict[str, str] = {}
    now: set[str] = set()
    for one in book.events(after=begins[0].number):
        if one.kind == "found" and one.number > begins[-1].number:
            now |= {one.key} if one.data["when"] == "before" else set()
        elif one.kind == "found":
            state[one.key] = State.OPEN.value
        elif one.kind == FINDING and one.number < begins[-1].number and one.key in state:
            state[one.key] = one.data["state"]
    was_closed = {key for key, one in state.items() if one in CLOSED}
    return Since(
        new=tuple(sorted(now - state.keys())),
        closed=tuple(sorted(state.keys() - was_closed - now)),
        reopened=tuple(sorted(now & was_closed)),
        unchanged=tuple(sorted(now & (state.keys() - was_closed))),
    )


def _plan(first: Event) -> Plan:
    return PLANS.get(first.data["plan"], RESCUE)


def _last(events: list[Event], kind: str, otherwise: dict[str, Any]) -> dict[str, Any]:
    return next((dict(one.data) for one in reversed(events) if one.kind == kind), otherwise)


def _newest(events: Iterable[Event], kind: str, by: str = "") -> Iterable[Event]:
    """The last event of a kind for each key, or for each value of a word in its data."""
    return {one.data[by] if by else one.key: one for one in events if one.kind == kind}.values()


def _went(one: Event) -> Went:
    data = one.data
    return Went(
        data["step"],
        Stage(data["stage"]),
        data.get("reason", ""),
        data.get("said", ""),
        one.at,
        data.get("seconds", 0.0),
        one.number,
    )


def _findings(events: list[Event]) -> Iterator[Stood]:
    first = {one.key for one in events if one.kind == "found" and one.data["when"] == "before"}
    states = {one.key: one for one in events if one.kind == FINDING}
    for one in _newest(events, "found"):
        finding = restored(one.data["finding"], Finding)
        stood = Stood(
            finding, State.SUPPRESSED if finding.suppressed else State.OPEN, new=one.key not in first, row=one.number
        )
        yield _stated(stood, states[one.key]) if one.key in states else stood


def _stated(stood: Stood, event: Event) -> Stood:
    data = event.data
    return replace(
        stood,
        state=State(data["state"]),
        title=data.get("fix", ""),
        before=restored(data.get("before"), Proof | None),  # type: ignore[arg-type]  # a union is no class
        todo=tuple(data.get("todo", ())),
        told=event.number,
        **{name: data[name] for name in STATED if name in data},
    )


def _decisions(events: list[Event]) -> Iterator[Decision]:
    said = {(one.data["kind"], one.key): one for one in events if one.kind == "decided"}
    for one in _newest_asked(events):
        data, answer = one.data, said.get((one.data["kind"], one.key))
        yield Decision(
            data["kind"],
            one.key,
            data["text"],
            data["evidence"],
            data["default"],
            answer.data["answer"] if answer else None,
            answer.data["by"] if answer else "",
            answer.number if answer else one.number,
        )


def _newest_asked(events: list[Event]) -> Iterable[Event]:
    return {(one.data["kind"], one.key): one for one in events if one.kind == "asked"}.values()


def _audit(event: Event, events: Iterable[Event]) -> Audit:
    """The audit that an event holds, without the gaps that the measuring of speed filled."""
    audit = restored(event.data["audit"], Audit)
    if not any(one.kind == "tuned" for one in events):
        return audit
    return replace(audit, not_examined=tuple(one for one in audit.not_examined if one.reason != NOT_TUNED.reason))


def _access(event: Event | None) -> Access | None:
    return restored(event.data["access"], Access) if event else None


def _tuned(events: list[Event]) -> Tuned | None:
    found = next((one for one in reversed(events) if one.kind == "tuned"), None)
    if found is None:
        return None
    measured = tuple(restored(one.data["measured"], Measured) for one in _newest(events, "measured"))
    return replace(restored(found.data["tuned"], Tuned), measured=measured)


def _unexamined(audit: Audit) -> tuple[str, ...]:
    return tuple(f"{one.check}: {one.reason}" for one in audit.not_examined) + tuple(
        f"{one.check}: {one.error}" for one in audit.crashed
    )
