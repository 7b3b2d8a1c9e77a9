"""The access matrix: for every table, column, view, function and bucket who can do what to whose rows, by trying it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from apprescue.methods.trying import specimens
from apprescue.methods.trying.column_tries import own_columns
from apprescue.methods.trying.escalation_tries import climbed
from apprescue.methods.trying.file_tries import in_bucket
from apprescue.methods.trying.forged_tries import forged_by_all
from apprescue.methods.trying.function_tries import callable_ones, called_by_all
from apprescue.methods.trying.injection_tries import injected_by_all
from apprescue.methods.trying.insert_tries import added_by_all
from apprescue.methods.trying.mentions import Mentions
from apprescue.methods.trying.outcomes import Outcome, Way
from apprescue.methods.trying.reasons import plainly
from apprescue.methods.trying.revealing import Sight
from apprescue.methods.trying.row_tries import read_by_all
from apprescue.methods.trying.scripts import Scripts
from apprescue.methods.trying.sign_up_tries import at_sign_up
from apprescue.methods.trying.trials import EXPOSED, Lab, Trial, nobody_may
from apprescue.methods.trying.verdicts import Judge
from apprescue.methods.trying.view_tries import through_view
from apprescue.methods.trying.write_tries import changed_by_all
from apprescue.model.access import Access, Actor, Cell, Operation
from apprescue.model.catalog import Bin, Catalog, Relation, Routine
from apprescue.model.database import Database, DatabaseError
from apprescue.model.intent import Intent
from apprescue.model.rows import Filled

LISTENERS = (Actor.ANON, Actor.STRANGER)


def matrix(database: Database, catalog: Catalog, filled: Filled, intent: Intent) -> Access:
    """Try everything as everybody. Nothing of it stays in the database.

    The session must be able to become anon, authenticated and service_role, and see every row itself.
    """
    began = time.monotonic()
    mentions = Mentions(catalog)
    rows = specimens.read(database, catalog, filled, intent)
    lab = Lab(database, catalog, filled, intent, rows, mentions)
    judge = Judge(catalog, mentions, Scripts(catalog, rows, mentions))
    missing = dict(filled.missing)
    cells: list[Cell] = []
    for name, trials in _everything(lab):
        try:
            cells += judge.cells(list(trials))
        except DatabaseError as error:
            missing[name] = str(error)
    told = {name: plainly(why) for name, why in missing.items()}
    return Access(tuple(cells), tuple(told.items()), time.monotonic() - began)


def _everything(lab: Lab) -> Iterator[tuple[str, Iterable[Trial]]]:
    """Each object's name with the trials of it, which are made when they are asked for."""
    sight = Sight(lab)
    for relation in lab.catalog.relations:
        if relation.name.split(".", 1)[0] in EXPOSED:
            if relation.kind == "table":
                yield relation.name, _table(lab, relation)
            elif relation.kind.endswith("view"):
                yield relation.name, _view(lab, sight, relation)
    for routine in callable_ones(lab):
        yield routine.signature, _function(lab, sight, routine)
    for bucket in lab.catalog.buckets:
        yield bucket.name, _bucket(lab, bucket)
    yield "auth.users", _accounts(lab)


def _table(lab: Lab, relation: Relation) -> Iterator[Trial]:
    if not lab.specimens.of(relation.name):
        yield from _without_rows(lab, relation)
    read = read_by_all(lab, relation)
    plain = [
        *read,
        *changed_by_all(lab, relation),
        *own_columns(lab, relation),
        *added_by_all(lab, relation),
    ]
    yield from plain
    yield from forged_by_all(lab, relation, plain)
    yield from climbed(lab, relation, plain)
    if relation.published:
        yield from (_listened(trial) for trial in read if trial.actor in LISTENERS and not trial.column)


def _listened(trial: Trial) -> Trial:
    """What is told live of a table's rows: the same rows that the actor may read."""
    ended = trial.outcome
    if trial.worked:
        ended = replace(ended, detail=f"every change of such a row is broadcast to him: {ended.detail}")
    return replace(trial, operation=Operation.LISTEN, outcome=ended)


def _without_rows(lab: Lab, relation: Relation) -> Iterator[Trial]:
    """What cannot be tried on a table that has no rows."""
    why = next((reason for table, reason in lab.filled.missing if table == relation.name), "it has no rows")
    for operation in (Operation.SELECT, Operation.UPDATE, Operation.DELETE):
        ended = Outcome(Way.REFUSED if nobody_may(relation, operation) else Way.UNCLEAR, why)
        yield Trial(relation.name, Actor.STRANGER, operation, "another's", False, ended)


def _view(lab: Lab, sight: Sight, relation: Relation) -> Iterator[Trial]:
    yield from through_view(lab, sight, relation)


def _function(lab: Lab, sight: Sight, routine: Routine) -> Iterator[Trial]:
    yield from called_by_all(lab, sight, routine)
    yield from injected_by_all(lab, routine)


def _bucket(lab: Lab, bucket: Bin) -> Iterator[Trial]:
    yield from in_bucket(lab, bucket)


def _accounts(lab: Lab) -> Iterator[Trial]:
    yield from at_sign_up(lab)
