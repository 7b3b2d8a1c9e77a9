"""App Rescue's advisor, asked as `apprescue tune` asks it: on an empty database with the statistics of the full one."""

from __future__ import annotations

import time

from apprescue.lab.postgres import Server
from apprescue.methods import catalog
from apprescue.methods.tuning.advise import advise
from apprescue.methods.tuning.statistics import copy_statistics
from apprescue.methods.tuning.whatif import WhatIf
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
