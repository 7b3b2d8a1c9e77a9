"""A row rule asks itself for permission, so the table cannot be read at all.

What we look at: rules that query the very table they stand on, or two tables whose rules query each other.

Why it matters: the database applies the rule to the query inside the rule, and that again, and gives up with "infinite
recursion detected in policy". Every page that needs the table fails for every user.

How to repair: put the question into a SECURITY DEFINER function with a fixed search path (it is not subject to the
rules), for example `is_member(room_id)`, and call that in the rule.

When it is fine: the query inside runs in a function with the owner's rights.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.access import Claim, Operation
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import PolicyPlace
from apprescue.model.schema import Policy, Schema
from apprescue.source.sql import expression, nodes, relation


@check(severity=Severity.HIGH, impact=Impact.ONBOARDING, cwe=["CWE-674"], owasp=["A10:2025"])
def policy_recursion(app: App) -> Iterator[Seen]:
    """One sighting for each rule that leads back to its own table."""
    schema = app.schema
    reading = {p: _asked(p) for p in schema.policies if p.command in ("select", "all")}
    ruled = {t.name for t in schema.tables if t.rls is not False}
    for policy in schema.policies:
        asked = _asked(policy) & ruled
        for first in sorted(asked):
            circle = _back_to(policy.table, first, reading, schema)
            if circle and (policy.command in ("select", "all") or first == policy.table):
                yield Seen(
                    PolicyPlace(policy.table, policy.name, policy.place),
                    f'The rule "{policy.name}" on {policy.table} leads back to itself: {" asks ".join(circle)}.',
                    cause=" ".join(sorted(set(circle))),
                    claims=tuple(Claim(name, Operation.SELECT, fails=True) for name in sorted(set(circle))),
                )
                break


def _asked(policy: Policy) -> frozenset[str]:
    """The tables that a rule queries, itself among them."""
    trees = [expression(policy.using), expression(policy.check)]
    return frozenset(relation(node) for tree in trees for node in nodes(tree, "RangeVar"))


def _back_to(start: str, first: str, reading: dict[Policy, frozenset[str]], schema: Schema) -> list[str]:
    """The tables on the way from a rule's first question back to its own table; empty where none leads there."""
    if first == start:
        recursive = any(start in asked for p, asked in reading.items() if p.table == start)
        return [start, start] if recursive else []
    trail = {first: [start, first]}
    waiting = [first]
    while waiting:
        table = waiting.pop()
        for policy, asked in reading.items():
            if policy.table != table:
                continue
            if start in asked:
                return [*trail[table], start]
            for onward in asked - trail.keys():
                trail[onward] = [*trail[table], onward]
                waiting.append(onward)
    return []
