"""Somebody changed his own row while what it hangs on was his as well: which of the two let him is tried apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from apprescue.methods.trying.mentions import STRING
from apprescue.methods.trying.outcomes import Way
from apprescue.methods.trying.specimens import where_of
from apprescue.methods.trying.trials import Asked, Lab, Trial
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Relation, Rule
from apprescue.model.database import ident, ident_of, literal
from apprescue.model.intent import Meant

SHORTEST = 8


def told_apart(lab: Lab, relation: Relation, trial: Trial) -> Trial:
    """The trial, taken for meant where he can do it only as the owner of what the row hangs on: the host of a stage
    approves who asks for it, though he may ask himself."""
    meant = lab.intent.of(relation.name)
    if not (trial.worked and trial.intended is False and trial.one and meant.owners):
        return trial
    if not any(_another_door(relation, meant, rule) for rule in relation.policies if _for(rule, trial.operation)):
        return trial
    links = list(_links(lab, relation, meant, trial.actor))
    if not links:
        return trial
    acts, before = trial.one.acts, trial.one.before
    if trial.operation is Operation.UPDATE:
        where = where_of(relation, trial.on[0].values)
        before += tuple(_moved(relation, column, other, where) for column, _, other in links)
    else:
        acts = tuple(_rewritten(act, links) for act in acts)
    again = replace(trial.one, acts=acts, before=before)
    (ended,) = lab.settled([Asked(trial, again, lambda answer: answer.changed, "the row could not be reached")])
    return replace(trial, intended=True) if ended.outcome.way is Way.REFUSED else trial


def _for(rule: Rule, operation: Operation) -> bool:
    return rule.permissive and rule.command in ("all", operation.value)


def _another_door(relation: Relation, meant: Meant, rule: Rule) -> bool:
    """Whether a rule asks for something else than whose the row is."""
    text = STRING.sub("", rule.using or rule.check)
    bare = relation.name.split(".", 1)[1]
    own = (rf"(?<![\w.]){re.escape(column)}\b|\b{re.escape(bare)}\.{re.escape(column)}\b" for column in meant.owners)
    return len(text) > SHORTEST and not any(re.search(one, text) for one in own)


def _links(lab: Lab, relation: Relation, meant: Meant, actor: Actor) -> Iterator[tuple[str, set[str], str]]:
    """The columns that point at rows of his, with the keys of his and one of another's."""
    for reference in relation.references:
        column = reference.columns[0]
        if len(reference.columns) > 1 or column in (*meant.owners, *relation.primary_key):
            continue
        key = reference.to_columns[0]
        rows = [r for r in lab.specimens.of(reference.to) if r.people and r.values.get(key)]
        his = {str(r.values[key]) for r in rows if actor in r.people}
        others = [str(r.values[key]) for r in rows if actor not in r.people]
        if his and others and not his & set(lab.specimens.aliases):
            yield column, his, others[0]


def _moved(relation: Relation, column: str, key: str, where: str) -> str:
    change = f"update {ident(relation.name)} set {ident_of(column)} = {literal(key)} where {where}"
    return f"do $apart$ begin {change}; exception when others then null; end $apart$"


def _rewritten(act: str, links: list[tuple[str, set[str], str]]) -> str:
    for _, his, other in links:
        for key in his:
            act = act.replace(literal(key), literal(other)) if len(key) >= SHORTEST else act
    return act
