"""The access matrix: for every table, column, view, function and bucket who can do what to whose rows, by trying it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from apprescue.methods import specimens
from apprescue.methods.column_tries import own_columns
from apprescue.methods.forged_tries import forged_by_all
from apprescue.methods.insert_tries import added_by_all
from apprescue.methods.mentions import Mentions
from apprescue.methods.row_tries import changed_by_all, read_by_all
from apprescue.methods.scripts import Scripts
from apprescue.methods.sign_up_tries import at_sign_up
from apprescue.methods.trials import EXPOSED, Lab, Trial
from apprescue.methods.verdicts import Judge
from apprescue.model.access import Access, Cell
from apprescue.model.catalog import Catalog, Relation
from apprescue.model.database import Database, DatabaseError
from apprescue.model.intent import Intent
from apprescue.model.rows import Filled


def matrix(database: Database, catalog: Catalog, filled: Filled, intent: Intent) -> Access:
    """Try everything as everybody. Nothing of it stays in the database.

    The session must be able to become anon, authenticated and service_role, and see every row itself.
    """
    began = time.monotonic()
    mentions = Mentions(catalog)
    rows = specimens.read(database, catalog, filled, intent)
    lab = Lab(database, catalog, filled, intent, rows, mentions)
    judge = Judge(catalog, mentions, Scripts(catalog, rows, mentions))
    cells: list[Cell] = []
    missing = dict(filled.missing)
    for relation in catalog.relations:
        if relation.kind == "table" and relation.name.split(".", 1)[0] in EXPOSED:
            try:
                cells += judge.cells(list(_table(lab, relation)))
            except DatabaseError as error:
                missing[relation.name] = str(error)
    cells += judge.cells(at_sign_up(lab))
    return Access(tuple(cells), tuple(missing.items()), time.monotonic() - began)


def _table(lab: Lab, relation: Relation) -> Iterator[Trial]:
    plain = [
        *read_by_all(lab, relation),
        *changed_by_all(lab, relation),
        *own_columns(lab, relation),
        *added_by_all(lab, relation),
    ]
    yield from plain
    yield from forged_by_all(lab, relation, plain)
