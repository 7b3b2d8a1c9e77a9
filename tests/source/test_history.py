"""Which SQL files make an app's database, and in which order."""

from __future__ import annotations

import pytest

from apprescue.source.history import History, histories

TABLE = "create table public.{0} (id uuid primary key);"
CHANGE = "alter table public.{0} add column note text;"


def of(files: dict[str, str]) -> History:
    return histories(files)[0]


def paths(files: dict[str, str]) -> list[str]:
    return [script.path for script in of(files).scripts]


def test_an_app_without_sql_has_no_history() -> None:
    assert histories({"src/main.ts": "x"}) == ()


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["supabase/migrations/1_a.sql", "supabase/migrations/2_b.sql", "supabase/migrations/10_c.sql"], "supabase"),
        (["supabase/migrations/001_a.sql", "supabase/migrations/20240101120000_b.sql"], "supabase"),
        (["supabase/migrations/20240101_a.sql", "supabase/migrations/20240101120000_b.sql"], "supabase"),
        (["backend/supabase_migrations/001_a.sql", "backend/supabase_migrations/002_b.sql"], "supabase"),
        (["prisma/migrations/20240101_init/migration.sql", "prisma/migrations/20240202_x/migration.sql"], "prisma"),
        (["drizzle/0000_calm_otter.sql", "drizzle/0001_wild_fern.sql"], "drizzle"),
        (["db/migrations/V1__a.sql", "db/migrations/V2__b.sql"], "sql"),
        (["backend/supabase/schema.sql", "backend/supabase/002_rules.sql"], "supabase"),
        (["database/schema.sql", "database/02_more.sql", "database/zz_later.sql"], "sql"),
    ],
)
def test_files_run_in_their_order(names: list[str], kind: str) -> None:
    files = {name: TABLE.format(f"t{number}") for number, name in enumerate(names)}
    assert paths(dict(reversed(files.items()))) == names
    assert of(files).kind == kind


def test_a_base_file_runs_first_where_the_migrations_need_it() -> None:
    files = {"supabase/migrations/001_a.sql": CHANGE.format("jars"), "supabase/schema.sql": TABLE.format("jars")}
    assert paths(files) == ["supabase/schema.sql", "supabase/migrations/001_a.sql"]


def test_a_base_file_that_repeats_the_migrations_is_left_out() -> None:
    files = {"supabase/migrations/001_a.sql": TABLE.format("jars"), "supabase/schema.sql": TABLE.format("jars")}
    assert paths(files) == ["supabase/migrations/001_a.sql"]
    assert of(files).left_out[0][0] == "supabase/schema.sql"


def test_older_migrations_that_were_laid_aside_run_first_where_they_are_needed() -> None:
    files = {
        "supabase/migrations/010_b.sql": CHANGE.format("jars"),
        "supabase/migrations_backup/001_a.sql": TABLE.format("jars"),
        "supabase/migrations_backup/002_a.sql": CHANGE.format("jars").replace("note", "other"),
    }
    assert paths(files)[:2] == ["supabase/migrations_backup/001_a.sql", "supabase/migrations_backup/002_a.sql"]


def test_another_folder_of_migrations_makes_what_the_first_one_needs() -> None:
    files = {
        "supabase/migrations/001_a.sql": CHANGE.format("jars"),
        "drizzle/0000_calm_otter.sql": TABLE.format("jars"),
        "drizzle/0001_wild_fern.sql": CHANGE.format("jars").replace("note", "other"),
    }
    assert paths(files) == [*sorted(files)[:2], "supabase/migrations/001_a.sql"]


def test_one_file_is_enough_where_it_makes_all_that_older_ones_make() -> None:
    files = {
        "supabase/migrations/010_b.sql": CHANGE.format("jars") + CHANGE.format("lids"),
        "supabase/migrations_backup/001_a.sql": TABLE.format("jars"),
        "supabase/migrations_backup/002_a.sql": TABLE.format("lids"),
        "supabase/migrations_backup/dump/schema.sql": TABLE.format("jars") + TABLE.format("lids"),
    }
    assert paths(files) == ["supabase/migrations_backup/dump/schema.sql", "supabase/migrations/010_b.sql"]


def test_a_loose_file_with_tables_of_its_own_runs_after() -> None:
    files = {"supabase/migrations/001_a.sql": TABLE.format("jars"), "sql/audit.sql": TABLE.format("audit")}
    assert paths(files) == ["supabase/migrations/001_a.sql", "sql/audit.sql"]


@pytest.mark.parametrize(
    "name",
    [
        "fix_rules.sql",
        "scripts/reset_database.sql",
        "tmp/scratch.sql",
        "docs/example.sql",
        "supabase/seeds/people.sql",
        ".bolt/supabase_discarded_migrations/20240101_x.sql",
        "supabase/migrations/001_a.down.sql",
    ],
)
def test_repairs_tests_and_seeds_beside_a_history_are_not_run(name: str) -> None:
    made = CHANGE.format("jars") if name == "fix_rules.sql" else TABLE.format("other")
    files = {"supabase/migrations/001_a.sql": TABLE.format("jars"), name: made}
    assert paths(files) == ["supabase/migrations/001_a.sql"]


def test_the_seed_of_supabase_runs_last() -> None:
    files = {
        "supabase/seed.sql": "insert into jars default values;",
        "supabase/migrations/001_a.sql": TABLE.format("jars"),
    }
    assert paths(files) == ["supabase/migrations/001_a.sql", "supabase/seed.sql"]


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE `jars` (`id` int);",
        "CREATE TABLE jars (id INT) ENGINE=InnoDB;",
        "CREATE TABLE jars (id INTEGER PRIMARY KEY AUTOINCREMENT);",
    ],
)
def test_other_databases_have_no_history_here(text: str) -> None:
    assert histories({"database/schema.sql": text, "database/add_note.sql": CHANGE.format("jars")}) == ()


def test_two_apps_have_two_histories_and_the_outer_one_is_first() -> None:
    files = {"inner/supabase/migrations/1_a.sql": TABLE.format("b"), "supabase/migrations/1_a.sql": TABLE.format("a")}
    assert [one.root for one in histories(files)] == ["", "inner"]


def test_a_copied_history_that_went_on_elsewhere_is_one_with_its_original() -> None:
    first, left, right = TABLE.format("jars"), TABLE.format("lids"), TABLE.format("shelves")
    files = {
        "supabase/migrations/1_a.sql": first,
        "supabase/migrations/3_c.sql": left,
        "kitchen/supabase/migrations/1_a.sql": first,
        "kitchen/supabase/migrations/2_b.sql": right,
    }
    assert len(histories(files)) == 1
    assert [path.rpartition("/")[2] for path in paths(files)] == ["1_a.sql", "2_b.sql", "3_c.sql"]


def test_loose_files_that_only_insert_are_no_history() -> None:
    assert histories({"prisma/people.sql": "insert into people values (1);"}) == ()
