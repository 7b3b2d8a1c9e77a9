"""The owner of a row tries to give each of its columns another value, and to hand the row to somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from apprescue.methods.trying.apart import told_apart
from apprescue.methods.trying.other_values import another_person
from apprescue.methods.trying.row_tries import Group, groups, strongest
from apprescue.methods.trying.specimens import Specimen, where_of
from apprescue.methods.trying.sweeps import swept
from apprescue.methods.trying.trials import Asked, Lab, Trial, ruled
from apprescue.methods.trying.write_tries import changing
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Attribute, Relation
from apprescue.model.database import ident, ident_of, literal
from apprescue.model.intent import Meant

VALUES = 5
ROWS = 3
STAMP = re.compile(r"(?:last_)?(?:updated|modified)(?:_at|_on)?$")


def own_columns(lab: Lab, relation: Relation) -> list[Trial]:
    """What the owner can change in his own rows, column by column, and the row as a whole."""
    if not lab.present(Actor.OWNER):
        return []
    meant = lab.intent.of(relation.name)
    asked = [
        one
        for group in groups(lab, relation, Actor.OWNER)
        for column in relation.columns
        if _changeable(relation, meant, column)
        for one in _column(lab, relation, group, column)
    ]
    sweep = swept(lab, relation, (Actor.OWNER,)).get((Actor.OWNER, Operation.UPDATE))
    if sweep:
        return strongest([replace(one.trial, outcome=sweep.outcome, one=sweep.one) for one in asked])
    return [told_apart(lab, relation, trial) for trial in _row_by_row(lab, asked)]


def _changeable(relation: Relation, meant: Meant, column: Attribute) -> bool:
    """Whether a column is one that somebody would set: no bare key, no stamp that a trigger sets anyway."""
    if column.generated or column.identity == "always":
        return False
    guarded = column.name in (*meant.owners, *meant.pinned, *meant.authored)
    return guarded or not (column.name in relation.primary_key or STAMP.match(column.name))


def _row_by_row(lab: Lab, asked: list[Asked]) -> list[Trial]:
    """Each column on one row, and on the next only where it did not work yet."""
    found: list[Trial] = []
    while asked:
        could = {_question(trial) for trial in found if trial.worked}
        asked = [one for one in asked if _question(one.trial) not in could]
        now = list({_question(one.trial): one for one in reversed(asked)}.values())
        found += lab.settled(now)
        asked = [one for one in asked if one not in now]
    return strongest(found)


def _question(trial: Trial) -> tuple[str, str]:
    return trial.row, trial.column


def _column(lab: Lab, relation: Relation, group: Group, column: Attribute) -> Iterator[Asked]:
    meant = lab.intent.of(relation.name)
    for row in _in_each_part(lab, relation, meant, group):
        written = not meant.authors or any(_is_his(lab, row, c) for c in meant.authors)
        if column.name in meant.owners:
            if not _is_his(lab, row, column.name):
                continue
            acts, look = _handover(lab, relation, column, row)
        else:
            acts, look = changing(lab, relation, column, row, VALUES, _his_parents(lab, meant, column.name))
        if not acts:
            continue
        yield Asked(
            Trial(
                relation.name,
                Actor.OWNER,
                Operation.UPDATE,
                "own" if written else "own, written by the other party",
                True if written and _engaged(lab, meant, row, column.name) else _intended(meant, column.name, written),
                column=column.name,
                on=(row,),
                rules=ruled(relation),
            ),
            lab.request(Actor.OWNER, *acts, look=look),
            lambda answer: answer.changed,
            "the row could not be reached",
        )


def _in_each_part(lab: Lab, relation: Relation, meant: Meant, group: Group) -> list[Specimen]:
    """A few of his rows, and one for each part that he can play in a row: who gives, who receives."""
    his = [
        r for r in lab.specimens.of(relation.name) if Actor.OWNER in r.people and r.shown_to(Actor.OWNER) is group.shown
    ]
    parts = {tuple(_is_his(lab, row, c) for c in meant.owners): row for row in reversed([*group.rows, *his])}
    return [*group.rows[:ROWS], *(row for row in parts.values() if row not in group.rows[:ROWS])]


def _is_his(lab: Lab, row: Specimen, column: str) -> bool:
    return lab.specimens.aliases.get(row.values.get(column) or "") is Actor.OWNER


def _his_parents(lab: Lab, meant: Meant, column: str) -> set[str | None] | None:
    """The keys that a link may take which tells whose a row is: those of his own, for else he would hand the row over.
    None where the column is no such link."""
    links = [] if meant.owners else [one for one in meant.through if one.column == column]
    rows = [(row, one.key) for one in links for row in lab.specimens.of(one.table) if Actor.OWNER in row.people]
    return {row.values.get(key) for row, key in rows} if links else None


def _intended(meant: Meant, column: str, written: bool) -> bool | None:
    if column in meant.owners or (not written and column in meant.authored):
        return False
    return meant.may_change(Actor.OWNER, own=True, column=column)


def _engaged(lab: Lab, meant: Meant, row: Specimen, column: str) -> bool:
    """Whether the row is about somebody whom he engaged, and the column his to set then."""
    subjects = [c for c in meant.owners if c not in meant.authors]
    if column in subjects:
        return bool(meant.granted)
    return column in meant.granted and bool(subjects) and not any(_is_his(lab, row, c) for c in subjects)


def _handover(lab: Lab, relation: Relation, column: Attribute, row: Specimen) -> tuple[list[str], str]:
    """The update that makes the row somebody else's."""
    other = another_person(relation, column.name, lab.specimens, Actor.STRANGER)
    if other is None or other == row.values.get(column.name):
        return [], ""
    name, where, spot = ident(relation.name), where_of(relation, row.values), ident_of(column.name)
    bare = f"update {name} set {spot} = {literal(other)}"
    keyed = column.name in relation.primary_key
    look = f"select exists(select from {name} where {where})::text" if keyed else f"select {spot}::text from {name}"
    return [f"{bare} where {where}", bare], look if keyed else f"{look} where {where}"
