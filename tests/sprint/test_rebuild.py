"""An app's database, made anew from what its files tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apprescue.lab.postgres import Server, serve
from apprescue.model.outcome import NotExamined
from apprescue.model.rebuilt import Rebuilt
from apprescue.sprint.read import read
from apprescue.sprint.rebuild import rebuild

JARS = (
    "create table public.jars (id uuid primary key default gen_random_uuid(), keeper uuid references auth.users (id));"
    "alter table public.jars enable row level security;"
    'create policy "own" on public.jars using (auth.uid() = keeper);'
)
TYPES = """
export type Database = { public: { Tables: {
  jars: { Row: { id: string; keeper: string | null; grams: number | null } }
  lids: { Row: { id: string; jar_id: string } }
} } }
"""
PRISMA = """
datasource db {
  provider = "postgresql"
}
model Jar {
  id String @id
}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(most_disk=300 * 1024**2) as given:
        yield given


def of(server: Server, files: dict[str, str], dump: str = "") -> Rebuilt | NotExamined:
    return rebuild(server, read(files)[0], dump)


def test_migrations_are_run_and_what_they_lack_is_added(server: Server) -> None:
    rebuilt = of(server, {"supabase/migrations/1_a.sql": JARS, "src/types.ts": TYPES})
    assert isinstance(rebuilt, Rebuilt)
    assert rebuilt.source == "supabase/migrations"
    assert rebuilt.guessed == {"table public.lids", "column public.jars.grams"}
    with server.connect(rebuilt.database) as session:
        assert session.query("select count(*) from jars, lids") == [(0,)]


def test_a_table_that_is_made_twice_has_the_columns_of_both(server: Server) -> None:
    again = """create table public.jars (id uuid primary key, -- as before, and
      lid text default 'a, b', grams numeric(10, 2) not null default 0, constraint lidded check (lid <> ''),
      unique (lid));
      create index by_grams on public.jars (grams);"""
    rebuilt = of(server, {"supabase/migrations/1_a.sql": JARS, "supabase/migrations/2_b.sql": again})
    assert isinstance(rebuilt, Rebuilt)
    assert rebuilt.columns["public.jars"] == ("id", "keeper", "lid", "grams")
    assert [one.line for one in rebuilt.refusals] == [1], "the index stands, and that the table was there is told"
    assert not rebuilt.guessed


def granted(server: Server, files: dict[str, str]) -> bool:
    """Whether a stranger may read the table at all, rules apart."""
    rebuilt = of(server, files)
    assert isinstance(rebuilt, Rebuilt)
    with server.connect(rebuilt.database) as session:
        return bool(session.query("select has_table_privilege('anon', 'public.jars', 'select')")[0][0])


def test_what_a_new_project_makes_is_open_only_where_it_grants_it(server: Server) -> None:
    path, settings = "supabase/migrations/20260101000000_a.sql", "supabase/config.toml"
    assert granted(server, {path: JARS})
    assert not granted(server, {path: JARS, settings: "[api]\nauto_expose_new_tables = false\n"})
    assert granted(server, {path: JARS + "grant select on jars to anon;", settings: "auto_expose_new_tables = false"})


def test_a_dump_is_taken_instead(server: Server) -> None:
    files = {"supabase/migrations/1_a.sql": "create table other (id int);", "src/types.ts": TYPES}
    rebuilt = of(server, files, "\\restrict x\nSELECT pg_catalog.set_config('search_path', '', false);\n" + JARS)
    assert isinstance(rebuilt, Rebuilt)
    assert set(rebuilt.columns) == {"public.jars"}
    assert not rebuilt.guessed


def test_a_dump_says_itself_what_is_granted(server: Server) -> None:
    other = "create table public.open (id int); grant all on table public.open to anon;"
    rebuilt = of(server, {"src/types.ts": TYPES}, JARS + other)
    assert isinstance(rebuilt, Rebuilt)
    with server.connect(rebuilt.database) as session:
        asked = (
            "select has_table_privilege('anon', 'public.jars', 'select'), has_table_privilege('anon', 'open', 'select')"
        )
        assert session.query(asked) == [(False, True)]


def test_the_apps_own_queries_tell_of_a_table_that_nothing_else_tells_of(server: Server) -> None:
    code = (
        'import { createClient } from "@supabase/supabase-js";\nconst db = createClient("u", "k");\n'
        "export async function jars(keeper: string) {\n"
        '  return db.from("jars").select("id, label").eq("keeper_id", keeper).order("sealed_at");\n}\n'
    )
    rule = 'create policy "own" on public.jars for select using (true);'
    rebuilt = of(server, {"supabase/migrations/1_a.sql": rule, "src/jars.ts": code})
    assert isinstance(rebuilt, Rebuilt)
    assert set(rebuilt.columns["public.jars"]) == {"id", "label", "keeper_id", "sealed_at"}
    assert rebuilt.whole() == 1


def test_models_make_the_database_where_there_is_no_sql(server: Server) -> None:
    rebuilt = of(server, {"prisma/schema.prisma": PRISMA})
    assert isinstance(rebuilt, Rebuilt)
    assert rebuilt.columns == {"public.Jar": ("id",)}
    assert not rebuilt.guessed


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"src/main.ts": "export {}"}, "describe no PostgreSQL database"),
        ({"prisma/schema.prisma": PRISMA.replace("postgresql", "mysql")}, "MySQL"),
        ({"src/types.ts": TYPES}, "--schema-dump"),
        ({"supabase/migrations/1_a.sql": "create table ("}, "makes a table"),
    ],
)
def test_what_cannot_be_rebuilt_is_not_examined_and_says_why(server: Server, files: dict[str, str], why: str) -> None:
    given = of(server, files)
    assert isinstance(given, NotExamined)
    assert why in given.reason
