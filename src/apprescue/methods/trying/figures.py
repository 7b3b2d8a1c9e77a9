"""Whether an answer is reckoned from the amounts in others' rows, or only from how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from apprescue.methods.trying.other_values import NUMBERS
from apprescue.methods.trying.specimens import where_of
from apprescue.methods.trying.trials import Lab, Trial
from apprescue.methods.trying.tries import Answer, tried
from apprescue.model.catalog import Relation
from apprescue.model.database import ident, ident_of

COUNTER = re.compile(r"view|like|count|click|download|play|share|scan|visit|event|hit|impression|seen|updated_at|last_")


def from_amounts(lab: Lab, tables: Iterable[Relation], trial: Trial, answer: Answer) -> bool:
    """Whether the answer becomes another when the amounts in rows of these tables do that are not the caller's."""
    if trial.one is None:
        return False
    tries = []
    for table in tables:
        rows = [where_of(table, r.values) for r in lab.specimens.of(table.name) if trial.actor not in r.people]
        for name in map(ident_of, _amounts(table) if rows else ()):
            more = f"update {ident(table.name)} set {name} = coalesce({name}, 0) + 1000 where ({') or ('.join(rows)})"
            before = (*trial.one.before, "set local session_replication_role = replica", more)
            tries.append(replace(trial.one, acts=(answer.act,), look="", before=before))
    return any(a.went and a.gave != answer.gave for answers in tried(lab.database, tries) for a in answers)


def _amounts(table: Relation) -> list[str]:
    keys = {*table.primary_key, *(c for reference in table.references for c in reference.columns)}
    numbers = [c.name for c in table.columns if c.base in NUMBERS and not c.generated and c.name not in keys]
    return [name for name in numbers if not COUNTER.search(name)]
