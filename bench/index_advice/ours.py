"""App Rescue's advisor, asked as `apprescue tune` asks it: on an empty database with the statistics of the full one.

Tuning also writes row rules anew, which none of the others does; what that adds is shown apart.
"""

from __future__ import annotations

import time

from apprescue.lab.postgres import Server
from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.advising.advise import advise
from apprescue.methods.advising.statistics import copy_statistics
from apprescue.methods.advising.whatif import WhatIf
from apprescue.methods.filling import files, rows
from apprescue.methods.measuring import timing
from apprescue.methods.rewriting import rewriting
from apprescue.methods.rewriting.sameness import Proving
from apprescue.methods.trying import access_matrix
from apprescue.model.access import Access
from apprescue.model.app import App
from apprescue.model.catalog import Catalog
from apprescue.model.workload import Draw, Drawn
from apprescue.sprint.intent import intent_of
from index_advice.case import LONG, Case
from index_advice.peers import Said


def advised(server: Server, case: Case, budget: int) -> Said:
    """What ours chooses within a budget."""
    name = server.create(case.empty)
    with server.connect(case.data, seconds=LONG) as grown, server.connect(name, seconds=LONG) as twin:
        known = catalog.read(twin)
        began = time.perf_counter()
        resize = server.resize(name)
        copy_statistics(grown, twin, resize)
        advice = advise(WhatIf(twin, resize, grown=grown), case.drawn, known, budget=budget)
        seconds = time.perf_counter() - began
    server.drop(name)
    found = [one.index.definition for one in advice.indexes]
    return Said(found, seconds, [], sum(one.size for one in advice.indexes))


def rewritten(server: Server, case: Case, app: App, data: Session) -> Said:
    """Write rules anew in the full database, where the indexes stand already; what stays in it are the answers."""
    name = server.create(case.empty)
    began = time.perf_counter()
    with server.connect(name, seconds=LONG) as session:
        known = files.furnished(session, catalog.read(session))
        filled = rows.fill(session, known)
        meant = intent_of(app, known)

        def matrix(as_it_is: Catalog) -> Access:
            return access_matrix.matrix(session, as_it_is, filled, meant)

        def took(one: Drawn, draw: Draw) -> float:
            return timing.milliseconds(data, one, draw)

        proving = Proving(session, known, filled, matrix, matrix(known))
        reads = [one for one in case.drawn if not one.statement.writes]
        found, _ = rewriting.rewritten(proving, data, reads, took, rewriting.KINDS)
    server.drop(name)
    stays = [one.rewrite.about for one in found if not one.refused]
    return Said(stays, time.perf_counter() - began)
