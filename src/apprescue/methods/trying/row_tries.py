"""Everybody tries to read the rows of a table: his own, the owner's, and those of nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.other_values import others
from apprescue.methods.trying.outcomes import Outcome, Way, outcome
from apprescue.methods.trying.specimens import Specimen, plainly, texts, where_of
from apprescue.methods.trying.trials import Lab, Trial, granted, ruled
from apprescue.methods.trying.tries import Answer, Try, tried
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Relation
from apprescue.model.database import ident, ident_of, literal
from apprescue.model.intent import Meant

EVERYBODY = tuple(Actor)
TRUSTED = (Actor.ADMIN, Actor.SERVICE)
MOST_ROWS = 3
SHOWN = {True: ", for everyone to see", False: ", not for everyone to see", None: ""}


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a table that stand in the same relation to an actor."""

    label: str
    own: bool
    shown: bool | None
    rows: tuple[Specimen, ...]


def groups(lab: Lab, relation: Relation, actor: Actor) -> list[Group]:
    """The rows of a table that an actor tries himself on: his own if he is the owner, else the owner's and nobody's.

    Where the owner has no row of the kind, the rows of anybody else stand in for his.
    """
    rows = lab.specimens.of(relation.name)
    if actor is Actor.OWNER:
        return _by_shown(actor, "own", True, [r for r in rows if Actor.OWNER in r.people])
    others_rows = [r for r in rows if r.people and (actor in TRUSTED or actor not in r.people)]
    owners = [r for r in others_rows if Actor.OWNER in r.people]
    shown = {r.shown_to(actor) for r in owners}
    owners += [
        r
        for r in others_rows
        if r.shown_to(actor) not in shown and actor in (Actor.ANON, Actor.STRANGER, Actor.SERVICE)
    ]
    return _by_shown(actor, "another's", False, owners) + _by_shown(
        actor, "nobody's", False, [r for r in rows if not r.people]
    )


def _by_shown(actor: Actor, label: str, own: bool, rows: Sequence[Specimen]) -> list[Group]:
    found = []
    for shown in (None, False, True):
        some = _various([r for r in rows if r.shown_to(actor) is shown])
        if some:
            found.append(Group(label + SHOWN[shown], own, shown, tuple(some)))
    return found


def _various(rows: Sequence[Specimen]) -> list[Specimen]:
    """A few rows, each variation once before any twice."""
    first = list({row.variation: row for row in reversed(rows)}.values())[::-1]
    rest = [row for row in rows if row not in first]
    return [*first, *rest][: MOST_ROWS if len(first) <= MOST_ROWS else 2 * MOST_ROWS]


def read_by_all(lab: Lab, relation: Relation, actors: Sequence[Actor] = EVERYBODY) -> list[Trial]:
    """What each actor sees of a table: a trial for each group of rows, and one for each column that is secret."""
    present = [actor for actor in actors if lab.present(actor)]
    tries = [_reading(lab, relation, actor) for actor in present]
    answered = tried(lab.database, tries)
    trials = [
        trial
        for actor, one, answers in zip(present, tries, answered, strict=True)
        for trial in seen(lab, relation, actor, one, answers)
    ]
    return [_filled_in(lab, relation, t) if t.column and t.outcome.way is Way.UNCLEAR else t for t in trials]


def _filled_in(lab: Lab, relation: Relation, trial: Trial) -> Trial:
    """The reading of a column that is empty in every row which the actor sees, with a value put into it before."""
    column, row = relation.column(trial.column), trial.on[0] if trial.on else None
    if column is None or row is None or column.generated:
        return trial
    where, name = where_of(relation, row.values), ident(relation.name)
    act = texts([column.name], f"(select * from {name} where {where} and {ident_of(column.name)} is not null)")
    for value in others(lab.catalog, relation, column, lab.specimens, None)[:3]:
        before = f"update {name} set {ident_of(column.name)} = {literal(value)} where {where}"
        one = lab.request(trial.actor, act, asks=True, before=(before,))
        (answers,) = tried(lab.database, [one])
        if answers[0].gave:
            plain = plainly(relation, (column.name,), {column.name, *relation.primary_key}, row)
            ended = Outcome(Way.WORKED, f"the value of {column.name} came back", plain, answers[0])
            return replace(trial, outcome=ended, one=one)
    return trial


def _reading(lab: Lab, relation: Relation, actor: Actor) -> Try:
    columns = granted(relation, role_of(actor), "select") or tuple(c.name for c in relation.columns)
    return lab.request(actor, texts(columns, ident(relation.name)), asks=True)


def seen(lab: Lab, relation: Relation, actor: Actor, one: Try, answers: Sequence[Answer]) -> Iterator[Trial]:
    """The trials that one actor's reading of a table decides."""
    meant = lab.intent.of(relation.name)
    readable = set(granted(relation, role_of(actor), "select"))
    got = [row for answer in answers for row in answer.gave]
    for group in groups(lab, relation, actor):
        visible = [row for row in group.rows if readable and _among(row, got)]
        on = tuple(visible[:1] or group.rows[:1])
        ended = replace(
            _read_outcome(relation, answers, visible, group), act=plainly(relation, (), readable, on[0] if on else None)
        )
        intended = _meant(meant, actor, group, visible, readable)
        trial = Trial(
            relation.name, actor, Operation.SELECT, group.label, intended, ended, one, on=on, rules=ruled(relation)
        )
        yield trial
        if actor in (Actor.ANON, Actor.STRANGER) and not group.own:
            yield from _columns_seen(relation, meant, trial, visible, readable, group.shown)


def _meant(meant: Meant, actor: Actor, group: Group, visible: list[Specimen], readable: set[str]) -> bool | None:
    """Whether the rows are meant for the actor. Of what is sold the rest of the row may be shown."""
    intended = meant.may_read(actor, group.own, group.shown)
    told = any(row.values.get(column) for row in visible for column in meant.sold if column in readable)
    if intended is False and meant.paid and meant.sold and not told:
        return meant.may_read(actor, group.own, True)
    return intended


def _read_outcome(relation: Relation, answers: Sequence[Answer], visible: list[Specimen], group: Group) -> Outcome:
    if visible:
        told = f" ({visible[0].variation})" if visible[0].variation else ""
        return Outcome(
            Way.WORKED, f"{len(visible)} of {len(group.rows)} rows came back{told}", answers[0].act, answers[0]
        )
    return outcome(answers, relation.name, lambda _: False, "no row of these came back")


def _among(row: Specimen, got: Sequence[dict[str, str | None]]) -> bool:
    return any(all(row.values.get(c) == v for c, v in one.items()) for one in got)


def _columns_seen(
    relation: Relation, meant: Meant, trial: Trial, visible: list[Specimen], readable: set[str], shown: bool | None
) -> Iterator[Trial]:
    sold = meant.sold if meant.paid else ()
    for column in dict.fromkeys((*meant.secret, *sold)):
        told = [row for row in visible if row.values.get(column)] if column in readable else []
        if told:
            ended = Outcome(Way.WORKED, f"the value of {column} came back", trial.outcome.act, trial.outcome.answer)
        elif trial.worked and column in readable:
            ended = Outcome(Way.UNCLEAR, f"no visible row has a value in {column}", trial.outcome.act)
        elif trial.worked:
            ended = Outcome(Way.REFUSED, "the role has no right to this column", trial.outcome.act)
        else:
            ended = trial.outcome
        on = tuple(told[:1] or visible[:1]) or trial.on
        act = plainly(relation, (column,), {*readable, column}, on[0] if on else None)
        yield Trial(
            trial.object,
            trial.actor,
            Operation.SELECT,
            trial.row,
            meant.may_read(trial.actor, shown=shown, column=column),
            replace(ended, act=act),
            trial.one,
            column,
            on,
            rules=trial.rules,
        )


def strongest(trials: Sequence[Trial]) -> list[Trial]:
    """Of several trials of one question the one that tells most: it worked, else it is broken, else refused."""
    order = [Way.WORKED, Way.BROKEN, Way.REFUSED, Way.BARRED, Way.UNCLEAR]

    def weight(trial: Trial) -> tuple[int, bool]:
        return order.index(trial.outcome.way), trial.intended is not False

    best: dict[tuple[object, ...], Trial] = {}
    for trial in trials:
        key = (trial.object, trial.actor, trial.operation, trial.row, trial.column, trial.trick)
        if key not in best or weight(trial) < weight(best[key]):
            best[key] = trial
    return list(best.values())
