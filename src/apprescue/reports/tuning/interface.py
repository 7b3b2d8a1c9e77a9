"""The words that every paper about tuning says in the same way. A paper is `render(tuned, name, screen) -> str`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from apprescue.model.index import Index
from apprescue.model.load import Latency
from apprescue.model.tuning import FAST, Built, Measured, Tuned
from apprescue.reports.interface import count

MEGABYTE = 1_000_000


def headline(tuned: Tuned) -> tuple[str, str]:
    """The answer in one line, and one more that says how it was and how it is."""
    every, before, after = len(tuned.common), tuned.fast(after=False), tuned.fast(after=True)
    if not every:
        return "Nothing could be measured.", "No query of the app could be run; below is why."
    limit = f"95 of 100 answers within {FAST:.0f} ms, 200 people at once"
    told = f"{before} of {count(every, 'common read')} hold today ({limit})"
    if before == every:
        return "Fast enough as it is.", f"{told}."
    if after == every:
        return "Slow today, fast enough after this.", f"{told}; after the changes all do."
    wait = tuned.waiting()
    behind = f" {wait} of the others wait only behind queries that are slow by themselves." if wait else ""
    if after > before or wait:
        return "Better after this, not good yet.", f"{told}; after the changes {after} do.{behind}"
    return "Slow, and no change that we tried helps.", f"{told}."


def milliseconds(value: float | None) -> str:
    """A time for people."""
    if value is None:
        return "not measured"
    if math.isinf(value):
        return "broken off"
    if value >= 10_000:
        return f"{value / 1000:.0f} s"
    if value >= 1000:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def p95(latency: Latency | None) -> float | None:
    """The 95th percentile, None where it was not measured."""
    return latency.p95 if latency else None


def size(of: float) -> str:
    """Bytes for people."""
    return f"{of / MEGABYTE:,.0f} MB" if of >= MEGABYTE else f"{max(of, 1000) / 1000:,.0f} kB"


def by_screen(measured: Iterable[Measured]) -> list[tuple[str, list[Measured]]]:
    """The statements of each screen, the slowest screen first."""
    ordered = sorted(measured, key=lambda one: one.statement.screen)
    groups = [(screen, sorted(group, key=_slow)) for screen, group in groupby(ordered, lambda m: m.statement.screen)]
    return sorted(groups, key=lambda group: (_slow(group[1][0]), group[0]))


def _slow(one: Measured) -> tuple[float, str]:
    return (-(p95(one.was) or 0.0), one.statement.key)


def shown(index: Index) -> str:
    """An index for people: without the quotes that its names do not need."""
    return re.sub(r'"([a-z_][a-z0-9_]*)"', r"\1", index.definition)


def kept(indexes: Sequence[Built]) -> list[Built]:
    """The indexes that stay."""
    return [one for one in indexes if not one.refused]


def gains(pairs: Iterable[tuple[str, float, float]], names: dict[str, str]) -> list[str]:
    """What became faster, the largest gain first: `feed: 120 ms, now 2.0 ms`."""
    told = sorted(pairs, key=lambda gain: gain[2] - gain[1])
    return [f"{names.get(key, 'together')}: {milliseconds(was)}, now {milliseconds(now)}" for key, was, now in told]
