"""Replaying SQL files into the database that they leave."""

from __future__ import annotations

from textwrap import dedent

from apprescue.model.schema import Schema
from apprescue.readers.schema.sql_migrations import read


def left(*files: str) -> Schema:
    return read({f"supabase/migrations/{n:04}_step.sql": dedent(text) for n, text in enumerate(files, 1)})


def test_columns_come_change_and_go() -> None:
    schema = left(
        "create table posts (id uuid primary key, title text not null default 'none', body text, old int);",
        "alter table posts add column score numeric(5, 2), drop column old, alter column body set not null;",
        "alter table posts rename column title to headline; alter table posts rename to articles;",
    )
    table = schema.table("articles")
    assert table is not None
    assert [c.name for c in table.columns] == ["id", "headline", "body", "score"]
    assert [c.nullable for c in table.columns] == [False, False, False, True]
    assert table.columns[1].default == "'none'"
    assert table.columns[3].place.path.endswith("0002_step.sql")
    assert table.primary_key == ("id",)


def test_keys_and_indexes() -> None:
    schema = left(
        """
        create table a (id int primary key, code text unique);
        create table b (
          a_id int references a (id) on delete cascade, x int, y int,
          constraint pair unique (x, y)
        );
        create index on b using btree (y) where x > 0;
        """,
        "alter table b drop constraint pair; alter table b add foreign key (x) references a (id);",
    )
    b = schema.table("b")
    assert b is not None
    assert [(k.columns, k.to_table, k.on_delete) for k in b.foreign_keys] == [
        (("a_id",), "public.a", "cascade"),
        (("x",), "public.a", ""),
    ]
    assert [(i.columns, i.unique, i.where) for i in b.indexes] == [(("y",), False, "x > 0")]


def test_the_last_word_on_a_rule_counts() -> None:
    schema = left(
        "create table t (id int, user_id uuid); alter table t enable row level security;"
        'create policy "a" on t using (true); create policy "b" on t for insert to authenticated with check (id > 0);',
        'drop policy "a" on t; alter policy "b" on t with check (auth.uid() = user_id);',
    )
    (policy,) = schema.policies
    assert (policy.name, policy.command, policy.roles) == ("b", "insert", ("authenticated",))
    assert policy.check == "auth.uid() = user_id"
    table = schema.table("t")
    assert table is not None
    assert table.rls is True


def test_a_dropped_table_takes_its_rules_and_triggers_along() -> None:
    schema = left(
        "create table t (id int); create policy p on t using (true);"
        "create trigger g before update on t for each row execute function f();",
        "drop table t cascade;",
    )
    assert (schema.tables, schema.policies, schema.triggers) == ((), (), ())


def test_functions_and_who_may_call_them() -> None:
    schema = left(
        "create function f(p_id uuid, n int default 1) returns int language plpgsql as $$ begin end $$;",
        "alter function f(uuid, int) set search_path = ''; revoke execute on function f from public;",
        "create or replace function f(p_id uuid, n int) returns int language sql set search_path = public"
        " as $$ select 1 $$; grant execute on function f(uuid, int) to service_role;",
    )
    (function,) = schema.functions
    assert function.parameters == (("p_id", "uuid"), ("n", "integer"))
    assert function.executors == {"service_role"}
    assert function.search_path == "public"
    assert function.body == " select 1 "


def test_a_type_is_the_same_with_its_schema() -> None:
    schema = left(
        "create type kind as enum ('a'); create function f(one kind) returns int language sql as $$ select 1 $$;",
        "create function f(one text) returns int language sql as $$ select 1 $$;",
        "revoke execute on function public.f(public.kind) from public, anon, authenticated;",
    )
    by_type = {one.parameters[0][1]: "public" in one.executors for one in schema.functions}
    assert list(by_type.values()) == [False, True]


def test_rights_on_tables() -> None:
    schema = left(
        "create table t (id int, name text);",
        "revoke update on t from authenticated; grant update (name) on t to authenticated;",
    )
    table = schema.table("t")
    assert table is not None
    assert ("authenticated", "update") in table.revokes
    assert ("authenticated", "update(name)") in table.grants


def test_blocks_act_on_lists_of_names() -> None:
    schema = left(
        """
        create table a (id int); create table b (id int); create table c (id int);
        do $$
        declare t text;
        begin
          foreach t in array array['a', 'b'] loop
            execute format('alter table public.%I enable row level security', t);
            execute 'create policy own_' || t || ' on public.' || t || ' using (true)';
          end loop;
          if not exists (select 1 from pg_policies where policyname = 'late') then
            create policy late on c for select using (false);
          end if;
        end $$;
        """
    )
    assert [t.rls for t in schema.tables] == [True, True, False]
    assert "late" in {p.name for p in schema.policies}
    assert next(p for p in schema.policies if p.name == "late").place.line == 11


def test_buckets() -> None:
    schema = left(
        "insert into storage.buckets (id, name, public) values ('pics', 'pics', true), ('docs', 'docs', false);",
        "update storage.buckets set public = false where id = 'pics';",
    )
    assert [(b.name, b.public) for b in schema.buckets] == [("pics", False), ("docs", False)]


def test_base_files_run_first_and_files_that_undo_never() -> None:
    schema = read(
        {
            "supabase/migrations/0001_more.sql": "alter table t add column b int;",
            "supabase/migrations/0001_more.down.sql": "drop table t;",
            "supabase/schema.sql": "create table t (a int);",
        }
    )
    (table,) = schema.tables
    assert [c.name for c in table.columns] == ["a", "b"]
    assert schema.faults == ()


def test_faults_are_kept() -> None:
    schema = left("create table t (a int); create table t (a int, b int); alter table ghost add column x int; selec 1;")
    assert [f.kind for f in schema.faults] == ["made twice", "never made", "broken"]


def test_a_database_behind_a_server_has_no_row_rules_to_lack() -> None:
    schema = read({"migrations/0001_start.sql": "create table t (a int);"})
    assert schema.exposed is False
    assert schema.tables[0].rls is None


def test_loose_files_of_an_app_that_has_only_the_browsers_client_are_reached_by_it() -> None:
    files = {"lib/schema.sql": "create table t (a int);", "package.json": '{"dependencies": {"@supabase/ssr": "1"}}'}
    assert read(files).exposed is True
    assert read(files | {"package.json": files["package.json"] + '{"pg": "8"}'}).exposed is False
