"""Index advice beside other programs.

usage: PYTHONPATH=bench python -m index_advice [--apps FOLDER ...] [--only CASE ...] [--systems NAME ...] [--write]

Every case is made in one server of the laboratory: TPC-H, the Join Order Benchmark's queries on made-up rows, pgbench,
`examples/fanbase`, and the apps that are given, which are shown as numbers. Every system is asked at budgets of 0.5, 1
and 2 times the bytes of the data; what it chooses is built and measured. What is measured is kept in
build/index_advice/results and not measured again (`--again` for what should be). `--write` makes the page
docs/peers-index-advice.md of what is kept.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from apprescue.lab.postgres import Server, serve
from apprescue.lab.session import Session
from apprescue.model.app import App
from index_advice import apps, job, page, pgbench, programs, tpch
from index_advice.case import LONG, Case
from index_advice.measure import Bed, Built, Taken
from index_advice.ours import advised, rewritten
from index_advice.peers import BUDGETED, PEERS, Said, cleared, furnished, lines, needs

ROOT = Path(__file__).parents[2]
RESULTS = programs.BUILD / "results"
US, NONE = "App Rescue", "no index"
RULES = "App Rescue, rules too"
"""With row rules written anew, in the apps; it comes last, as they stay so."""
BUDGETS = (0.5, 1.0, 2.0)
DISK = 60 * 1024**3
PATIENCE = 90.0

Made = Callable[[Server], Case]


def main() -> None:
    """Measure what is not measured yet, and write the page where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--apps", type=Path, nargs="*", default=[], metavar="FOLDER")
    parser.add_argument("--rows", type=int, default=30_000, help="rows of what an app reads")
    parser.add_argument("--only", nargs="*", default=[], metavar="CASE", help="cases whose name contains one of these")
    parser.add_argument("--large", action="store_true", help="also TPC-H at scale 1")
    parser.add_argument("--systems", nargs="*", default=[NONE, *PEERS, US, RULES], metavar="NAME")
    parser.add_argument("--again", nargs="*", default=[], metavar="NAME", help="systems whose results are thrown away")
    parser.add_argument("--budgets", type=float, nargs="*", default=BUDGETS)
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds that a system may think")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    laid = programs.laid_out()
    for name, why in laid.missing.items():
        print(f"{name} could not be had: {why}", file=sys.stderr)
    RESULTS.mkdir(parents=True, exist_ok=True)
    wanted = [
        (name, make)
        for name, make in cases(args.apps, args.rows, args.large, laid)
        if not args.only or any(part in name for part in args.only)
    ]
    if laid.server is not None:
        os.environ["RESCUE_PG_BIN"] = str(laid.server)
    with serve(most_disk=DISK, busy=True) as server:
        for name, make in wanted:
            Run(server, laid, name, args).done(make)
    if args.write:
        page.write(RESULTS, ROOT / "docs", BUDGETS)


def cases(folders: Sequence[Path], rows: int, large: bool, laid: programs.Programs) -> Iterator[tuple[str, Made]]:
    """The cases by name, each with what makes it."""
    yield "pgbench", lambda server: pgbench.case(server, 2.0)
    yield "fanbase", lambda server: apps.case(server, "fanbase", ROOT / "examples/fanbase", rows, 2.0)
    for number, folder in enumerate(folders, 1):
        name = f"creator-app-{number}"
        yield name, lambda server, name=name, folder=folder: apps.case(server, name, folder, rows, 2.0)  # type: ignore[misc]
    yield "tpch-0.1", lambda server: tpch.case(server, 0.1, 3.0, 3)
    if "job" not in laid.missing:
        yield "job", lambda server: job.case(server, laid.source("job"), 3.0)
    if large:
        yield "tpch-1", lambda server: tpch.case(server, 1.0, 15.0, 2)


def is_of_app(name: str) -> bool:
    """Whether a case is of an app."""
    return name.startswith(("creator-app", "fanbase"))


class Run:
    """A case on its way. Its results are kept after each system and budget."""

    def __init__(self, server: Server, laid: programs.Programs, name: str, args: argparse.Namespace) -> None:
        self._server, self._laid, self._name, self._args = server, laid, name, args
        self._file = RESULTS / f"{name}.json"
        self._kept: dict[str, Any] = json.loads(self._file.read_text()) if self._file.exists() else {"cells": {}}
        for key in [key for key in self._kept["cells"] if key.partition("@")[0] in args.again]:
            del self._kept["cells"][key]

    def _missing(self) -> list[tuple[str, list[float]]]:
        wanted = []
        for system in self._args.systems:
            budgets = [0.0] if system == NONE else self._args.budgets
            budgets = [b for b in budgets if f"{system}@{b:g}" not in self._kept["cells"]]
            unfit = system in PEERS and needs(system) in self._laid.missing
            unfit |= system == RULES and not is_of_app(self._name)
            if budgets and not unfit:
                wanted.append((system, budgets))
        return wanted

    def done(self, make: Made) -> None:
        """Make the case and measure what is not there yet."""
        if not (missing := self._missing()):
            return
        began = time.perf_counter()
        try:
            case = make(self._server)
        except apps.UnfitError as error:
            print(error, file=sys.stderr)
            return
        self._kept |= {
            "name": self._name, "told": case.told, "size": case.size, "limit": case.limit,
            "made": time.perf_counter() - began, "weights": {
                one.statement.key: one.statement.weight * one.statement.repeats for one in case.asked
            },
            "names": {one.statement.key: f"{one.statement.place.path}:{one.statement.place.line}"
                      for one in case.asked} if "creator" not in self._name else {},
            "machine": f"{os.cpu_count()} cores, {platform.machine()}", "version": list(self._server.version),
        }  # fmt: skip
        print(f"{self._name}: {case.told}; {case.size / 1e6:.0f} MB, made in {self._kept['made']:.0f} s", flush=True)
        with self._server.connect(case.data, seconds=LONG) as session:
            bed = Bed(session, case)
            for system, budgets in missing:
                if system == RULES and case.app is not None:
                    self._rules(case, case.app, bed, session, budgets)
                elif system != RULES:
                    self._system(case, bed, system, budgets)
        for name in (case.data, case.empty):
            self._server.drop(name)

    def _system(self, case: Case, bed: Bed, system: str, budgets: Sequence[float]) -> None:
        said: Said | None = None
        bed.stand(())
        for budget in sorted(budgets, reverse=True):
            most = int(case.size * budget)
            if said is None or (system in (US, *BUDGETED) and said.size > most):
                said = self._asked(case, system, most)
            chosen, refused = bed.fitting(said.indexes, most)
            taken = bed.taken(chosen)
            bed.stand(())
            self._keep(system, budget, said, chosen, refused, taken)

    def _rules(self, case: Case, app: App, bed: Bed, session: Session, budgets: Sequence[float]) -> None:
        """Rules written anew where ours stands at the largest budget; measured at each with what ours chose there."""
        said: Said | None = None
        for budget in sorted(budgets, reverse=True):
            ours = self._kept["cells"].get(f"{US}@{budget:g}")
            if ours is None:
                continue
            chosen, refused = bed.fitting(ours["indexes"], int(case.size * budget))
            bed.stand(chosen)
            said = said or rewritten(self._server, case, app, session)
            bed.forget()
            self._keep(RULES, budget, said, chosen, refused, bed.taken(chosen))

    def _asked(self, case: Case, system: str, most: int) -> Said:
        if system == NONE:
            return Said()
        if system == US:
            return advised(self._server, case, most)
        furnished(self._server, case)
        try:
            return PEERS[system](self._laid, self._server, case, most, self._args.patience)
        finally:
            cleared(self._server, case)

    def _keep(
        self, system: str, budget: float, said: Said, chosen: Sequence[Built], refused: Sequence[str], taken: Taken
    ) -> None:
        self._kept["cells"][f"{system}@{budget:g}"] = {
            "advice": said.seconds, "wanted": len(said.indexes), "trouble": lines(said.trouble) + list(refused),
            "indexes": [one.definition for one in chosen], "bytes": sum(one.size for one in chosen),
            "build": sum(one.seconds for one in chosen), "when": time.time(), "load": os.getloadavg()[0],
            **asdict(taken),
        }  # fmt: skip
        self._file.write_text(json.dumps(self._kept, indent=1))
        p50, p95 = (sum(pair[at] for pair in taken.statements.values()) for at in (0, 1))
        trouble = f"  {'; '.join(said.trouble[:1])[:70]}" if said.trouble else ""
        print(
            f"  {system:22}{budget:4g}x {said.seconds:6.1f} s {len(chosen):3}/{len(said.indexes):<3}"
            f"{sum(one.size for one in chosen) / 1e6:8.1f} MB  p50 {p50:9.1f}  p95 {p95:9.1f} ms"
            f"  {taken.inserts:8.0f} rows/s{trouble}",
            flush=True,
        )


if __name__ == "__main__":
    main()
