"""Everybody tries to change and to delete rows that are not his; the owner to delete his own."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.other_values import another_person, others
from apprescue.methods.trying.outcomes import Way
from apprescue.methods.trying.row_tries import EVERYBODY, Group, groups, strongest
from apprescue.methods.trying.specimens import Specimen, where_of
from apprescue.methods.trying.sweeps import plain, swept
from apprescue.methods.trying.trials import Asked, Lab, Trial, ruled
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Attribute, Relation
from apprescue.model.database import ident, ident_of, literal

COLUMNS = 3
HELD = ("23503", "23001")
UNCHANGED = "no row of these was changed"


def changed_by_all(lab: Lab, relation: Relation, actors: Sequence[Actor] = EVERYBODY) -> list[Trial]:
    """What each actor can change or delete of others' rows; of his own rows what he can delete."""
    present = [actor for actor in actors if lab.present(actor)]
    closed = swept(lab, relation, present)
    asked = [
        one
        for actor in present
        for group in groups(lab, relation, actor)
        for one in (*_writing(lab, relation, actor, group), *_rewriting(lab, relation, actor, group))
    ]
    done = [
        replace(one.trial, outcome=sweep.outcome, one=sweep.one)
        for one in asked
        if (sweep := closed.get((one.trial.actor, one.trial.operation)))
    ]
    open_ones = [one for one in asked if (one.trial.actor, one.trial.operation) not in closed]
    return strongest([*done, *(_passed(trial) for trial in lab.settled(open_ones))])


def _passed(trial: Trial) -> Trial:
    """A deletion that only a row hanging on this one stopped: the rules let it pass."""
    answer = trial.outcome.answer
    if trial.operation is not Operation.DELETE or not answer or answer.state not in HELD:
        return trial
    detail = "the rules let it pass; only rows that hang on this one stopped it here"
    return replace(trial, outcome=replace(trial.outcome, way=Way.WORKED, detail=detail))


def _writing(lab: Lab, relation: Relation, actor: Actor, group: Group) -> Iterator[Asked]:
    meant, name = lab.intent.of(relation.name), ident(relation.name)
    for row in group.rows:
        where = where_of(relation, row.values)
        there = f"select exists(select from {name} where {where})::text"
        acts = [f"delete from {name} where {where}", f"delete from {name}"]
        trial = _trial(relation, actor, Operation.DELETE, group, meant.may_delete(actor, group.own), row)
        yield _asked(lab, trial, acts, there, "no row of these was deleted")
        acts, look = ([], "") if group.own else _update(lab, relation, actor, row)
        if acts:
            trial = _trial(relation, actor, Operation.UPDATE, group, meant.may_change(actor, group.own), row)
            yield _asked(lab, trial, acts, look, UNCHANGED)


def _rewriting(lab: Lab, relation: Relation, actor: Actor, group: Group) -> Iterator[Asked]:
    """Somebody who has to do with a row puts other words into its author's mouth."""
    meant = lab.intent.of(relation.name)
    if group.own or actor not in (Actor.SUBSCRIBER, Actor.MEMBER):
        return
    for row in group.rows:
        for column in (c for c in relation.columns if c.name in meant.authored):
            acts, look = changing(lab, relation, column, row, 2)
            if acts:
                allowed = meant.may_change(actor, column=column.name)
                trial = _trial(relation, actor, Operation.UPDATE, group, allowed, row)
                yield _asked(lab, replace(trial, column=column.name), acts, look, UNCHANGED)


def _trial(
    relation: Relation, actor: Actor, operation: Operation, group: Group, allowed: bool | None, row: Specimen
) -> Trial:
    return Trial(relation.name, actor, operation, group.label, allowed, on=(row,), rules=ruled(relation))


def _asked(lab: Lab, trial: Trial, acts: Sequence[str], look: str, otherwise: str) -> Asked:
    request = lab.request(trial.actor, *acts, look=look)
    return Asked(trial, request, lambda answer: answer.changed, otherwise)


def _update(lab: Lab, relation: Relation, actor: Actor, row: Specimen) -> tuple[list[str], str]:
    """Ways to change something in a row, whatever it is, or to take it for oneself; and the question whether it was
    done."""
    name, where = ident(relation.name), where_of(relation, row.values)
    columns = plain(lab, relation, role_of(actor))[:COLUMNS]
    ways = [changing(lab, relation, column, row, 2)[0] for column in columns]
    first, second = [way[0] for way in ways if way], [way[1] for way in ways if len(way) > 1]
    bare = [act.split(" where ")[0] for act in first[:1]]
    taken = _taken(lab, relation, actor, row)
    taking = [f"update {name} set {ident_of(c)} = {literal(me)} where {where}" for c, me in taken.items()]
    shown = dict.fromkeys([*(c.name for c in columns), *taken])
    look = f"select concat_ws('|', {', '.join(f'{ident_of(c)}::text' for c in shown)}) from {name} where {where}"
    return [*first, *second, *taking, *bare], look


def _taken(lab: Lab, relation: Relation, actor: Actor, row: Specimen) -> dict[str, str]:
    """What stands for the actor in the columns that say whose the row is."""
    if actor not in lab.specimens.people:
        return {}
    columns = [c for c in lab.intent.of(relation.name).owners if relation.column(c) and c not in relation.primary_key]
    found = {c: another_person(relation, c, lab.specimens, actor) for c in columns}
    return {c: me for c, me in found.items() if me and me != row.values.get(c)}


def changing(
    lab: Lab,
    relation: Relation,
    column: Attribute,
    row: Specimen,
    most: int,
    among: Container[str | None] | None = None,
) -> tuple[list[str], str]:
    """Updates that give a row's column another value, one of those `among` if that is given, and the question whether
    that was done."""
    name, where, spot = ident(relation.name), where_of(relation, row.values), ident_of(column.name)
    values = others(lab.catalog, relation, column, lab.specimens, row.values.get(column.name))
    values = [value for value in values if among is None or value in among][:most]
    acts = [f"update {name} set {spot} = {literal(value)} where {where}" for value in values]
    if column.name in relation.primary_key:
        return acts, f"select exists(select from {name} where {where})::text"
    return acts, f"select {spot}::text from {name} where {where}"
