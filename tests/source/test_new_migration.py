"""One more migration, written as the app writes its own, and the file that undoes it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from apprescue.lab.postgres import Server
from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.model.app import App
from apprescue.model.database import DatabaseError
from apprescue.source.edits import applied
from apprescue.source.history import histories
from apprescue.source.new_migration import Wanted, new_migration, new_migrations
from apprescue.sprint.run import world_of
from tests.fixes.support import repaired
from tests.support import laboratory

TABLE = "create table public.posts (id uuid primary key, title text);\n"
UP, DOWN = "alter table public.posts add column note text", "alter table public.posts drop column note"


def app_of(files: dict[str, str]) -> App:
    made: App = world_of(files)["app"]
    return made


def more(files: dict[str, str], name: str = "Add a note", **told: object) -> dict[str, str]:
    """The files with one more migration."""
    edits = new_migration(app_of(files), name, "It is for notes.", UP, DOWN, **told)  # type: ignore[arg-type]
    return applied(files, edits)


@pytest.mark.parametrize(
    ("newest", "made"),
    [
        ("supabase/migrations/20260131235959_a.sql", "supabase/migrations/20260201000000_add_a_note.sql"),
        ("supabase/migrations/20260131235959-4fe1.sql", "supabase/migrations/20260201000000-add_a_note.sql"),
        ("supabase/migrations/202601311200_a.sql", "supabase/migrations/202601311201_add_a_note.sql"),
        ("supabase/migrations/20260131_a.sql", "supabase/migrations/20260132_add_a_note.sql"),
        ("backend/supabase_migrations/009_a.sql", "backend/supabase_migrations/010_add_a_note.sql"),
        (
            "prisma/migrations/20260131000000_a/migration.sql",
            "prisma/migrations/20260131000001_add_a_note/migration.sql",
        ),
        ("drizzle/0009_calm_otter.sql", "drizzle/0010_add_a_note.sql"),
        ("db/migrations/V9__a.sql", "db/migrations/V10__add_a_note.sql"),
        ("db/migrations/000009_a.up.sql", "db/migrations/000010_add_a_note.up.sql"),
        ("migrations/1734567890123_a.sql", "migrations/1734567890124_add_a_note.sql"),
        ("supabase/migrations/first.sql", "supabase/migrations/rescue_001_add_a_note.sql"),
        ("schema.sql", "rescue_001_add_a_note.sql"),
        ("backend/supabase/002_rules.sql", "backend/supabase/rescue_001_add_a_note.sql"),
    ],
)
def test_it_is_called_as_the_app_calls_its_own_and_runs_last(newest: str, made: str) -> None:
    files = {newest: TABLE}
    for name in ("Add a note", "Another one"):
        after = more(files, name)
        (path,) = (one for one in after if one not in files and not one.startswith("rescue/undo"))
        if name == "Add a note":
            assert path == made
        (history,) = histories(after)
        assert [script.path for script in history.scripts][-1] == path
        files = after


def test_the_undo_file_stands_beside_and_is_no_history() -> None:
    files = more({"supabase/migrations/20260101000000_a.sql": TABLE})
    undo = "rescue/undo/20260101000001_add_a_note.undo.sql"
    assert files[undo] == f"-- Undoes supabase/migrations/20260101000001_add_a_note.sql.\n{DOWN};\n"
    made = files["supabase/migrations/20260101000001_add_a_note.sql"]
    assert made == f"-- It is for notes. Undo: {undo}\n{UP};\n"
    needed = {**files, undo: "create table public.lost (id uuid);", "supabase/migrations/2_b.sql": "drop table lost;"}
    for scripts in (history.scripts for history in histories(needed)):
        assert undo not in [script.path for script in scripts]
    assert not app_of(needed).schema.table("public.lost")


def test_an_app_without_migrations_gets_none() -> None:
    assert more({"src/main.ts": "export const a = 1;"}) == {"src/main.ts": "export const a = 1;"}


def test_drizzles_journal_names_each() -> None:
    journal = {
        "version": "7",
        "entries": [{"idx": 0, "version": "7", "when": 1000, "tag": "0000_a", "breakpoints": True}],
    }
    files = {"drizzle/0000_a.sql": TABLE, "drizzle/meta/_journal.json": json.dumps(journal)}
    index = "create index concurrently if not exists a on public.posts (title)"
    wanted = [Wanted("one", "why", UP, DOWN), Wanted("two", "why", index, "drop index concurrently a", alone=True)]
    after = applied(files, new_migrations(app_of(files), wanted))
    tags = [entry["tag"] for entry in json.loads(after["drizzle/meta/_journal.json"])["entries"]]
    assert tags == ["0000_a", "0001_one", "0002_two"]
    assert "create index if not exists a on" in after["drizzle/0002_two.sql"]


@pytest.fixture
def database() -> Iterator[tuple[Server, str]]:
    server = laboratory()
    name = server.create()
    with server.connect(name) as session:
        session.run(TABLE + "create table public.tags (id uuid primary key);")
    yield server, name
    server.drop(name)


LOCKED = ("public.posts", "public.tags")
FIRST = "supabase/migrations/20260101000000_a.sql"
MADE, UNDO = "supabase/migrations/20260101000001_add_a_note.sql", "rescue/undo/20260101000001_add_a_note.undo.sql"


def test_it_takes_its_locks_inside_of_a_transaction_and_outside(database: tuple[Server, str]) -> None:
    server, name = database
    files = more({FIRST: TABLE}, locks=LOCKED)
    held = "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and relation::regclass::text = 'tags'"
    with server.connect(name) as session:
        before = catalog.read(session)
        with session.undone():
            session.run(files[MADE])
            assert session.query(held) == [(1,)]
        session.run(files[MADE])
        assert session.query(held) == [(0,)]
        assert any(one.column("note") for one in catalog.read(session).relations if one.name == "public.posts")
        session.run(files[UNDO])
        assert catalog.read(session) == before


def test_it_gives_up_where_a_table_stays_locked(database: tuple[Server, str]) -> None:
    server, name = database
    text = more({FIRST: TABLE}, locks=LOCKED)[MADE].replace("'2s'", "'20ms'").replace("0.2 *", "0.01 *")
    with server.connect(name) as busy, server.connect(name) as session, busy.undone():
        busy.run("lock table public.tags in access share mode;")
        with pytest.raises(DatabaseError) as refused:
            session.run(text)
        assert refused.value.sqlstate == "55P03"


def states(server: Server, files: dict[str, str], session: Session) -> list[object]:
    """The catalog before the last migration, after it and after its undoing."""
    (history,) = histories(files)
    *earlier, last = [files[script.path] for script in history.scripts]
    (undo,) = (text for path, text in files.items() if path.startswith("rescue/undo/"))
    for text in earlier:
        session.run(text)
    found = [catalog.read(session)]
    for text in (last, undo):
        session.run(text)
        found.append(catalog.read(session))
    return found


RULED = """
create table public.members (room_id uuid, user_id uuid, primary key (room_id, user_id));
alter table public.members enable row level security;
create policy "see" on public.members for select to authenticated using (
  exists (select 1 from public.members o where o.room_id = members.room_id and o.user_id = auth.uid()));
create function public.mine() returns bigint language sql stable security definer
as $$ select count(*) from members where user_id = auth.uid() $$;
"""


@pytest.mark.parametrize("name", ["running/break_recursion", "speed/ask_caller_once", "database/fix_search_path"])
def test_undone_everything_is_as_it_was(name: str) -> None:
    server = laboratory()
    files = repaired(name, {FIRST: RULED}).files
    database = server.create()
    with server.connect(database) as session:
        before, after, undone = states(server, files, session)
        assert after != before
        assert undone == before
    server.drop(database)
