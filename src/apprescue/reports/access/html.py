"""The access matrix as one page: each object a table, who across, what down, in colours and in words."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from importlib.resources import files
from itertools import groupby

from apprescue.model.access import Access, Actor, Cell, Verdict
from apprescue.reports.interface import count
from apprescue.reports.page.text import folded, lines, listing, text

WORDS = {
    Verdict.LEAK: "works and must not",
    Verdict.BROKEN: "fails for everyone",
    Verdict.UNDECIDED: "works; nobody said whether it is meant",
    Verdict.UNTESTED: "could not be tried",
    Verdict.ALLOWED: "works and is meant",
    Verdict.DENIED: "refused",
}
WORST = list(WORDS)
MOST_NAMES = 8


def render(access: Access, name: str) -> str:
    """The whole page."""
    style = "".join(
        (files("apprescue.reports") / "page" / one).read_text("utf-8") for one in ("style.css", "matrix.css")
    )
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    tally = {verdict: sum(c.verdict is verdict for c in access.cells) for verdict in WORST}
    legend = "".join(
        f"<li class={verdict}><b>{number:,}</b><span>{verdict}</span><small>{WORDS[verdict]}</small></li>"
        for verdict, number in tally.items()
    )
    by_object = groupby(sorted(access.cells, key=lambda c: c.object), key=lambda c: c.object)
    objects = sorted(((key, list(group)) for key, group in by_object), key=lambda item: (_worst(item[1]), item[0]))
    missing = listing(f"<code>{text(one)}</code>: {text(why)}" for one, why in access.missing)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex">\n<title>{text(name)}: who can do what</title>\n'
        f"<style>{style}</style></head>\n<body class=wide>\n<header><p class=facts><b>{text(name)}</b> · "
        f"{text(count(len(access.cells), 'try').replace('trys', 'tries'))} in a copy of the database</p>"
        f"<h1>Who can do what to whose rows</h1><ul class=legend>{legend}</ul></header>\n"
        f"<main>{''.join(_object(key, group) for key, group in objects)}"
        + (f"<section class=part><h2>What could not be tried</h2>{missing}</section>" if access.missing else "")
        + "</main>\n</body></html>\n"
    )


def _worst(cells: Iterable[Cell]) -> int:
    return min(WORST.index(cell.verdict) for cell in cells)


def _object(name: str, cells: list[Cell]) -> str:
    leaks = sum(cell.verdict is Verdict.LEAK for cell in cells)
    told = count(leaks, "leak") if leaks else WORDS[WORST[_worst(cells)]]
    actors = [actor for actor in Actor if any(cell.actor is actor for cell in cells)]
    head = "".join(f"<th scope=col>{actor}</th>" for actor in actors)
    body = "".join(_line(what, columns, tries, actors) for what, columns, tries in _lines(cells))
    scripts = "".join(
        folded(
            f"{text(cell.actor)} · {text(cell.operation)} {text(cell.column)} · {text(cell.row)}: {text(cell.detail)}",
            f"<pre class=prompt>{lines(cell.sql)}</pre>",
        )
        for cell in cells
        if cell.verdict in (Verdict.LEAK, Verdict.BROKEN) and cell.sql
    )
    scripts = folded("The scripts that show each of them", scripts) if scripts else ""
    return (
        f"<details class='group object'{' open' * bool(leaks)}><summary class=head><div><h3>{text(name)}</h3>"
        f"<p class='meta {WORST[_worst(cells)]}'>{text(cells[0].kind)} · {text(told)}</p></div></summary>"
        f"<div class=about><div class=scroll><table><thead><tr><th></th>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>{scripts}</div></details>"
    )


Tries = dict[Actor, Cell]


def _lines(cells: list[Cell]) -> list[tuple[str, list[str], Tries]]:
    """Columns of one operation with which the same came of every try stand on one line."""
    tries: dict[tuple[str, str], Tries] = {}
    for cell in cells:
        tries.setdefault((f"{cell.operation} {cell.row}", cell.column), {}).setdefault(cell.actor, cell)
    together: dict[tuple[str, bool, tuple[tuple[Actor, Verdict], ...]], tuple[list[str], Tries]] = {}
    for (what, column), by_actor in tries.items():
        key = what, bool(column), tuple(sorted((actor, cell.verdict) for actor, cell in by_actor.items()))
        together.setdefault(key, ([], by_actor))[0].append(column)
    return [(what, [c for c in columns if c], by_actor) for (what, _, _), (columns, by_actor) in together.items()]


def _line(what: str, columns: list[str], tries: Tries, actors: list[Actor]) -> str:
    names = ", ".join(columns[:MOST_NAMES]) + (f" and {len(columns) - MOST_NAMES} more" * (len(columns) > MOST_NAMES))
    title = f"{text(what)}<small>{text(names)}</small>" if columns else text(what)
    return f"<tr><th scope=row>{title}</th>{''.join(_cell(tries.get(actor)) for actor in actors)}</tr>"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "<td></td>"
    return f'<td class={cell.verdict} title="{text(cell.detail)}">{cell.verdict}</td>'
