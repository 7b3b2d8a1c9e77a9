"""A tuning that never was, with one of everything that papers show."""

from __future__ import annotations

from dataclasses import replace

from apprescue.model.index import Index, Key
from apprescue.model.load import Latency
from apprescue.model.outcome import NotExamined
from apprescue.model.place import Code
from apprescue.model.plan import Plan
from apprescue.model.tuning import (
    ALONE,
    EVERYBODY,
    Advised,
    Asked,
    Built,
    Dropped,
    Measured,
    Migration,
    Rewrite,
    Rewritten,
    Tuned,
)
from apprescue.model.workload import Screen, Statement, Untold

FEED = Statement(
    "select * from posts where creator_id = $1 order by created_at desc limit 20",
    Code("src/pages/Feed.tsx", 12),
    "authenticated",
    screen="src/pages/Feed.tsx",
    kind=Screen.FEED,
)
INBOX = replace(FEED, sql="select * from messages", place=Code("src/pages/Inbox.tsx", 30), screen="", kind=Screen.INBOX)
BOARD = replace(INBOX, sql="select <b>1</b>", place=Code("src/admin.ts", 3), screen="GET /admin", kind=Screen.ADMIN)
SCAN = Plan("Seq Scan", "public.posts", rows=20, conditions=(("Filter", "(creator_id = 'x'::uuid)"),), actual_rows=20,
            loops=1, removed=999_980)  # fmt: skip
SORT = Plan("Sort", conditions=(("Sort Key", "created_at DESC"),), feeds=(SCAN,), actual_rows=20)
SLOW = Plan("Limit", feeds=(SORT,), actual_rows=20)
QUICK = Plan("Limit", feeds=(Plan("Index Scan", "public.posts", index="posts_creator_id_idx", actual_rows=20),),
             actual_rows=20)  # fmt: skip
ON_CREATOR = Index("public.posts", (Key('"creator_id"'), Key('"created_at"', descending=True)))
ON_TITLE = Index("public.posts", (Key('"title"'),))


def asked(rows: int, p95: float) -> Asked:
    many = Latency(500, p95 / 2, p95, p95 * 1.3, lag=1.0)
    return Asked(rows, ((ALONE, Latency(50, p95 / 9, p95 / 6, p95 / 5)), (EVERYBODY, many)))


def tuned() -> Tuned:
    growing = [(1000, 3.0), (100_000, 140.0), (1_000_000, 1800.0)]
    feed = Measured(
        FEED,
        tuple(asked(*one) for one in growing),
        tuple(asked(rows, 2.5) for rows, _ in growing),
        SLOW,
        QUICK,
    )
    inbox = Measured(INBOX, (asked(1_000_000, 40.0),), (asked(1_000_000, 41.0),), QUICK, QUICK)
    broken = Measured(BOARD, failed="column posts.views does not exist")
    policy = Rewrite(
        "wrap",
        'policy "own rows" on public.messages',
        "public.messages",
        "alter policy ...",
        "alter policy back ...",
        "`auth.uid()` is asked once for a query, not once for each row.",
    )
    return Tuned(
        (feed, inbox, broken),
        (
            Built(Advised(ON_CREATOR, 31_000_000, (FEED.key,), "The feed asks for one creator's newest."), 1.4, 5.2,
                  ((FEED.key, 410.0, 0.4),)),
            Built(Advised(ON_TITLE, 40_000_000), 2.0, 6.0, (), "it makes no query faster by 20 % and 1 ms"),
        ),
        (Dropped("public.posts_a_idx", "public.posts", "create index posts_a_idx on posts (a)", 9_000_000,
                 "the same as b"),),
        (
            Rewritten(policy, ((INBOX.key, 61.0, 40.0),), "12 people see the same rows, 96 access cells are the same"),
            Rewritten(replace(policy, kind="merge"), (), "", "a stranger would see other rows"),
        ),
        (
            Migration("20260101000000_posts_creator.sql", ON_CREATOR.create(concurrently=True) + ";",
                      "drop index concurrently posts_creator;", "The feed asks for one creator's newest.",
                      "410 ms before, 0.4 ms after, 31 MB.", alone=True),
        ),
        (Untold(Code("src/Search.tsx", 9), "supabase", "?", "the table is only known when it runs"),),
        (("public.logs", "no row could be made: a check refuses it"),),
        (NotExamined("queries of Python files", "a file could not be read"),),
        (("Server", "PostgreSQL 18.6"), ("Machine", "2 cores, 24 GB")),
        spread=0.08,
        seconds=210.0,
    )  # fmt: skip
