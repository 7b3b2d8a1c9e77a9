"""One try on the whole table at once tells whether an actor reaches any row of it: most reach none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.other_values import others
from apprescue.methods.trying.outcomes import Outcome, Way, outcome
from apprescue.methods.trying.trials import Lab, granted
from apprescue.methods.trying.tries import Answer, Try, tried
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Attribute, Relation
from apprescue.model.database import ident, ident_of, literal

EASY = ("text", "character varying", "boolean", "integer", "numeric", "bigint", "jsonb")
NONE = {Operation.UPDATE: "no row can be changed at all", Operation.DELETE: "no row can be deleted at all"}


@dataclass(frozen=True, slots=True)
class Sweep:
    """A try that reached nothing, and how it ended."""

    one: Try
    outcome: Outcome


def swept(lab: Lab, relation: Relation, actors: Sequence[Actor]) -> dict[tuple[Actor, Operation], Sweep]:
    """Who cannot change, and who cannot delete, any row of a table. Who is not in it may reach some."""
    asked = [
        (actor, operation, lab.request(actor, act))
        for actor in actors
        for operation in (Operation.UPDATE, Operation.DELETE)
        if (act := _sweeping(lab, relation, actor, operation))
    ]
    found = {}
    for (actor, operation, one), answers in zip(asked, tried(lab.database, [a[2] for a in asked]), strict=True):
        ended = outcome(answers, relation.name, lambda a: a.touched > 0, NONE[operation])
        if _closed(answers, ended):
            found[actor, operation] = Sweep(one, ended)
    return found


def _closed(answers: Sequence[Answer], ended: Outcome) -> bool:
    """Whether the answer holds for every row: none was reached, or the right or the rules themselves are missing."""
    if ended.way is Way.BROKEN:
        return True
    said = answers[0].said
    return ended.way is Way.REFUSED and (answers[0].went or said.startswith("permission denied"))


def _sweeping(lab: Lab, relation: Relation, actor: Actor, operation: Operation) -> str:
    name = ident(relation.name)
    if operation is Operation.DELETE:
        return f"delete from {name}"
    for column in plain(lab, relation, role_of(actor)):
        for value in others(lab.catalog, relation, column, lab.specimens, None):
            return f"update {name} set {ident_of(column.name)} = {literal(value)}"
    return ""


def plain(lab: Lab, relation: Relation, role: str) -> list[Attribute]:
    """The columns that an update can change with the least ado, those without keys, checks and guards first."""
    meant = lab.intent.of(relation.name)
    keyed = {c for key in (*relation.unique, relation.primary_key) for c in key}
    pointing = {c for reference in relation.references for c in reference.columns}
    free = [c for c in relation.columns if not c.generated and c.identity != "always"]
    allowed = set(granted(relation, role, "update"))

    def ado(column: Attribute) -> int:
        checked = any(column.name in condition for _, condition in relation.checks)
        odd = column.base not in EASY
        stamped = column.name.endswith("_at")
        return (
            8 * (column.name not in allowed)
            + 6 * (column.name in keyed or column.name in meant.owners)
            + 4 * (column.name in pointing)
            + 2 * (stamped or odd)
            + checked
        )

    return sorted(free, key=ado)
