"""Histories as apps have them, run in the laboratory: one for each way in which they cannot run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from apprescue.lab.postgres import Server, serve
from apprescue.lab.replay import replay
from apprescue.model.database import DatabaseError
from apprescue.model.rebuilt import Rebuilt
from apprescue.model.schema import Schema
from apprescue.source import supabase_types
from apprescue.source.remedies import Remedies, sources_of
from apprescue.source.script import script_of, story_of

SHELF = "create table public.shelves (id uuid primary key default gen_random_uuid(), label text);"
RULES = 'alter table public.shelves enable row level security; create policy "own" on public.shelves using (true);'
TYPES = """
export type Database = {
  public: {
    Tables: {
      jars: {
        Row: { id: string; keeper_id: string; label: string | null; grams: number; sealed_at: string | null
               kind: Database["public"]["Enums"]["jar_kind"]; tags: string[] | null; shelf_id: string }
        Insert: { id?: string; keeper_id: string; label?: string | null; grams?: number; sealed_at?: string | null
               kind?: Database["public"]["Enums"]["jar_kind"]; tags?: string[] | null; shelf_id: string }
        Relationships: [
          {
            foreignKeyName: "jars_shelf_id_fkey"
            columns: ["shelf_id"]
            isOneToOne: false
            referencedRelation: "shelves"
            referencedColumns: ["id"]
          },
        ]
      }
      shelves: {
        Row: { id: string; label: string | null; height: number }
        Insert: { id?: string; label?: string | null; height?: number }
      }
    }
    Views: { jar_list: { Row: { id: string | null; grams: number | null } } }
    Functions: { is_keeper: { Args: { who: string }; Returns: boolean } }
    Enums: { jar_kind: "glass" | "clay" }
    CompositeTypes: { [_ in never]: never }
  }
}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(most_disk=300 * 1024**2) as given:
        yield given


def run(server: Server, *texts: str, types: str = "", seconds: float = 60) -> Rebuilt:
    """These texts as a history, on a Supabase app whose generated types these are."""
    return run_files(server, {f"{number:03}.sql": text for number, text in enumerate(texts, 1)}, types, seconds)


def run_files(server: Server, files: Mapping[str, str], types: str = "", seconds: float = 60) -> Rebuilt:
    scripts = [script_of(path, text) for path, text in files.items()]
    story = story_of(scripts)
    known: Schema = supabase_types.read({"types.ts": types})
    remedies = Remedies(story, sources_of([("types.ts", known)], story), closed=True)
    name = server.create()
    return replay(
        lambda: server.connect(name, seconds=3),
        scripts,
        database=name,
        baseline=remedies.baseline(),
        remedy=remedies.remedy,
        completion=remedies.completion,
        seconds=seconds,
    )


def ask(server: Server, rebuilt: Rebuilt, sql: str) -> object:
    """The first value that a query gives in the rebuilt database."""
    with server.connect(rebuilt.database) as session:
        return session.query(sql)[0][0]


def states(rebuilt: Rebuilt) -> list[str]:
    return [one.state for one in rebuilt.files]


def test_a_history_that_runs_needs_nothing(server: Server) -> None:
    rebuilt = run(server, SHELF, RULES)
    assert states(rebuilt) == ["whole", "whole"]
    assert (rebuilt.mends, rebuilt.refusals, rebuilt.guessed) == ((), (), frozenset())
    assert rebuilt.columns == {"public.shelves": ("id", "label")}


def test_after_a_refusal_the_rest_of_the_file_still_applies(server: Server) -> None:
    rebuilt = run(server, SHELF, f"-- again\n{SHELF}\n{RULES}")
    assert states(rebuilt) == ["whole", "partly"]
    (refusal,) = rebuilt.refusals
    assert (refusal.path, refusal.line, refusal.sqlstate) == ("002.sql", 2, "42P07")
    assert ask(server, rebuilt, "select count(*) from pg_policies where tablename = 'shelves'") == 1


def test_a_file_of_which_nothing_runs_has_failed(server: Server) -> None:
    assert states(run(server, SHELF, SHELF)) == ["whole", "failed"]


def test_what_a_refused_file_did_before_is_not_done_twice(server: Server) -> None:
    rebuilt = run(server, SHELF, "insert into shelves (label) values ('a'); select 1 / 0;")
    assert ask(server, rebuilt, "select count(*) from public.shelves") == 1


def test_a_table_made_by_hand_comes_from_the_types(server: Server) -> None:
    rebuilt = run(server, 'create policy "own" on public.jars using (auth.uid() = keeper_id);', types=TYPES)
    assert states(rebuilt) == ["whole"]
    assert {"table public.jars", "table public.shelves", "type public.jar_kind"} <= rebuilt.guessed
    kinds = "select string_agg(format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute"
    assert ask(server, rebuilt, f"{kinds} where attrelid = 'jars'::regclass and attnum > 0") == (
        "uuid, uuid, text, numeric, timestamp with time zone, jar_kind, text[], uuid"
    )
    assert ask(
        server, rebuilt, "select count(*) from pg_constraint where contype = 'f' and conrelid = 'jars'::regclass"
    )
    assert ask(server, rebuilt, "select relrowsecurity from pg_class where relname = 'jars'") is True
    mend = next(one for one in rebuilt.mends if one.objects == ("table public.jars",))
    assert mend.needed_by == ("001.sql", 1)
    assert mend.source == "types.ts"


def test_columns_that_a_migration_adds_are_not_there_before(server: Server) -> None:
    rebuilt = run(server, "alter table public.jars add column label varchar(9) default 'x';", types=TYPES)
    assert states(rebuilt) == ["whole"]
    kind = "select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'jars'::regclass"
    assert ask(server, rebuilt, f"{kind} and attname = 'label'") == "character varying(9)"


def test_a_column_that_only_the_types_know_is_added(server: Server) -> None:
    rebuilt = run(server, SHELF, 'create policy "high" on public.shelves using (height > 3);', types=TYPES)
    assert states(rebuilt) == ["whole", "whole"]
    assert "column public.shelves.height" in rebuilt.guessed


def test_a_column_that_nobody_asks_for_is_added_at_the_end(server: Server) -> None:
    rebuilt = run(server, SHELF, types=TYPES)
    assert rebuilt.columns["public.shelves"] == ("id", "label")
    assert "column public.shelves.height" in rebuilt.guessed
    assert ask(server, rebuilt, "select count(height) from public.shelves") == 0


def test_a_renamed_column_had_its_old_name_before(server: Server) -> None:
    rebuilt = run(server, "alter table public.jars rename column weight to grams;", types=TYPES)
    assert states(rebuilt) == ["whole"]


def test_a_view_and_a_function_made_by_hand_come_from_the_types(server: Server) -> None:
    rebuilt = run(
        server,
        "grant select on public.jar_list to anon; revoke all on public.jar_list from authenticated;",
        'create policy "keepers" on public.jars using (public.is_keeper(auth.uid()));',
        types=TYPES,
    )
    assert states(rebuilt) == ["whole", "whole"]
    assert {"view public.jar_list", "function public.is_keeper"} <= rebuilt.guessed


def test_what_the_live_database_does_not_know_is_not_made_up(server: Server) -> None:
    rebuilt = run(server, SHELF, "alter table public.ghosts add column name text;", types=TYPES)
    assert states(rebuilt) == ["whole", "failed"]
    assert "public.ghosts" not in rebuilt.columns


def test_a_value_that_only_the_types_know_is_added(server: Server) -> None:
    made = "create type public.jar_kind as enum ('glass');"
    rebuilt = run(server, made, "select 'clay'::public.jar_kind;", types=TYPES)
    assert states(rebuilt) == ["whole", "whole"]
    assert "value public.jar_kind.clay" in rebuilt.guessed


def test_without_types_a_table_is_guessed_from_its_use(server: Server) -> None:
    rebuilt = run(
        server,
        "create policy \"own\" on public.lids for select using (auth.uid() = owner_id and shape = 'round');",
        "create index on public.lids (closed_at);",
        "create table public.notes (id uuid primary key, lid_id uuid references public.lids (id));",
    )
    assert states(rebuilt) == ["whole", "whole", "whole"]
    assert {"table public.lids", "column public.lids.owner_id", "column public.lids.shape"} <= rebuilt.guessed


def test_a_guess_gives_way_to_what_a_statement_shows(server: Server) -> None:
    rebuilt = run(
        server,
        "create table public.notes (id bigint primary key, lid bigint references public.lids (id));",
        "insert into public.lids (id, label) values (1, 'x') on conflict (label) do nothing;",
        "create view public.totals as select sum(grams) from public.lids;",
    )
    assert states(rebuilt) == ["whole", "whole", "whole"]


def test_a_guessed_table_with_no_rules_of_its_own_is_closed(server: Server) -> None:
    rebuilt = run(server, "create index on public.lids (label);")
    assert ask(server, rebuilt, "select relrowsecurity from pg_class where relname = 'lids'") is True


def test_a_file_that_comes_too_early_runs_behind_the_one_that_it_needs(server: Server) -> None:
    early = 'drop policy if exists "own" on public.shelves; create policy "own" on public.shelves using (false);'
    rebuilt = run(server, early, SHELF + RULES)
    assert states(rebuilt) == ["whole", "whole"]
    assert rebuilt.files[0].late
    assert not rebuilt.guessed
    assert ask(server, rebuilt, "select qual from pg_policies where tablename = 'shelves'") == "false"


def test_a_table_that_is_made_again_if_missing_is_made_early(server: Server) -> None:
    careful = SHELF.replace("table ", "table if not exists ")
    rebuilt = run(server, RULES, careful)
    assert states(rebuilt) == ["whole", "whole"]
    assert not rebuilt.guessed


def test_two_files_that_wait_for_each_other_come_to_an_end(server: Server) -> None:
    one = "create table public.a (id int primary key, b int references public.b (id));"
    other = "create table public.b (id int primary key, a int references public.a (id));"
    assert len(run(server, one, other).files) == 2


def test_an_enum_value_is_used_in_the_file_that_adds_it(server: Server) -> None:
    rebuilt = run(
        server,
        "create type public.mood as enum ('calm'); create table public.days (mood public.mood);",
        "alter type public.mood add value 'wild'; insert into public.days values ('wild');",
    )
    assert states(rebuilt) == ["whole", "whole"]


def test_statements_that_need_no_transaction_run(server: Server) -> None:
    rebuilt = run(
        server, SHELF, "create index concurrently shelf_label on public.shelves (label); vacuum public.shelves;"
    )
    assert states(rebuilt) == ["whole", "whole"]


def test_begin_and_commit_of_a_file_are_not_run(server: Server) -> None:
    rebuilt = run(server, f"begin;\n{SHELF}\ncommit;\nselect 1/0;")
    assert states(rebuilt) == ["partly"]
    assert rebuilt.refusals[0].line == 4


def test_broken_sql_is_refused_and_the_rest_runs(server: Server) -> None:
    broken = "create function public.f() returns int language plpgsql as $ begin return 1; end; $;"
    rebuilt = run(server, f"{SHELF}\n{broken}\n{RULES}")
    assert states(rebuilt) == ["partly"]
    assert {one.sqlstate for one in rebuilt.refusals} == {"42601"}
    assert ask(server, rebuilt, "select count(*) from pg_policies where tablename = 'shelves'") == 1


def test_what_one_file_sets_is_gone_in_the_next(server: Server) -> None:
    rebuilt = run(server, "select pg_catalog.set_config('search_path', '', false);", "create table bare (id int);")
    assert states(rebuilt) == ["whole", "whole"]


def test_a_dump_of_the_whole_database_runs(server: Server) -> None:
    dump = (
        "\\restrict abc\nSET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n"
        f"{SHELF}\nALTER TABLE public.shelves OWNER TO postgres;\nCOPY public.shelves (id, label) FROM stdin;\n"
        "7f1c0000-0000-4000-8000-000000000001\tit's; new\n7f1c0000-0000-4000-8000-000000000002\t\\N\n\\.\n\n"
        "\\unrestrict abc\n"
    )
    rebuilt = run(server, dump)
    assert states(rebuilt) == ["whole"]
    assert ask(server, rebuilt, "select label from public.shelves where label is not null") == "it's; new"


def test_an_extension_that_the_laboratory_lacks_is_no_fault_of_the_history(server: Server) -> None:
    assert states(run(server, "create extension if not exists plperlu;", SHELF)) == ["whole", "whole"]


def test_a_trigger_function_made_by_hand_lets_everything_pass(server: Server) -> None:
    text = "create trigger stamp before update on public.shelves for each row execute function public.set_stamp();"
    rebuilt = run(server, SHELF, text)
    assert states(rebuilt) == ["whole", "whole"]
    assert "function public.set_stamp" in rebuilt.guessed


def test_a_statement_that_never_ends_does_not_stop_the_history(server: Server) -> None:
    rebuilt = run(server, "select pg_sleep(60);", SHELF)
    assert states(rebuilt) == ["failed", "whole"]
    assert rebuilt.refusals[0].sqlstate == "57014"


def test_a_history_ends_when_its_time_is_over(server: Server) -> None:
    rebuilt = run(server, SHELF, "select pg_sleep(2);", RULES, seconds=1)
    assert states(rebuilt)[2] == "failed"
    assert rebuilt.seconds < 10


def test_a_statement_that_ends_its_own_session_takes_nothing_with_it(server: Server) -> None:
    rebuilt = run(server, SHELF, f"select pg_terminate_backend(pg_backend_pid()); {RULES}")
    assert states(rebuilt) == ["whole", "partly"]


def test_migrations_do_not_run_as_a_superuser(server: Server) -> None:
    rebuilt = run(server, SHELF, "copy public.shelves to program 'true';", "alter role postgres superuser;")
    assert states(rebuilt) == ["whole", "failed", "failed"]
    assert {one.sqlstate for one in rebuilt.refusals} == {"42501"}


def test_without_remedies_everything_is_told_as_it_is(server: Server) -> None:
    name = server.create()
    rebuilt = replay(lambda: server.connect(name), [script_of("a.sql", "alter table public.lids add x int;")])
    assert rebuilt.refusals[0].message == 'relation "public.lids" does not exist'
    with server.connect(name) as session, pytest.raises(DatabaseError):
        session.query("select from public.lids")
