"""The other programs: how each is asked for indexes, and what it says, in one form.

Each runs as it comes, as the owner of the tables: none of them knows roles or row rules. They are given statements with
values in them, of a person with many rows and of one with an ordinary number. What each can read differs: hyrise's
project takes what selects only, dexter one statement of a form.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apprescue.lab.postgres import Server
from apprescue.model.database import DatabaseError, ident, literal
from apprescue.model.workload import Standing
from index_advice.case import LONG, Case
from index_advice.programs import REAL, Programs

WIDTH = 2
"""The most columns of an index that hyrise's algorithms try: as in its own comparisons of TPC-H and JOB."""
MOST_INDEXES = 15
LESS = 3
"""Who has no answer in time is asked again with every third statement."""
FOUND = re.compile(r"Index found: (\S+) \((.*)\)")
SAVED = re.compile(r"Start: ([\d.]+)\n(?:.*\n)*?Final: ([\d.]+) : (.*)")
SCHEMA = "hypopg"


@dataclass
class Said:
    """The indexes that a system wants, as what stands behind `on`, the most useful first; how long it took and what it
    could not do. `size` is what a system that was given a budget thinks that they take."""

    indexes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    trouble: list[str] = field(default_factory=list)
    size: float = 0.0


Peer = Callable[[Programs, Server, Case, int, float], Said]


def texts(case: Case) -> list[tuple[str, float]]:
    """The statements with values of the first of their draws, for somebody with many rows last, and their weight."""
    found = []
    for one in case.drawn:
        known = {draw.standing: draw for draw in reversed(one.draws)}
        chosen = [known[s] for s in (Standing.MEDIAN, Standing.HOT) if s in known] or list(one.draws[:1])
        if len(one.draws) > 1 and len(chosen) == 1:
            chosen = list(one.draws[:2])
        weight = one.statement.weight * one.statement.repeats / len(chosen)
        found += [(" ".join(one.text(draw).split()), weight) for draw in dict.fromkeys(chosen)]
    return found


def furnished(server: Server, case: Case) -> None:
    """Let there be hypopg in a database."""
    with server.connect(case.data) as session:
        session.run(f"create schema if not exists {SCHEMA}; create extension if not exists hypopg schema {SCHEMA};"
                    f"create extension if not exists {REAL} schema {SCHEMA}")  # fmt: skip


def cleared(server: Server, case: Case) -> None:
    """Take it away again."""
    with server.connect(case.data) as session:
        session.run(f"drop extension {REAL}; drop extension hypopg; drop schema {SCHEMA} cascade")


def environment(server: Server, case: Case) -> dict[str, str]:
    """Where libpq finds the database."""
    given = dict(re.findall(r"(\w+)='([^']*)'", server.address(case.data)))
    path = f"-c search_path=public,extensions,{SCHEMA} -c {SCHEMA}.use_real_oids=on"
    return os.environ | {
        "PGHOST": given["host"], "PGPORT": given["port"], "PGDATABASE": case.data, "PGUSER": given["user"],
        "PGOPTIONS": path,
    }  # fmt: skip


# index_advisor -------------------------------------------------------------------------------------------------------


def index_advisor(programs: Programs, server: Server, case: Case, budget: int, patience: float) -> Said:
    """Each statement by itself, as in the dashboard that it is made for; all that it names, by what it saves."""
    said = Said()
    worth: dict[str, float] = {}
    with server.connect(case.data, seconds=LONG) as session:
        session.run(f"set search_path = public, extensions, {SCHEMA}; set {SCHEMA}.use_real_oids = on")
        session.run((programs.source("index_advisor") / "index_advisor--0.2.0.sql").read_text())
        began = time.perf_counter()
        for text, weight in texts(case):
            try:
                told = session.query(f"select * from index_advisor({literal(text)})")[0]
            except DatabaseError as error:
                said.trouble.append(str(error).splitlines()[0])
                continue
            said.trouble += told[5] or []
            for one in told[4] or []:
                saved = (float(told[2]) - float(told[3])) * weight
                worth[_behind(one)] = worth.get(_behind(one), 0.0) + saved
            if time.perf_counter() - began > patience:
                said.trouble.append(f"broken off after {patience:.0f} s")
                break
        said.seconds = time.perf_counter() - began
        session.run("drop function index_advisor(text)")
    said.indexes = sorted(worth, key=lambda one: (-worth[one], one))
    return said


def _behind(definition: str) -> str:
    return re.sub(r"^create index (?:\S+ )?on ", "", definition.strip().rstrip(";"), flags=re.I)


# dexter --------------------------------------------------------------------------------------------------------------


def dexter(programs: Programs, server: Server, case: Case, budget: int, patience: float) -> Said:
    """All statements at once, from a file; what it finds, by what it says that each statement saves."""
    source = programs.source("dexter")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "statements.sql"
        file.write_text(";\n".join(text.replace(";", " ") for text, _ in texts(case)) + ";\n")
        command = ["ruby", f"-I{source / 'lib'}", str(source / "exe/dexter"), case.data, "--input-format", "sql",
                   "--log-level", "debug2", str(file)]  # fmt: skip
        said, out = _ran(command, environment(server, case), patience)
    out = re.sub(r"\x1b\[[\d;]*m", "", out)
    worth = {f"{table} ({columns})": 0.0 for table, columns in FOUND.findall(out)}
    for start, final, names in SAVED.findall(out):
        for one in worth:
            worth[one] += (float(start) - float(final)) * (one in names)
    said.indexes = [_quoted(one) for one in sorted(worth, key=lambda one: (-worth[one], one))]
    return said


def _quoted(found: str) -> str:
    table, columns = found[:-1].split(" (")
    return f"{ident(table)} ({', '.join(ident(one) for one in columns.split(', '))})"


def _ran(command: Sequence[str], env: dict[str, str], patience: float, given: str = "") -> tuple[Said, str]:
    said, out = Said(), ""
    began = time.perf_counter()
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, check=False, timeout=patience, env=env
        )
        out = done.stdout
        if done.returncode:
            said.trouble.append((done.stderr.strip() or out.strip() or "failed").splitlines()[-1][:200])
    except subprocess.TimeoutExpired:
        said.trouble.append(f"no answer in {patience:.0f} s")
    said.seconds = time.perf_counter() - began
    return said, out


# hyrise's index selection evaluation ---------------------------------------------------------------------------------


def _hyrise(algorithm: str, parameters: dict[str, Any]) -> Peer:
    def asked(programs: Programs, server: Server, case: Case, budget: int, patience: float) -> Said:
        given: dict[str, Any] = {
            "algorithm": algorithm,
            "parameters": parameters | {"budget_MB": budget / 1e6},
            "source": str(programs.source("hyrise")),
            "texts": [text for text, _ in texts(case) if re.match(r"(select|with)\b", text, re.I)],
        }
        runner = Path(__file__).with_name("hyrise.py")
        command = [str(programs.python), str(runner)]
        env, late = environment(server, case), Said()
        said, out = _ran(command, env, patience, json.dumps(given))
        if said.trouble and not out:
            late, given["texts"] = said, given["texts"][::LESS]
            late.trouble.append(f"asked again with {len(given['texts'])} of the statements")
            said, out = _ran(command, env, patience, json.dumps(given))
        if out.strip():
            answer = json.loads(out.splitlines()[-1])
            said = Said(answer["indexes"], answer["seconds"], answer["trouble"], answer["size"])
        return Said(said.indexes, late.seconds + said.seconds, late.trouble + said.trouble, said.size)

    return asked


PEERS: dict[str, Peer] = {
    "index_advisor": index_advisor,
    "dexter": dexter,
    "Extend": _hyrise("extend", {"max_index_width": WIDTH}),
    "DB2Advis": _hyrise("db2advis", {"max_index_width": WIDTH, "try_variations_seconds": 0}),
    "AutoAdmin": _hyrise("auto_admin", {"max_index_width": WIDTH, "max_indexes": MOST_INDEXES, "max_indexes_naive": 1}),
}
BUDGETED = ("Extend", "DB2Advis")
NEEDS = {"index_advisor": "index_advisor", "dexter": "dexter"}


def needs(peer: str) -> str:
    """The name of the source that a peer comes from."""
    return NEEDS.get(peer, "hyrise")


def lines(said: Iterable[str]) -> list[str]:
    """Complaints, each once, with how often."""
    found: dict[str, int] = {}
    for one in said:
        found[one] = found.get(one, 0) + 1
    return [f"{one} ({times} times)" if times > 1 else one for one, times in found.items()]
