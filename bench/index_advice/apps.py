"""Real apps with all that they ask of their database, and the one that comes with this project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from apprescue.lab.postgres import Server
from apprescue.methods import catalog
from apprescue.methods.drawing import draws
from apprescue.methods.filling import volume
from apprescue.model.outcome import NotExamined
from apprescue.model.workload import Drawn, Workload
from apprescue.source.statements.workload import workload
from apprescue.sprint.rebuild import rebuild
from apprescue.sprint.run import read_folder
from index_advice.case import LONG, Case, alone, bare, size_of

EACH = 2
"""Sets of values for each standing (many rows, an ordinary number, none)."""


class UnfitError(Exception):
    """An app cannot be taken. The message says why."""


def case(server: Server, name: str, folder: Path, rows: int, limit: float) -> Case:
    """An app's own schema, grown, and its own queries as their real roles. Raises UnfitError."""
    app = read_folder(folder).app
    rebuilt = rebuild(server, app)
    if isinstance(rebuilt, NotExamined):
        raise UnfitError(f"{name}: {rebuilt.reason}")
    empty = rebuilt.database
    with server.connect(empty, seconds=LONG) as session:
        dropped = bare(session)
        known = catalog.read(session)
    found = workload(app, known)
    data = server.create(empty)
    with server.connect(data, seconds=LONG) as session:
        session.run(alone(data))
        volume.grow(session, known, rows, shape=draws.shape(known, found, rows))
        session.run("vacuum analyze")
        size = size_of(session)
        drawn, _ = draws.draw(session, known, found, each=EACH, seed=1)
        reads = Workload(tuple(one.statement for one in drawn if not one.statement.writes))
        other, refused = draws.draw(session, known, reads, each=EACH, seed=2)
    if not other:
        raise UnfitError(f"{name}: no statement can be run ({len(found.untold)} untold, {len(refused)} refused)")
    asked = tuple(_without_repeats(one) for one in other)
    told = (
        f"{len(asked)} reads and {len(drawn) - len(reads.statements)} writes of its own as their real roles, "
        f"{rows:,} rows in what is read; {dropped} indexes of its own were taken away"
    )
    return Case(name, empty, data, size, drawn, asked, limit, told, app)


def _without_repeats(one: Drawn) -> Drawn:
    return replace(one, draws=tuple(dict.fromkeys(one.draws)))
