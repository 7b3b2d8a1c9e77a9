"""Users and people without an account try to add rows: of their own, in somebody else's name, and with columns set
that are not theirs to set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.apart import told_apart
from apprescue.methods.trying.moments import Clock, drawn
from apprescue.methods.trying.other_values import another_person, gainful, others
from apprescue.methods.trying.outcomes import Outcome, Way
from apprescue.methods.trying.row_tries import EVERYBODY, strongest
from apprescue.methods.trying.specimens import Specimen
from apprescue.methods.trying.trials import Asked, Lab, Trial, granted, ruled
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Relation
from apprescue.model.database import ident, ident_of, literal
from apprescue.model.intent import Meant
from apprescue.model.rows import Row

Values = dict[str, str | None]
FORGED, OWN, NOBODYS = "forged in another's name", "own", "nobody's"
VARIANTS = 5
TRIED_BY = (Actor.ANON, Actor.STRANGER, Actor.OWNER, Actor.ADMIN, Actor.SERVICE)


def added_by_all(lab: Lab, relation: Relation, actors: Sequence[Actor] = EVERYBODY) -> list[Trial]:
    """What can be added to a table, by whom, in whose name."""
    meant = lab.intent.of(relation.name)
    asked: list[Asked] = []
    for actor in TRIED_BY:
        if lab.present(actor) and actor in actors:
            asked += _rows(lab, relation, meant, actor)
    if lab.forged is None:
        asked += _pinned(lab, relation, meant)
    found = strongest([_at_sign_up(lab, relation, trial) for trial in lab.settled(asked)])
    return [told_apart(lab, relation, trial) if trial.row == OWN else trial for trial in found]


def _rows(lab: Lab, relation: Relation, meant: Meant, actor: Actor) -> Iterator[Asked]:
    owned = meant.owned or relation.name in lab.filled.owned
    kinds = [(FORGED, Actor.OWNER)] if owned else [(NOBODYS, Actor.OWNER)]
    if owned and actor in (Actor.STRANGER, Actor.OWNER):
        kinds = [*kinds, (OWN, Actor.STRANGER)] if actor is Actor.STRANGER else [(OWN, Actor.OWNER)]
    for label, whose in kinds:
        acts, before = insertions(lab, relation, meant, actor, whose)
        if not acts:
            continue
        own = label != FORGED
        intended = meant.may_insert(actor, own)
        if label == FORGED and intended and actor in (Actor.ANON, Actor.STRANGER):
            intended = None  # nobody said who must be its author
        yield _asked(lab, relation, actor, label, intended, acts, before)


def _asked(
    lab: Lab,
    relation: Relation,
    actor: Actor,
    label: str,
    intended: bool | None,
    acts: Sequence[str],
    before: Sequence[str],
    column: str = "",
    look: str = "",
) -> Asked:
    return Asked(
        Trial(
            relation.name,
            actor,
            Operation.INSERT,
            label,
            intended,
            column=column,
            on=_hangs_on(lab, relation),
            rules=ruled(relation),
        ),
        lab.request(
            actor, *acts, look=look or f"select count(*)::text from {ident(relation.name)}", before=tuple(before)
        ),
        lambda answer: answer.changed,
        "nothing was added",
    )


def _hangs_on(lab: Lab, relation: Relation) -> tuple[Specimen, ...]:
    """The rows that a new row may point at."""
    found: list[Specimen] = []
    for reference in relation.references:
        rows = [r for r in lab.specimens.of(reference.to) if {Actor.OWNER, Actor.STRANGER} & r.people or not r.people]
        found += [r for r in rows if r.table != relation.name][:8]
    return tuple(found)


def insertions(
    lab: Lab, relation: Relation, meant: Meant, actor: Actor, whose: Actor
) -> tuple[list[str], tuple[str, ...]]:
    """Ways to add a row in somebody's name, and what has to go first."""
    base = lab.filled.more(relation.name, whose)
    if base is None:
        return [], ()
    values = _named(lab, relation, meant, dict(base.values), whose)
    stored = lab.filled.of(relation.name, whose)
    variants = [values, *({**values, **{c: v for c, v in row.variation if c in values}} for row in stored)]
    if whose is not actor and actor is Actor.STRANGER:
        variants += [_addressed(lab, relation, meant, values)]
    nothing = {c: None for c in meant.owners if (a := relation.column(c)) and not a.required}
    if actor is Actor.ANON and nothing:
        variants.append({**values, **nothing})
    before = (f"delete from {ident(relation.name)} where {base.instead_of}",) if base.instead_of else ()
    acts = [insertion(relation, one, role_of(actor)) for one in variants]
    return list(dict.fromkeys(acts))[:VARIANTS], before


def insertion(relation: Relation, values: Mapping[str, str | None], role: str) -> str:
    """The INSERT of these values, as far as the role may set the columns at all, and no default gives such ones."""
    allowed, clock = set(granted(relation, role, "insert")) or set(values), Clock.of()
    taken = [
        c
        for c in relation.columns
        if c.name in values
        and c.name in allowed
        and not c.generated
        and c.identity != "always"
        and not (drawn(c) and clock.gave(values[c.name]))
    ]
    if not taken:
        return f"insert into {ident(relation.name)} default values"
    names, texts = (
        ", ".join(ident_of(c.name) for c in taken),
        ", ".join(clock.written(c, values[c.name]) for c in taken),
    )
    return f"insert into {ident(relation.name)} ({names}) values ({texts})"


def _named(lab: Lab, relation: Relation, meant: Meant, values: Values, whose: Actor) -> Values:
    """The row with that person as its author; who stood there takes the person's place in the other columns."""
    aliases = lab.specimens.aliases
    for column in meant.authors or meant.owners[:1]:
        there = values.get(column)
        if column not in values or aliases.get(there or "") is whose:
            continue
        mine = another_person(relation, column, lab.specimens, whose)
        if mine:
            for other in meant.owners:
                if other != column and aliases.get(values.get(other) or "") is whose:
                    values[other] = there
            values[column] = mine
    return values


def _addressed(lab: Lab, relation: Relation, meant: Meant, values: Values) -> Values:
    """A forged row that names the forger as the other party."""
    for column in meant.owners:
        if column not in meant.authors and meant.authors and column in values:
            return {**values, column: another_person(relation, column, lab.specimens, Actor.STRANGER)}
    return values


def _pinned(lab: Lab, relation: Relation, meant: Meant) -> Iterator[Asked]:
    """A row of the stranger's own in which he sets what is not his to set."""
    base: Row | None = lab.filled.more(relation.name, Actor.STRANGER)
    if base is None:
        return
    values = _named(lab, relation, meant, dict(base.values), Actor.STRANGER)
    before = (f"delete from {ident(relation.name)} where {base.instead_of}",) if base.instead_of else ()
    label = OWN if meant.owned or relation.name in lab.filled.owned else NOBODYS
    for name in meant.pinned:
        column = relation.column(name)
        if column is None or column.generated or name in meant.owners:
            continue
        usual = column.default.split("::")[0].strip("'()")
        unlike = others(lab.catalog, relation, column, lab.specimens, usual)
        for value in gainful(lab.catalog, relation, column, unlike):
            if value is None or _equal(value, usual):
                continue
            act = insertion(relation, {**values, name: value}, "authenticated")
            spot = f"{ident_of(name)}::text = ({literal(value)}::{column.type})::text"
            look = f"select count(*)::text from {ident(relation.name)} where {spot}"
            intended = meant.may_insert(Actor.STRANGER, own=True, column=name)
            yield _asked(lab, relation, Actor.STRANGER, label, intended, [act], before, name, look)


def _equal(value: str, usual: str) -> bool:
    """Whether a number is written in another way only."""
    try:
        return float(value) == float(usual)
    except ValueError:
        return value == usual


def _at_sign_up(lab: Lab, relation: Relation, trial: Trial) -> Trial:
    """A row that every account gets at sign-up cannot be added a second time, whatever the rules say."""
    if not trial.worked or trial.one is None or not trial.one.before:
        return trial
    if not any(row.made == "trigger" and row.table == relation.name for row in lab.filled.rows):
        return trial
    ended = Outcome(Way.REFUSED, "every account already has its row, made at sign-up", trial.outcome.act)
    return replace(trial, outcome=ended)
