"""The ways out of a function: which of them turn the caller away, and which guards hold on the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from apprescue.model.trace import Guard, Step, Trace, Value
from apprescue.source import known
from apprescue.source.guards import status_of

_ANSWERS = re.compile(
    r"^response(?:\.\w+\(\))*\.(?:json|jsonp|send|end|render|sendFile|download|redirect|sendStatus|pipe|view)$"
)
_TO_LOGIN = re.compile(r"(?i)(?:log-?in|sign-?in|/auth|unauthori[sz]ed|forbidden|error|40[13])")


def in_force(trace: Trace, guards: Iterable[Guard]) -> list[Guard]:
    """Middleware's guards, and those of the handler that hold wherever it gives an answer that is no refusal, or
    wherever it works; each kind and name once, in order."""
    seen: dict[tuple[str, str, bool], Guard] = {}
    held = [*guards_held(_answers(trace) or [tuple(trace.guards)]), *guards_held(_work(trace))]
    for guard in (*guards, *sorted(held, key=lambda g: trace.guards.index(g) if g in trace.guards else -1)):
        seen.setdefault((guard.kind, guard.name, guard.fail_open), guard)
    return list(seen.values())


def guards_held(ways: Sequence[tuple[Guard, ...]]) -> list[Guard]:
    """The guards whose kind holds in every one of several ways. A way for developers alone does not count."""
    ways = [way for way in ways if not any(g.kind == "development" for g in way)] or ways
    kinds = set.intersection(*({g.kind for g in way} for way in ways)) if ways else set()
    found: dict[Guard, None] = {}
    for way in ways:
        found.update((g, None) for g in way if g.kind in kinds and (way is ways[0] or g.fail_open))
    return list(found)


def _work(trace: Trace) -> list[tuple[Guard, ...]]:
    """The guards in force wherever rows are read or written, another service or a model is called."""
    return [
        s.guards
        for s in trace.steps
        if s.result is not None
        and s.result.comes_from("row", "remote", "model")
        and not (s.continued or s.refusing)
        and _fetches(s)
    ]


def _fetches(step: Step) -> bool:
    """Whether a call itself goes for data, and does not only handle what another one brought."""
    if known.REMOTE.match(step.name) or known.is_model(step):
        return True
    origins = step.result.origins if step.result is not None else frozenset()
    return len(origins) == 1 and all(o.startswith("row.") and o.count(".") == 1 for o in origins)


def _answers(trace: Trace) -> list[tuple[Guard, ...]]:
    """The guards in force at each answer that is no refusal; of a handler that only ever refuses, at every answer."""
    steps = [s for s in trace.steps if _ANSWERS.search(s.name)]
    sent = [(Value(op="refused" if s.refusing else "", step=s), s.guards) for s in steps]
    left = list(ways_out(trace))
    if steps:
        left = [(v, gs) for v, gs in left if not (v.literal and v.constant is None) and v.step not in steps]
    every = [*sent, *left]
    last = left[-1][0] if left else None
    good = [gs for v, gs in every if not _turns_away(v, v is last)]
    return good or [gs for v, gs in every if v.op != "refused" and status_of(v) in (None, 301, 302, 303, 307, 308)]


def _turns_away(value: Value, is_last: bool) -> bool:
    """Whether an answer is a refusal: by its status, by telling of an error only, or by leading to the login."""
    status = status_of(value)
    if value.op == "refused" or (status is not None and status >= 400):
        return True
    if value.literal:
        return not value.constant and not is_last
    step = value.step
    if step is not None and re.search(r"(?:^|\.)(?:redirect|permanentRedirect|RedirectResponse)$", step.name):
        return any(_TO_LOGIN.search(known.plain(v)) for a in step.args for v in (a, *(a.step.args if a.step else ())))
    told = value.fields
    if told is None and step is not None:
        told = next((a.fields for a in step.args if a.fields), None)
    if not told or status is not None or "error" not in told:
        return False
    return not value.all_origins & {"row"} and not _says_done(told)


def _says_done(told: dict[str, Value]) -> bool:
    return any(told[k].constant is True for k in ("success", "ok") if k in told) or any(
        o.startswith("row") for v in told.values() for o in v.all_origins
    )


def ways_out(trace: Trace) -> Iterable[tuple[Value, tuple[Guard, ...]]]:
    """Every way out of a function with what it gives back and the guards in force there."""

    def opened(value: Value, guards: tuple[Guard, ...], depth: int = 0) -> Iterable[tuple[Value, tuple[Guard, ...]]]:
        whole = not value.choices or depth > 4 or value.op == "refused"
        if whole:
            yield value, guards
        for choice, more in () if whole else value.choices:
            yield from opened(choice, (*guards, *more), depth + 1)

    for value, guards in trace.exits:
        yield from opened(value, guards)


def refuses(value: Value) -> bool:
    """Whether an answer turns the caller away: a status from 400 on, or being sent elsewhere."""
    status = status_of(value)
    if status is not None:
        return status >= 300
    step = value.step
    if value.op == "refused":
        return not (step is not None and step.name.endswith(".next"))
    return step is not None and bool(
        re.search(r"(?:^|\.)(?:redirect|permanentRedirect|notFound|unauthorized|forbidden)$", step.name)
    )
