"""A database's plan drawn as the tree that it is."""

from __future__ import annotations

from apprescue.model.plan import Plan
from apprescue.reports.page.text import text
from apprescue.source.plan_words import words

MOST = 160


def tree(plan: Plan) -> str:
    """The plan as a list of lists, escaped: each step under the one that it feeds."""
    conditions = "; ".join(
        told for label, told in plan.conditions if label in ("Filter", "Index Cond", "Hash Cond", "Join Filter")
    )
    cut = conditions[:MOST] + "…" * (len(conditions) > MOST)
    why = f"<small>{text(cut)}</small>" if conditions else ""
    slow = " class=slow" if plan.kind == "Seq Scan" and max(plan.removed, plan.actual_rows or 0) > 10_000 else ""
    inside = f"<ul>{''.join(map(tree, plan.feeds))}</ul>" if plan.feeds else ""
    return f"<li{slow}><span>{text(words(plan))}</span>{why}{inside}</li>"
