"""Views and materialized views: whose rows they show to whom, and whether they can be written through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.outcomes import Outcome, Way, outcome
from apprescue.methods.trying.revealing import ACCOUNTS, HARMLESS, Revealed, Sight, values_of
from apprescue.methods.trying.row_tries import strongest
from apprescue.methods.trying.specimens import Specimen, plainly, texts, where_of
from apprescue.methods.trying.trials import Asked, Lab, Trial, granted
from apprescue.methods.trying.tries import Answer, Try, tried
from apprescue.methods.trying.write_tries import changing
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Relation
from apprescue.model.database import ident

READERS = (Actor.ANON, Actor.STRANGER, Actor.SERVICE)
WRITERS = (Actor.ANON, Actor.STRANGER)
ROW = "another's"
MOST = 2
MONEY = re.compile(r"earn|payout|paid_out|balance|revenue|income|withdraw", re.I)
BOARD = re.compile(r"leaderboard|rank|(?:\.|_)top_|public_", re.I)


def through_view(lab: Lab, sight: Sight, relation: Relation) -> list[Trial]:
    """What everybody reads and writes through a view."""
    found = list(_read(lab, sight, relation))
    if relation.kind == "view" and not relation.security_invoker:
        found += strongest(lab.settled(_written(lab, relation)))
    return found


def _read(lab: Lab, sight: Sight, relation: Relation) -> Iterator[Trial]:
    before = (f"refresh materialized view {ident(relation.name)}",) if relation.kind == "materialized view" else ()
    actors = [actor for actor in READERS if lab.present(actor)]
    tries = [
        lab.request(actor, texts(_columns(relation, actor), ident(relation.name)), asks=True, before=before)
        for actor in actors
    ]
    for actor, one, answers in zip(actors, tries, tried(lab.database, tries), strict=True):
        yield _seen(lab, sight, relation, actor, one, answers)


def _columns(relation: Relation, actor: Actor) -> tuple[str, ...]:
    return granted(relation, role_of(actor), "select") or tuple(c.name for c in relation.columns)


def _seen(lab: Lab, sight: Sight, relation: Relation, actor: Actor, one: Try, answers: Sequence[Answer]) -> Trial:
    got = [row for answer in answers for row in answer.gave]
    plain = plainly(relation, (), granted(relation, role_of(actor), "select"), None)
    trial = Trial(
        relation.name, actor, Operation.SELECT, ROW, _meant(lab, relation, actor), one=one, kind="view",
        rules=relation.definition,
    )  # fmt: skip
    if actor is Actor.SERVICE:
        ended = outcome(answers, relation.name, lambda a: bool(a.gave), "it shows no row")
        return replace(trial, outcome=replace(ended, act=plain), intended=True)
    told = sight.revealed(actor, Actor.OWNER, values_of(got), strict=relation.security_invoker)
    told = told or _derived(lab, relation, actor, got)
    if told is None:
        said = "it shows nothing of another's that the tables themselves would not show"
        ended = outcome(answers, relation.name, lambda _: False, said)
        return replace(trial, outcome=replace(ended, act=plain), intended=False)
    intended = trial.intended if trial.intended is not None and told.intended is not False else told.intended
    if trial.intended is not None and not _grave(lab, told):
        intended = trial.intended
    ended = Outcome(Way.WORKED, told.detail, plain, answers[0])
    return replace(trial, outcome=ended, intended=intended, on=told.rows, column=_single(told), telling=told.values)


def _single(told: Revealed) -> str:
    columns = {column for some in told.columns.values() for column in some}
    return next(iter(columns)) if len(columns) == 1 else ""


def _grave(lab: Lab, told: Revealed) -> bool:
    """Whether a secret column is among what came out, which no public view is meant to show."""
    return any(
        columns & set(lab.intent.of(table).secret) or (table == ACCOUNTS and columns - HARMLESS)
        for table, columns in told.columns.items()
    )


def _meant(lab: Lab, relation: Relation, actor: Actor) -> bool | None:
    """Whether the view as such is meant for this actor: by what is known of it, else by its name."""
    said = lab.intent.of(relation.name).may_read(actor)
    return True if said is None and "public" in relation.name.split(".", 1)[1].split("_") else said


def _derived(lab: Lab, relation: Relation, actor: Actor, got: Sequence[dict[str, str | None]]) -> Revealed | None:
    """Sums and counts by person over rows that the actor may not read. Where public rows stand among them, only what
    somebody earned is taken for told: counts are what public pages show."""
    if relation.security_invoker:
        return None
    bases = [name for name in relation.reads if name.startswith("public.")]
    hidden = [name for name in bases if lab.intent.of(name).may_read(actor) is False]
    him = {value for value, who in lab.specimens.aliases.items() if who is Actor.OWNER}
    rows = [row for row in got if him & set(row.values()) and sum(v is not None for v in row.values()) > 1]
    figures = {c for row in rows for c, v in row.items() if v and v not in him and v.replace(".", "").isdigit()}
    if len(hidden) < len(bases):
        figures = {c for c in figures if MONEY.search(c)} if not BOARD.search(relation.name) else set()
    if not hidden or not figures:
        return None
    stored = tuple(r for r in lab.specimens.of(hidden[0]) if Actor.OWNER in r.people)[:1]
    return Revealed({hidden[0]: frozenset(f"{c} (as the view reckons it)" for c in figures)}, stored, False)


def _written(lab: Lab, relation: Relation) -> Iterator[Asked]:
    bases = [lab.catalog.relation(name) for name in relation.reads]
    base = bases[0] if len(bases) == 1 else None
    if base is None or base.kind != "table" or not base.primary_key:
        return
    names = {c.name for c in relation.columns}
    if not set(base.primary_key) <= names:
        return
    meant = lab.intent.of(base.name)
    keyed = replace(relation, primary_key=base.primary_key)
    for actor in WRITERS:
        rows = [r for r in lab.specimens.of(base.name) if Actor.OWNER in r.people and actor not in r.people]
        for row in rows[:MOST] if lab.present(actor) else ():
            yield _deletion(lab, relation, base, row, actor, meant.may_delete(actor))
            shared = [c for c in base.columns if c.name in names - set(base.primary_key) and not c.generated]
            free = [c for c in shared if c.name not in meant.owners]
            for column in free[:3]:
                acts, _ = changing(lab, keyed, column, row, 2)
                _, look = changing(lab, base, column, row, 1)
                if acts:
                    trial = _through(relation, actor, Operation.UPDATE, meant.may_change(actor), row)
                    one = lab.request(actor, *acts, look=look)
                    yield Asked(trial, one, lambda answer: answer.changed, "no row of these was changed")


def _deletion(
    lab: Lab, relation: Relation, base: Relation, row: Specimen, actor: Actor, intended: bool | None
) -> Asked:
    where = where_of(base, row.values)
    one = lab.request(
        actor,
        f"delete from {ident(relation.name)} where {where}",
        look=f"select exists(select from {ident(base.name)} where {where})::text",
    )
    trial = _through(relation, actor, Operation.DELETE, intended, row)
    return Asked(trial, one, lambda answer: answer.changed, "no row of these was deleted")


def _through(relation: Relation, actor: Actor, operation: Operation, intended: bool | None, row: Specimen) -> Trial:
    return Trial(relation.name, actor, operation, ROW, intended, on=(row,), kind="view", rules=relation.definition)
