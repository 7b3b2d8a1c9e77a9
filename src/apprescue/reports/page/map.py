"""What the app is made of: its addresses with their guards, its tables with their rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apprescue.model.app import Route
from apprescue.model.audit import Audit
from apprescue.model.schema import Table
from apprescue.reports.interface import count
from apprescue.reports.page.text import text


def whole(audit: Audit) -> str:
    """Both maps, folded; nothing where the app has neither."""
    routes = _part("route", ("Address", "Who may call it", "Touches", "Where"), map(_route, audit.routes))
    tables = _part("table", ("Table", "Columns", "Row rules", "Where"), (_table(audit, t) for t in audit.tables))
    return f"<section class=part><h2>What the app is made of</h2>{routes}{tables}</section>" if routes or tables else ""


def _part(noun: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    if not body:
        return ""
    head = "".join(f"<th scope=col>{heading}</th>" for heading in headings)
    return (
        f"<details class=map><summary>{count(len(body), noun)}</summary><div class=wide tabindex=0 role=region "
        f'aria-label="{noun}s"><table><thead><tr>{head}</tr></thead><tbody>'
        f"{''.join(f'<tr>{row}</tr>' for row in body)}</tbody></table></div></details>"
    )


def _route(route: Route) -> tuple[str, ...]:
    guards = dict.fromkeys(text(g.kind.replace("_", " ")) + " (fails open)" * g.fail_open for g in route.guards)
    who = ", ".join(guards) or "<span class=open>anyone</span>"
    return _code(str(route)), who, text(", ".join(sorted(route.touches))), _code(str(route.place))


def _table(audit: Audit, table: Table) -> tuple[str, ...]:
    rules = ""
    if table.rls is not None:
        number = sum(p.table == table.name for p in audit.policies)
        rules = count(number, "policy") if table.rls else "<span class=open>off</span>"
    return _code(table.name.removeprefix("public.")), str(len(table.columns)), rules, _code(str(table.place))


def _code(words: str) -> str:
    return f"<code>{text(words)}</code>"
