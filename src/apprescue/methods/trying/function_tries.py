"""Functions that anybody may call: whether one hands out or changes what is another's when it is asked to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from apprescue.methods.trying.arguments import AMOUNT, Arguments
from apprescue.methods.trying.figures import COUNTER, from_amounts
from apprescue.methods.trying.fitting import fitting
from apprescue.methods.trying.outcomes import Outcome, Way, outcome
from apprescue.methods.trying.revealing import Sight, values_of
from apprescue.methods.trying.row_tries import strongest
from apprescue.methods.trying.specimens import Specimen, people_of
from apprescue.methods.trying.trials import EXPOSED, Lab, Trial
from apprescue.methods.trying.tries import Answer, Try, tried
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Relation, Routine
from apprescue.model.database import ident, literal
from apprescue.model.intent import Meant

CALLERS = ((Actor.ANON, "anon"), (Actor.STRANGER, "authenticated"))
CONTROLS = (Actor.OWNER, Actor.ADMIN, Actor.SERVICE)
COUNTED = """
select coalesce(jsonb_object_agg(schemaname || '.' || relname, n_tup_ins + n_tup_upd + n_tup_del), '{}')::text
  from pg_stat_xact_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0 and schemaname <> 'pg_toast'"""
NOT_CALLED = ("trigger", "event_trigger", "internal", "language_handler")
CALLER = re.compile(r"auth\.(?:uid|jwt|role|email)\s*\(|request\.jwt|current_user|has_role|is_\w*admin", re.I)
WRITES = re.compile(r"\b(?:insert\s+into|update\s+(?:only\s+)?[\w.\"]+\s+(?:\w+\s+)?set|delete\s+from)\b", re.I)
ANYBODY = re.compile(r"auth\.uid\s*\(\s*\)\s*is\s+(?:not\s+)?null", re.I)
TOO_LITTLE = ("boolean", "uuid", "void")
MOST_TABLES = 6
NOBODY = "0e5c0e00-0000-4000-8000-0000000000bb"
ROW = "another's"


@dataclass(frozen=True, slots=True)
class Change:
    """A row that a call added, changed or took away, as it stood before and stands after."""

    relation: Relation
    before: Mapping[str, str | None] | None
    after: Mapping[str, str | None] | None

    @property
    def columns(self) -> set[str]:
        """The columns whose value is another now."""
        if self.before is None or self.after is None:
            return set()
        return {c for c, v in self.after.items() if self.before.get(c) != v}


def callable_ones(lab: Lab) -> list[Routine]:
    """The functions that run with their owner's rights and that clients may call."""
    return [
        routine
        for routine in lab.catalog.routines
        if routine.definer
        and routine.name.split(".", 1)[0] in EXPOSED
        and routine.returns not in NOT_CALLED
        and {"anon", "authenticated"} & set(routine.executors)
    ]


def called_by_all(lab: Lab, sight: Sight, routine: Routine) -> list[Trial]:
    """What a call with the owner's ids gives to people who are not the owner."""
    calls = Arguments(lab.catalog, lab.specimens, lab.mentions).calls(routine, Actor.OWNER)
    trials: list[Trial] = []
    for actor, role in CALLERS:
        if role in routine.executors and lab.present(actor):
            trials += _suited(lab, sight, routine, actor, calls)
    return [_held_to_controls(lab, routine, trial, calls) for trial in strongest(trials)]


def _suited(lab: Lab, sight: Sight, routine: Routine, actor: Actor, calls: Sequence[str]) -> list[Trial]:
    """The calls as the rows stand, and where nothing came of that, with rows such as the function asks for."""
    plain = list(_called(lab, sight, routine, actor, calls))
    before = fitting(lab.specimens, lab.mentions, routine.body)
    if not before or any(t.worked for t in plain) or lab.intent.function_is_open(routine.name):
        return plain
    return plain + [t for t in _called(lab, sight, routine, actor, calls, before) if t.worked]


def plainly(routine: Routine, call: str) -> str:
    """The statement as people write it."""
    return f"call {call}" if routine.procedure else f"select * from {call}"


def asking(routine: Routine, call: str) -> tuple[str, bool]:
    """The statement that makes a call, and whether it gives rows."""
    if routine.procedure:
        return f"call {call}", False
    if routine.returns == "void":
        return f"select {call}", False
    return f"select coalesce(jsonb_agg(y.r), '[]') from (select to_jsonb(x) as r from {call} x limit 400) y", True


def _called(
    lab: Lab, sight: Sight, routine: Routine, actor: Actor, calls: Sequence[str], before: Sequence[str] = ()
) -> Iterator[Trial]:
    tries = []
    for call in calls:
        act, asks = asking(routine, call)
        tries.append(lab.request(actor, act, asks=asks, look=COUNTED, before=before))
    for call, one, answers in zip(calls, tries, tried(lab.database, tries), strict=True):
        (answer,) = answers
        trial = Trial(
            routine.signature, actor, Operation.CALL, ROW, lab.intent.function_is_open(routine.name), one=one,
            kind="function", rules=routine.body,
        )  # fmt: skip
        yield from _judged(lab, sight, routine, trial, one, call, answer)


def _judged(
    lab: Lab, sight: Sight, routine: Routine, trial: Trial, one: Try, call: str, answer: Answer
) -> Iterator[Trial]:
    """What a call gave away, what it changed, or that it did neither."""
    found, plain = False, plainly(routine, call)
    if answer.went and answer.before != answer.after:
        for change in _changes(lab, trial, answer):
            judged = _written(lab, routine, trial.actor, change, call)
            if judged is not None:
                found = True
                detail, intended = judged
                ended = Outcome(Way.WORKED, detail, plain, answer)
                looking = replace(one, look=f"select ({_all_texts(change.relation)})::text")
                shown = replace(trial, one=looking, on=_standing(lab, change))
                yield replace(shown, outcome=ended, intended=trial.intended or intended)
    told = sight.revealed(trial.actor, Actor.OWNER, values_of(answer.gave), call) if answer.went else None
    if told and routine.returns not in TOO_LITTLE:
        found = True
        ended = Outcome(Way.WORKED, told.detail, plain, answer)
        bare = replace(trial, one=replace(one, look=""), telling=told.values)
        yield replace(bare, outcome=ended, on=told.rows, intended=trial.intended or told.intended)
    if not found and (about := _about_him(lab, routine, trial, call, answer)):
        found = True
        ended = Outcome(Way.WORKED, about, plain, answer)
        bare = replace(trial, one=replace(one, look=""))
        on = tuple(
            r for t in lab.mentions.tables(routine.body) for r in lab.specimens.of(t.name) if Actor.OWNER in r.people
        )
        private = trial.intended is None and from_amounts(lab, lab.mentions.tables(routine.body), trial, answer)
        yield replace(bare, outcome=ended, on=on[:MOST_TABLES], intended=False if private else trial.intended)
    if not found:
        said = "nothing of another's came back or was changed"
        ended = outcome([answer], routine.name, lambda _: False, said)
        if answer.state == "22P02" and routine.arguments:  # what we gave it was no such value
            ended = replace(ended, way=Way.UNCLEAR, detail=answer.said)
        yield replace(trial, outcome=replace(ended, detail=said) if answer.went else ended)


def _about_him(lab: Lab, routine: Routine, trial: Trial, call: str, answer: Answer) -> str:
    """Whether figures come back that are reckoned from rows of his which the caller may not read, and are others for
    somebody else."""
    tables = [t for t in lab.mentions.tables(routine.body) if lab.specimens.of(t.name)]
    hidden = [t for t in tables if lab.intent.of(t.name).may_read(trial.actor) is False]
    him = next((v for v, who in lab.specimens.aliases.items() if who is Actor.OWNER and f"'{v}'" in call), "")
    told = answer.went and any(value not in (None, {}, []) for value in answer.gave)
    if not told or not him or not hidden or routine.returns in TOO_LITTLE or _aware(routine):
        return ""
    if len(hidden) < len(tables) and not from_amounts(lab, hidden, trial, answer):
        return ""
    act, asks = asking(routine, call.replace(him, NOBODY))
    ((other, *_),) = tried(
        lab.database, [lab.request(trial.actor, act, asks=asks, before=trial.one.before if trial.one else ())]
    )
    names = ", ".join(t.name for t in hidden)
    return f"it answers about another's rows of {names}" if other.gave != answer.gave else ""


def _changes(lab: Lab, trial: Trial, answer: Answer) -> list[Change]:
    """The rows that the call touched: it is made once more, with the tables read before and after."""
    before, after = json.loads(answer.before or "{}"), json.loads(answer.after or "{}")
    names = [name for name, count in after.items() if before.get(name) != count]
    relations = [r for name in names if (r := lab.catalog.relation(name)) and r.kind == "table"][:MOST_TABLES]
    if not relations or trial.one is None:
        return []
    parts = ", ".join(f"{literal(r.name)}, ({_all_texts(r)})" for r in relations)
    again: Try = replace(trial.one, acts=(answer.act,), look=f"select jsonb_build_object({parts})::text")
    ((second, *_),) = tried(lab.database, [again])
    was, now = json.loads(second.before or "{}"), json.loads(second.after or "{}")
    return [change for r in relations for change in _differences(r, was.get(r.name) or [], now.get(r.name) or [])]


def _all_texts(relation: Relation) -> str:
    columns = ", ".join(f'x."{c.name}"::text as "{c.name}"' for c in relation.columns)
    return f"select jsonb_agg(to_jsonb(y.*)) from (select {columns} from {ident(relation.name)} x limit 2000) y"


def _differences(
    relation: Relation, was: list[dict[str, str | None]], now: list[dict[str, str | None]]
) -> Iterator[Change]:
    key = relation.primary_key or tuple(c.name for c in relation.columns)
    old = {tuple(row[c] for c in key): row for row in was}
    new = {tuple(row[c] for c in key): row for row in now}
    for identity in {**old, **new}:
        if old.get(identity) != new.get(identity):
            yield Change(relation, old.get(identity), new.get(identity))


def _written(lab: Lab, routine: Routine, actor: Actor, change: Change, call: str) -> tuple[str, bool | None] | None:
    """What to say of a change, and whether it is meant; None for one that is nobody else's business."""
    meant = lab.intent.of(change.relation.name)
    values = change.after or change.before or {}
    people = people_of(lab.specimens, change.relation, change.before or values, meant)
    verb = "adds" if change.before is None else "deletes" if change.after is None else "changes"
    name = change.relation.name
    if actor in people:
        forced = [c for c in change.columns & set(meant.pinned) if _from_call(change, c, call)]
        return (
            (f"it sets {', '.join(forced)} of the caller's own row of {name} to what he asks", False)
            if forced
            else None
        )
    if Actor.OWNER in people:
        mild = _mild(change, meant) or _aware(routine) or (change.before is None and not meant.owners)
        mild = mild or (verb != "deletes" and not routine.arguments)
        columns = f" ({', '.join(sorted(change.columns))})" if change.columns else ""
        return f"it {verb} another's row of {name}{columns}", None if mild else False
    if verb == "adds" and not people and meant.user_may_insert is False and not meant.owned:
        return f"it adds a row to {name}, which only the server may", None
    if people or verb == "adds":
        return None
    mild = all(COUNTER.search(c) for c in change.columns) and verb == "changes"
    return None if mild else (f"it {verb} a row of {name} that is nobody's", None)


def _mild(change: Change, meant: Meant) -> bool:
    """Whether only counters and stamps of a row are others now."""
    return bool(change.columns) and all(COUNTER.search(c) for c in change.columns) and not _grave(meant, change)


def _aware(routine: Routine) -> bool:
    """Whether a function asks who calls it, and for more than whether somebody does."""
    return bool(CALLER.search(ANYBODY.sub("", routine.body)))


def _grave(meant: Meant, change: Change) -> bool:
    counters = {c for c, kind in meant.kinds.items() if kind == "counter"}
    return bool(change.columns & set(meant.pinned) - counters)


def _from_call(change: Change, column: str, call: str) -> bool:
    """Whether the caller chose what stands in the column now."""
    value, old = (change.after or {}).get(column) or "", (change.before or {}).get(column) or "0"
    if f"'{value}'::" in call or f" {value}::" in call:
        return True
    try:
        return f"'{AMOUNT}'" in call and abs(float(value) - float(old)) == float(AMOUNT)
    except ValueError:
        return False


def _standing(lab: Lab, change: Change) -> tuple[Specimen, ...]:
    key = change.relation.primary_key
    stored = lab.specimens.of(change.relation.name)
    if change.before is None:
        return tuple(r for r in stored if Actor.OWNER in r.people)[:1]
    return tuple(r for r in stored if all(r.values.get(c) == change.before.get(c) for c in key))[:1]


def _held_to_controls(lab: Lab, routine: Routine, trial: Trial, calls: Sequence[str]) -> Trial:
    """A refusal says something only where somebody is served; a call that came through and did nothing, only where it
    does something for somebody else."""
    answer = trial.outcome.answer
    if trial.outcome.way is not Way.REFUSED or answer is None or answer.state == "42501":
        return trial
    if answer.went and not routine.arguments and not WRITES.search(routine.body):
        return trial
    controls = [actor for actor in CONTROLS if lab.present(actor)]
    tries = [
        lab.request(actor, act, asks=asks, look=COUNTED)
        for actor in controls
        for act, asks in (asking(routine, call) for call in calls)
        if not answer.went or act == answer.act
    ]
    served = [one for answers in tried(lab.database, tries) for one in answers if one.went]
    if served and (not answer.went or any(one.changed or one.gave != answer.gave for one in served)):
        return trial
    why = f"{trial.outcome.detail}; it serves nobody with our values, so that says little"
    return replace(trial, outcome=replace(trial.outcome, way=Way.UNCLEAR, detail=why))
