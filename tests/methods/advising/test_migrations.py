from __future__ import annotations

import pytest

from apprescue.methods import catalog
from apprescue.methods.advising.migrations import migrations
from apprescue.model.index import Index, Key
from apprescue.model.tuning import Advised, Built, Dropped, Migration, Rewrite, Rewritten
from tests.support import laboratory

SCHEMA = """
create table public.posts (id bigint primary key, creator_id uuid, title text, "Odd Name" int);
alter table public.posts enable row level security;
create policy "own rows" on public.posts using (auth.uid() = creator_id);
create index posts_creator on public.posts (creator_id);
"""
WORDS = Index("public.posts", (Key('"title"', opclass="gin_trgm_ops"),), method="gin")
NEWEST = Index(
    "public.posts", (Key('"creator_id"'), Key('"Odd Name"', descending=True)), ('"id"',), "title is not null"
)
ALTER = 'alter policy "own rows" on public.posts using ('
WRAP = Rewrite("wrap", 'policy "own rows" on public.posts', "public.posts", f"{ALTER}(select auth.uid()) = creator_id)",
               f"{ALTER}auth.uid() = creator_id)", "it is asked once")  # fmt: skip
GAIN = (("a1", 410.0, 0.4),)


def made() -> tuple[Migration, ...]:
    return migrations(
        [
            Built(Advised(WORDS, 80_000_000, reason="The search looks for parts of titles."), 8.0, 16.0, GAIN),
            Built(Advised(NEWEST, 31_000_000, reason="The feed."), 1.0, 5.0, GAIN),
            Built(Advised(Index("public.posts", (Key('"id"'),)), 1), 1.0, 5.0, refused="no use"),
        ],
        [Dropped("public.posts_creator", "public.posts",
                 "CREATE INDEX posts_creator ON public.posts USING btree (creator_id)", 9_000_000,
                 "another index begins with the same column")],
        [Rewritten(WRAP, GAIN, "the same rows"), Rewritten(WRAP, refused="slower")],
        {"a1": "Feed"},
        20260131120000,
    )  # fmt: skip


def test_one_file_for_each_change_in_an_order_that_runs() -> None:
    names = [one.name for one in made()]
    assert [name.partition("_")[0] for name in names] == [str(20260131120000 + n) for n in range(5)]
    assert [name.partition("_")[2].partition("_")[0] for name in names] == [
        "extension",
        "wrap",
        "posts",
        "posts",
        "without",
    ]


def test_an_index_is_alone_in_its_file() -> None:
    index = made()[2]
    statements = [row for row in index.up.splitlines() if not row.startswith("--")]
    assert index.alone
    assert len(statements) == 1
    assert "Feed: 410.0 ms before, 0.4 ms after" in index.up
    assert "80.0 MB" in index.up


@pytest.fixture
def database() -> str:
    server = laboratory()
    name = server.create()
    with server.connect(name) as session:
        session.run(SCHEMA)
    return name


def test_up_and_down_lead_back_to_where_it_was(database: str) -> None:
    with laboratory().connect(database) as session:
        indexes = "select indexdef from pg_indexes where schemaname = 'public' order by 1"
        before = session.query(indexes), catalog.read(session).relation("posts")
        for one in made():
            session.run(one.up)
        during = session.query(indexes), catalog.read(session).relation("posts")
        for one in reversed(made()):
            session.run(one.down)
        after = session.query(indexes), catalog.read(session).relation("posts")
    assert before == after
    assert during[0] != before[0]
    assert during[1] != before[1]
