"""Why an index is advised, in words for the owner."""

from __future__ import annotations

from collections.abc import Sequence

from apprescue.methods.advising.figures import plain
from apprescue.model.index import Index
from apprescue.model.workload import Statement


def reason(index: Index, helped: Sequence[tuple[Statement, float, float]]) -> str:
    """What an index is for. `helped` are the statements with what the planner reckons without and with it, the one
    that gains most first."""
    sentences = [_what(index)]
    if helped:
        statement, before, after = helped[0]
        place = f"{statement.place.path}:{statement.place.line}"
        where = f"{statement.screen} ({place})" if statement.screen else place
        more = f" and {len(helped) - 1} more" if len(helped) > 1 else ""
        sentences.append(f"It is for the query of {where}{more}: {_times(before, after)}.")
    if any("trgm" in key.opclass for key in index.keys):
        sentences.append("It needs the extension pg_trgm, which comes with PostgreSQL.")
    return " ".join(sentences)


def _what(index: Index) -> str:
    table = index.relation.removeprefix("public.")
    names = [plain(key.expression) for key in index.keys]
    if index.method != "btree":
        sentence = f"Finds rows of {table} by what {_listed(names)} contains"
    else:
        sentence = f"Finds rows of {table} by {_listed(names)}"
        if any(key.descending for key in index.keys):
            last = next(plain(key.expression) for key in index.keys if key.descending)
            sentence += f", the latest or largest {last} first"
    if index.where:
        sentence += f", only those where {index.where.replace('::text', '').replace(chr(34), '')}"
    if index.include:
        sentence += f", and carries {_listed([plain(name) for name in index.include])} so that the row need not be read"
    return f"{sentence}."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _times(before: float, after: float) -> str:
    times = before / max(after, 0.01)
    if times >= 2:
        return f"the planner reckons with {_round(times)} times less work"
    return f"the planner reckons with {1 - after / max(before, 0.01):.0%} less work"


def _round(times: float) -> str:
    digits = max(0, len(str(int(times))) - 2)
    return f"{round(times, -digits):,.0f}"
