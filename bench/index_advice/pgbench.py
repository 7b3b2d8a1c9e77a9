"""pgbench's bank: its statements, and what somebody asks who has to do with an account or a branch. No keys stand."""

from __future__ import annotations

import random
from collections.abc import Callable

from apprescue.lab.postgres import Server
from index_advice.case import Case, drawn, made, statement

SCALE, MOVES = 4, 300_000
SCHEMA = """
create table pgbench_branches (bid int not null, bbalance int, filler char(88));
create table pgbench_tellers (tid int not null, bid int, tbalance int, filler char(84));
create table pgbench_accounts (aid int not null, bid int, abalance int, filler char(84));
create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
"""
FILLING = (
    f"insert into pgbench_branches select n, 0, '' from generate_series(1, {SCALE}) n",
    f"insert into pgbench_tellers select n, (n - 1) / 10 + 1, 0, '' from generate_series(1, {SCALE * 10}) n",
    f"""insert into pgbench_accounts select n, (n - 1) / 100000 + 1, made.int(n, 1, -5000, 5000), ''
        from generate_series(1, {SCALE * 100_000}) n""",
    f"""insert into pgbench_history select made.int(n, 2, 1, {SCALE * 10}), made.int(n, 3, 1, {SCALE}),
        (1 + {SCALE * 100_000} * power(made.u(n, 4), 3))::int, made.int(n, 5, -5000, 5000),
        timestamp '2026-01-01' + n * interval '7 seconds', '' from generate_series(1, {MOVES}) n""",
)


def _account(chance: random.Random) -> str:
    return str(1 + int(SCALE * 100_000 * chance.random() ** 3))


def _teller(chance: random.Random) -> str:
    return str(chance.randint(1, SCALE * 10))


def _branch(chance: random.Random) -> str:
    return str(chance.randint(1, SCALE))


def _amount(chance: random.Random) -> str:
    return str(chance.randint(-5000, 5000))


QUERIES: tuple[tuple[str, str, float, tuple[Callable[[random.Random], str], ...]], ...] = (
    ("select-only", "select abalance from pgbench_accounts where aid = $1", 5.0, (_account,)),
    ("account", "update pgbench_accounts set abalance = abalance + $2 where aid = $1", 1.0, (_account, _amount)),
    ("teller", "update pgbench_tellers set tbalance = tbalance + $2 where tid = $1", 1.0, (_teller, _amount)),
    ("branch", "update pgbench_branches set bbalance = bbalance + $2 where bid = $1", 1.0, (_branch, _amount)),
    ("move", "insert into pgbench_history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, now())", 1.0,
     (_teller, _branch, _account, _amount)),
    ("statement", "select * from pgbench_history where aid = $1 order by mtime desc limit 20", 2.0, (_account,)),
    ("of a teller", "select count(*), sum(delta) from pgbench_history where tid = $1 and mtime > '2026-01-20'",
     0.5, (_teller,)),
    ("of a branch", "select count(*), sum(abalance) from pgbench_accounts where bid = $1", 0.2, (_branch,)),
    ("moves of a branch", """select h.*, a.abalance from pgbench_history h
        join pgbench_accounts a on a.aid = h.aid where h.bid = $1 order by h.mtime desc limit 50""", 0.5, (_branch,)),
)  # fmt: skip


def case(server: Server, limit: float) -> Case:
    """The bank."""
    empty, data, size = made(server, SCHEMA, FILLING)
    chance, other = random.Random(1), random.Random(2)
    known = [(statement(name, sql, ["int"] * len(make), weight=w), make) for name, sql, w, make in QUERIES]
    advised = tuple(drawn(one, [[each(chance) for each in make] for _ in range(3)]) for one, make in known)
    asked = tuple(drawn(one, [[each(other) for each in make] for _ in range(9)]) for one, make in known)
    told = f"pgbench at scale {SCALE} with {MOVES:,} moves, no primary keys: {len(known)} statements, 9 sets each"
    return Case("pgbench", empty, data, size, advised, asked, limit, told)
