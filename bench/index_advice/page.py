"""The page of what was measured: a summary, a table and a curve for each case, and where ours loses."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index_advice import programs

US, NONE, RULES = "App Rescue", "no index", "App Rescue, rules too"
OTHERS = ("index_advisor", "dexter", "Extend", "DB2Advis", "AutoAdmin")
ORDER = (*OTHERS, US, RULES)
COLORS = dict(zip(ORDER, ("#7f8c8d", "#b8860b", "#2e86c1", "#8e44ad", "#27ae60", "#c0392b", "#e59866"), strict=True))
CASES = ("creator-app", "fanbase", "pgbench", "tpch", "job")
WORSE, WORSE_MS = 1.1, 1.0
HEAVY, HELPED = 10.0, 0.8
WIDE, HIGH, EDGE = 420, 250, 44
Kept = dict[str, Any]


def write(results: Path, docs: Path, budgets: Sequence[float]) -> None:
    """Write docs/peers-index-advice.md, and its curves beside it, of all results that are kept."""
    kept = [json.loads(file.read_text()) for file in sorted(results.glob("*.json"))]
    kept = [one for one in kept if f"{NONE}@0" in one["cells"]]
    kept.sort(key=lambda one: (next(n for n, part in enumerate(CASES) if part in one["name"]), one["name"]))
    pictures = docs / "peers-index-advice"
    pictures.mkdir(exist_ok=True)
    for one in kept:
        (pictures / f"{one['name']}.svg").write_text(curve(one, budgets))
    (docs / "peers-index-advice.md").write_text("\n".join(text(kept, budgets)) + "\n")


def text(kept: Sequence[Kept], budgets: Sequence[float]) -> Iterator[str]:
    """The lines of the page."""
    yield from (INTRODUCTION.strip(), "")
    if kept:
        loads = [cell["load"] for one in kept for cell in one["cells"].values()]
        times = [cell["when"] for one in kept for cell in one["cells"].values()]
        days = sorted({time.strftime("%Y-%m-%d", time.gmtime(when)) for when in times})
        version = ".".join(map(str, kept[0]["version"]))
        yield (f"Measured on {' and '.join(days)}: {kept[0]['machine']}, PostgreSQL {version}; load of the machine "
               f"{min(loads):.1f} to {max(loads):.1f} (1 is this program alone).")  # fmt: skip
        yield ""
    yield "Versions: " + ", ".join(f"{name} ({where} at {commit[:9]})" for name, (where, commit) in
                                   programs.SOURCES.items()) + "."  # fmt: skip
    yield from ("", "## In short", "", *summary(kept, budgets), "", *helped(kept, budgets), "")
    for one in kept:
        yield from (f"## {one['name']}", "", f"{one['told']}; {one['size'] / 1e6:.0f} MB of data.", "")
        yield from (f"![p95 by size](peers-index-advice/{one['name']}.svg)", "")
        yield from (*table(one, budgets), "", *losses(one, budgets), *troubles(one), "")
    why = Path(__file__).with_name("why.md")
    yield why.read_text().strip() if why.exists() else ""


def totals(cell: Kept) -> tuple[float, float]:
    """The sums of p50 and p95 over all statements."""
    pairs = list(cell["statements"].values())
    return sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)


def best(one: Kept, budget: float, at: int) -> tuple[str, float]:
    """The best of the others at a budget, by p50 or p95."""
    found = [(name, totals(one["cells"][f"{name}@{budget:g}"])[at]) for name in OTHERS
             if f"{name}@{budget:g}" in one["cells"]]  # fmt: skip
    return min(found, key=lambda pair: pair[1], default=("", math.inf))


def summary(kept: Sequence[Kept], budgets: Sequence[float]) -> Iterator[str]:
    """Ours against the best of the others in each case: a share under 1 is better."""
    yield "Ours as a share of the best other's sum (p50, p95) at each budget, and what the advice took:"
    yield ""
    yield (
        "| case | "
        + " | ".join(f"{b:g}x: p50, p95 (best other)" for b in budgets)
        + " | statements | ours s | others s |"
    )
    yield "|---|" + "---|" * (len(budgets) + 3)
    for one in kept:
        cells = []
        for budget in budgets:
            ours = one["cells"].get(f"{US}@{budget:g}")
            other = [best(one, budget, at) for at in (0, 1)]
            if ours is None or not other[0][0]:
                cells.append("")
                continue
            sums = totals(ours)
            cells.append(f"{sums[0] / other[0][1]:.2f}, **{sums[1] / other[1][1]:.2f}** ({other[1][0]})")
        took: dict[str, list[float]] = {name: [] for name in (*ORDER, NONE)}
        for key, cell in one["cells"].items():
            took[key.partition("@")[0]].append(cell["advice"])
        others = [max(times) for name, times in took.items() if times and name in OTHERS]
        told = f"{min(others):.1f} to {max(others):.0f}" if others else ""
        yield (f"| {one['name']} | " + " | ".join(cells) + f" | {len(one['weights'])} | "
               f"{max(took[US], default=0):.1f} | {told} |")  # fmt: skip


def helped(kept: Sequence[Kept], budgets: Sequence[float]) -> Iterator[str]:
    """The same of the statements that an index can do something for, and with rules written anew."""
    yield (f"Some statements take long whatever stands: row rules that call a function for each row. Without those of "
           f"more than {HEAVY:.0f} ms that no system's indexes make {1 - HELPED:.0%} faster, and, in the apps, all "
           f"statements with ours where tuning writes the rules anew too (the others do not):")  # fmt: skip
    heads = " | ".join(f"{b:g}x: p50, p95" for b in budgets)
    rules = " | ".join(f"{b:g}x, rules too: p50, p95" for b in budgets)
    yield from ("", f"| case | left out | {heads} | {rules} |", "|---" * (2 + 2 * len(budgets)) + "|")
    for one in kept:
        stubborn = hopeless(one)
        shares = [share(one, US, budget, stubborn) for budget in budgets]
        shares += [share(one, RULES, budget, set()) for budget in budgets]
        yield f"| {one['name']} | {len(stubborn)} | {' | '.join(shares)} |"


def hopeless(one: Kept) -> set[str]:
    """The statements that take long and that no system's indexes help."""
    cells = [cell for key, cell in one["cells"].items() if key.partition("@")[0] in (*OTHERS, US)]
    none = one["cells"][f"{NONE}@0"]["statements"]
    return {
        key
        for key, (_, p95) in none.items()
        if p95 > HEAVY and all(cell["statements"][key][1] > p95 * HELPED for cell in cells)
    }


def share(one: Kept, system: str, budget: float, without: set[str]) -> str:
    """A system's sums of p50 and p95 as a share of the best other's, without some statements."""
    mine = one["cells"].get(f"{system}@{budget:g}")
    others = [cell for name in OTHERS if (cell := one["cells"].get(f"{name}@{budget:g}"))]
    if mine is None or not others:
        return ""
    found = []
    for at in (0, 1):
        ours, *best = (
            sum(pair[at] for key, pair in cell["statements"].items() if key not in without) for cell in (mine, *others)
        )
        found.append(ours / max(min(best), 1e-3))
    return f"{found[0]:.2f}, **{found[1]:.2f}**"


def table(one: Kept, budgets: Sequence[float]) -> Iterator[str]:
    """Every system at every budget; a line stands for several budgets where the same was built."""
    heads = "system|budget|indexes|MB|sum p50 ms|sum p95 ms|spread|worse than none|broken off|advice s|build s|rows/s"
    yield f"| {heads.replace('|', ' | ')} |"
    yield "|---" * (heads.count("|") + 1) + "|"
    none = one["cells"][f"{NONE}@0"]
    yield _row(NONE, "", none, none)
    for name in ORDER:
        groups: list[tuple[list[float], Kept]] = []
        for budget in budgets:
            cell = one["cells"].get(f"{name}@{budget:g}")
            if cell and groups and groups[-1][1]["indexes"] == cell["indexes"]:
                groups[-1][0].append(budget)
            elif cell:
                groups.append(([budget], cell))
        for told, cell in groups:
            yield _row(name, ", ".join(f"{b:g}x" for b in told), cell, none)


def _row(name: str, budget: str, cell: Kept, none: Kept) -> str:
    p50, p95 = totals(cell)
    worse = sum(_worse(pair, none["statements"][key]) for key, pair in cell["statements"].items())
    bold = "**" if name == US else ""
    return (
        f"| {bold}{name}{bold} | {budget} | {len(cell['indexes'])} | {cell['bytes'] / 1e6:.1f} | {p50:.1f} | {p95:.1f} "
        f"| {cell['spread']:.0%} | {worse} | {cell['late']} | {cell['advice']:.1f} | {cell['build']:.1f} "
        f"| {cell['inserts']:,.0f} |"
    )


def _worse(now: Sequence[float], was: Sequence[float]) -> bool:
    return any(a > b * WORSE and a > b + WORSE_MS for a, b in zip(now, was, strict=True))


def losses(one: Kept, budgets: Sequence[float], most: int = 5) -> Iterator[str]:
    """The statements for which another system does clearly better at the same budget."""
    found: dict[str, tuple[float, float, float, str]] = {}
    for budget in budgets:
        ours = one["cells"].get(f"{US}@{budget:g}")
        for name in OTHERS if ours else ():
            cell = one["cells"].get(f"{name}@{budget:g}")
            for key, pair in cell["statements"].items() if cell else ():
                mine = ours["statements"][key]
                if _worse(mine, pair) and mine[1] - pair[1] > found.get(key, (0.0,))[0]:
                    found[key] = (mine[1] - pair[1], mine[1], pair[1], f"{name} at {budget:g}x")
    if not found:
        return
    yield f"Another system is clearly faster at the same budget for {len(found)} of {len(one['weights'])} statements:"
    yield ""
    for key, (_, mine, other, name) in sorted(found.items(), key=lambda item: -item[1][0])[:most]:
        yield f"- {one['names'].get(key, key)}: p95 {mine:.1f} ms, with {name} {other:.1f} ms"
    yield ""


def troubles(one: Kept) -> Iterator[str]:
    """What systems could not do."""
    for name in ORDER:
        cells = [cell for key, cell in one["cells"].items() if key.partition("@")[0] == name]
        said = list(dict.fromkeys(line for cell in cells for line in cell["trouble"]))
        if said and "creator" in one["name"]:
            yield f"- {name}: {len(said)} kinds of complaint"
        elif said:
            more = f"; and {len(said) - 2} more" if len(said) > 2 else ""
            yield f"- {name}: {'; '.join(line[:160] for line in said[:2])}{more}"


def curve(one: Kept, budgets: Sequence[float]) -> str:
    """The sum of p95 by the bytes of the indexes, both as logarithms, a line for each system."""
    points: dict[str, list[tuple[float, float]]] = {}
    for name in ORDER:
        cells = [one["cells"][f"{name}@{b:g}"] for b in budgets if f"{name}@{b:g}" in one["cells"]]
        points[name] = sorted({(cell["bytes"] / 1e6, totals(cell)[1]) for cell in cells})
    none = totals(one["cells"][f"{NONE}@0"])[1]
    every = [point for some in points.values() for point in some]
    across = [max(x, 0.1) for x, _ in every] or [1.0]
    up = [max(y, 0.01) for _, y in every] + [none]
    left, right, low, top = min(across) / 1.3, max(across) * 1.3, min(up) / 1.3, max(up) * 1.3

    def place(x: float, y: float) -> tuple[float, float]:
        share = math.log(max(x, 0.1) / left) / math.log(right / left)
        rise = math.log(max(y, 0.01) / low) / math.log(top / low)
        return EDGE + share * (WIDE - EDGE - 110), HIGH - 30 - rise * (HIGH - 50)

    size = f'viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif" font-size="10"'
    title = f"{one['name']}: sum of p95 (ms) by MB of indexes, logarithmic"
    drawn = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', f'<rect width="{WIDE}" height="{HIGH}" fill="#fff"/>']
    drawn.append(f'<text x="{EDGE}" y="12">{title}</text>')
    for value in _marks(low, top):
        y = place(left, value)[1]
        drawn.append(f'<path d="M{EDGE} {y:.1f}H{WIDE - 110}" stroke="#eee"/><text x="{EDGE - 4}" y="{y + 3:.1f}" '
                     f'text-anchor="end">{value:g}</text>')  # fmt: skip
    for value in _marks(left, right):
        x = place(value, low)[0]
        drawn.append(f'<path d="M{x:.1f} 20V{HIGH - 30}" stroke="#eee"/><text x="{x:.1f}" y="{HIGH - 16}" '
                     f'text-anchor="middle">{value:g}</text>')  # fmt: skip
    y = place(left, none)[1]
    drawn.append(f'<path d="M{EDGE} {y:.1f}H{WIDE - 110}" stroke="#999" stroke-dasharray="4 3"/>'
                 f'<text x="{WIDE - 106}" y="{y + 3:.1f}" fill="#999">{NONE}</text>')  # fmt: skip
    for number, (name, some) in enumerate(points.items()):
        spots = [place(*point) for point in some]
        line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        if len(spots) > 1:
            drawn.append(f'<path d="{line}" fill="none" stroke="{COLORS[name]}" stroke-width="1.5"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{COLORS[name]}"/>' for x, y in spots]
        drawn.append(f'<circle cx="{WIDE - 102}" cy="{40 + 15 * number}" r="3.5" fill="{COLORS[name]}"/>'
                     f'<text x="{WIDE - 94}" y="{43 + 15 * number}">{name}</text>')  # fmt: skip
    return "\n".join([*drawn, "</svg>"]) + "\n"


def _marks(low: float, high: float) -> Iterator[float]:
    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        for digit in (1, 2, 5):
            if low <= digit * 10.0**power <= high:
                yield digit * 10.0**power


INTRODUCTION = """
# Index advice beside other programs

Written by `make index-advice`; the code is in `bench/index_advice`. The other programs are fetched and run as they come
and are no part of this project: supabase/index_advisor, ankane/dexter, and Extend, DB2Advis and AutoAdmin of hyrise's
index selection evaluation.

**How it is compared.** Every system is asked on the same server about the same data and statements, in which no index
stands but those of primary and unique keys. What it chooses is built, in its own order of benefit as far as it fits
into the budget (0.5, 1 and 2 times the bytes of the tables, counted as built), and measured: every statement with
several sets of values that are not those the advice was made from (but for the Join Order Benchmark, whose queries have
none). p50 and p95 are over the sets of values of a statement (of somebody with many rows, an ordinary number, none);
the sums are over statements. Each is run up to five times and counts with its best, as other work on the machine can
only add; `spread` is how much more the middle run took. A statement that is answered by the same plan over the same
indexes as before has its time from then. `broken off` ran into the limit and counts as that. `worse than none` are the
statements that got slower by more than 10 % and 1 ms. `rows/s` are rows inserted into the three largest tables that
nothing hangs on. Queries run in one process each.

**What the others are spared.** They know no roles and no row rules: they are asked as the owner of the tables, with
values in the statements; apps are measured as their real roles. Extend and DB2Advis are given the budget; the others
take none. hyrise's algorithms get statements that read only, and indexes of up to two columns, as in their authors' own
comparisons; AutoAdmin up to 15 of them. Who has no answer in 90 seconds is asked once more with every third statement.
The budget of an answer that was smaller than a smaller budget too is not asked again.
"""
