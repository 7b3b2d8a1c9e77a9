"""How the database answers a statement: the tree that EXPLAIN shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

RELATION = ("Schema", "Relation Name")


@dataclass(frozen=True, slots=True)
class Plan:
    """A step of a plan with the steps that feed it. `kind` is its name in EXPLAIN (Seq Scan, Index Only Scan, Sort).

    `conditions` are pairs of EXPLAIN's label (Filter, Index Cond, Hash Cond, Recheck Cond, Sort Key, ...) and its
    text. `rows` and `cost` are the planner's guesses; `actual_rows`, `loops` and `milliseconds` (of all loops) what
    really was, None where it was not run.
    """

    kind: str
    relation: str = ""
    alias: str = ""
    index: str = ""
    rows: float = 0.0
    cost: float = 0.0
    conditions: tuple[tuple[str, str], ...] = ()
    feeds: tuple[Plan, ...] = ()
    parent: str = ""
    subplan: str = ""
    actual_rows: float | None = None
    loops: float | None = None
    milliseconds: float | None = None
    removed: float = 0.0

    def deep(self) -> Iterator[Plan]:
        """The step and every one below it."""
        yield self
        for one in self.feeds:
            yield from one.deep()

    def said(self, label: str) -> str:
        """The text of a condition, empty where there is none."""
        return next((text for name, text in self.conditions if name == label), "")

    @staticmethod
    def of(node: Mapping[str, Any]) -> Plan:
        """The plan that `explain (format json)` tells: its `Plan` object."""
        return Plan(
            kind=node["Node Type"],
            relation=".".join(node[part] for part in RELATION if part in node) if RELATION[1] in node else "",
            alias=node.get("Alias", ""),
            index=node.get("Index Name", ""),
            rows=float(node.get("Plan Rows", 0)),
            cost=float(node.get("Total Cost", 0)),
            conditions=tuple(
                (name, ", ".join(map(str, told)) if isinstance(told, list) else str(told))
                for name, told in node.items()
                if name.endswith(("Cond", "Filter", "Key")) or name == "Function Name"
            ),
            feeds=tuple(map(Plan.of, node.get("Plans", ()))),
            parent=node.get("Parent Relationship", ""),
            subplan=node.get("Subplan Name", ""),
            actual_rows=node.get("Actual Rows"),
            loops=node.get("Actual Loops"),
            milliseconds=(
                node["Actual Total Time"] * node.get("Actual Loops", 1) if "Actual Total Time" in node else None
            ),
            removed=float(node.get("Rows Removed by Filter", 0)),
        )
