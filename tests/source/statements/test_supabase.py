"""Queries as statements: as whom they run, where their values come from, what cannot be told and why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from textwrap import dedent

import pytest

from apprescue.methods import catalog
from apprescue.model.app import Query
from apprescue.model.catalog import Catalog
from apprescue.model.workload import Parameter, Source, Statement, Untold
from apprescue.source.statements.supabase import translate
from apprescue.sprint.run import world_of
from tests.support import laboratory

SCHEMA = """
create table profiles (id uuid primary key references auth.users, name text);
create table posts (
    id int primary key, author_id uuid references profiles, editor_id uuid references profiles, title text,
    kind text, tags text[], meta jsonb, created_at timestamptz, day date, open boolean, slug text unique);
create table drafts (id int primary key, owner uuid, text text);
create table likes (id int primary key, post_id int references posts, user_id uuid references auth.users);
alter table posts enable row level security;
alter table drafts enable row level security;
create policy seen on posts for select using (true);
create policy own on drafts using (auth.uid() = owner);
create function near(p_post_id int, p_most int default 5, p_since timestamptz default now()) returns setof posts
    language sql as 'select * from posts';
create function wide(a int) returns record language sql as 'select row(1)';
"""
PUBLIC = "const supabase = createClient(process.env.URL, process.env.NEXT_PUBLIC_ANON_KEY)"
SERVICE = "const supabase = createClient(process.env.URL, process.env.SUPABASE_SERVICE_ROLE_KEY)"


@pytest.fixture(scope="module")
def there() -> Iterator[Catalog]:
    server = laboratory()
    name = server.create()
    with server.connect(name) as session:
        session.run(SCHEMA)
        yield catalog.read(session)
    server.drop(name)


@cache
def world(client: str, path: str, bodies: tuple[str, ...]) -> dict[str, Query]:
    """The last query of each body, all of them read as functions of one file."""
    text, begins = f"import {{ createClient }} from '@supabase/supabase-js'\n{client}\n", {}
    for number, body in enumerate(bodies):
        begins[body] = text.count("\n") + 1
        text += f"export async function load{number}(a, b, word, ids, body, page, {{ user, author, session }}) {{\n"
        text += f"{dedent(body)}\n}}\n"
    queries = world_of({path: text})["app"].queries
    ends = [*begins.values(), text.count("\n") + 2][1:]
    return {
        body: max((q for q in queries if begin <= q.place.line < end), key=lambda q: q.place.line)
        for (body, begin), end in zip(begins.items(), ends, strict=True)
    }


def told(
    there: Catalog, code: str, client: str = PUBLIC, path: str = "src/page.tsx", among: tuple[str, ...] = ()
) -> Statement | Untold:
    """The last statement of a function's body; `among` are others that are read with it, to save time."""
    return translate(world(client, path, among or (code,))[code], there)


def statement(
    there: Catalog, code: str, client: str = PUBLIC, path: str = "src/page.tsx", among: tuple[str, ...] = ()
) -> Statement:
    found = told(there, code, client, path, among)
    assert isinstance(found, Statement), found
    return found


def parameters(there: Catalog, code: str) -> tuple[Parameter, ...]:
    return statement(there, code, SERVICE).parameters


def column(name: str, kind: str, table: str = "posts", many: int = 0) -> Parameter:
    return Parameter(Source.COLUMN, f"public.{table}", name, type=kind, many=many)


@pytest.mark.parametrize(
    ("code", "client", "role"),
    [
        ("await supabase.from('posts').select('id')", PUBLIC, "anon"),
        ("await supabase.from('posts').select('id')", SERVICE, "service_role"),
        ("await supabase.from('drafts').select('id')", PUBLIC, "authenticated"),
        ("await supabase.from('posts').insert({ id: a })", PUBLIC, "authenticated"),
        (
            """const { data: { user: me } } = await supabase.auth.getUser()
            await supabase.from('posts').select('id').eq('author_id', me.id)""",
            PUBLIC,
            "authenticated",
        ),
        ("await supabase.from('posts').select('id').eq('author_id', session.user.id)", PUBLIC, "authenticated"),
    ],
)
def test_as_whom(there: Catalog, code: str, client: str, role: str) -> None:
    assert statement(there, code, client).role == role


VALUES: list[tuple[str, tuple[Parameter, ...]]] = [
    ("select('id').eq('title', a)", (column("title", "text"),)),
    ("select('id').eq('title', 'fixed')", ()),
    ("select('id').eq('title', 'costs $1')", (Parameter(Source.FIXED, text="'costs $1'"),)),
    ("select('id').eq('author_id', user.id)", (Parameter(Source.ME, type="uuid"),)),
    ("select('id').eq('author_id', author.id)", (column("author_id", "uuid"),)),
    ("select('id').eq('kind', a ? 'x' : 'y')", ()),
    ("select('id').in('id', ids)", (column("id", "integer[]", many=20),)),
    ("select('id').in('id', [a, 2])", (column("id", "integer"),)),
    (
        "select('id').ilike('title', `%${word}%`)",
        (Parameter(Source.WORD, "public.posts", "title", type="text", pattern="%{}%"),),
    ),
    (
        "select('id').or(`title.ilike.${word}%,kind.eq.${a}`)",
        (
            Parameter(Source.WORD, "public.posts", "title", type="text", pattern="{}%"),
            column("kind", "text"),
        ),
    ),
    ("select('id').or(`slug.eq.${user.id}_${a},slug.eq.${a}_${user.id}`)", (column("slug", "text"),)),
    ("select('id').contains('tags', [word])", (column("tags", "text[]"),)),
    (
        "select('id').gte('created_at', new Date(Date.now() - 7 * 86400000).toISOString())",
        (Parameter(Source.MOMENT, text="(now() - interval '7 days')", type="timestamp with time zone"),),
    ),
    (
        "select('id').lte('created_at', new Date().toISOString())",
        (Parameter(Source.MOMENT, text="now()", type="timestamp with time zone"),),
    ),
    (
        "select('id').eq('day', new Date().toISOString().split('T')[0])",
        (Parameter(Source.MOMENT, text="now()::date", type="date"),),
    ),
    ("select('id').limit(a)", (Parameter(Source.FIXED, text="20"),)),
    ("update({ open: a }).eq('id', b)", (column("id", "integer"), column("open", "boolean"))),
    (
        "insert({ slug: a, author_id: b })",
        (column("id", "uuid", "profiles"), Parameter(Source.FIXED, text="md5(random()::text)", type="text")),
    ),
]
CHAINS = tuple(f"await supabase.from('posts').{chain}" for chain, _ in VALUES)


@pytest.mark.parametrize(("code", "expected"), [*zip(CHAINS, (e for _, e in VALUES), strict=True)])
def test_where_values_come_from(there: Catalog, code: str, expected: tuple[Parameter, ...]) -> None:
    assert statement(there, code, SERVICE, among=CHAINS).parameters == expected


def test_what_rules_let_only_the_owner_read_is_read_with_the_owners_id(there: Catalog) -> None:
    found = statement(there, "await supabase.from('drafts').select('id').eq('owner', a)")
    assert found.parameters == (Parameter(Source.ME, type="uuid"),)


def test_arguments_of_a_function_are_values_of_the_columns_that_they_name(there: Catalog) -> None:
    found = parameters(there, "await supabase.rpc('near', { p_post_id: a, p_since: new Date().toISOString() })")
    moment = Parameter(Source.MOMENT, text="now()", type="timestamp with time zone")
    assert found == (column("id", "integer"), moment)


def test_a_function_without_rows_is_a_single_value(there: Catalog) -> None:
    assert (
        '"public"."wide"("a" := pgrst_body."a") pgrst_scalar'
        in statement(there, "await supabase.rpc('wide', { a: 1 })").sql
    )


REASONS = [
    ("await supabase.from(a).select('id')", "the table's name is only known at run time"),
    ("await supabase.from('none').select('id')", "the database that the app's files make has no `none`"),
    ("await supabase.from('posts').select('id, nothing')", "`posts` has no column `nothing`"),
    ("await supabase.from('posts').select(a)", "what is selected is only known at run time"),
    ("await supabase.from('posts').select('id').eq(a, 1)", "which column it filters by is only known at run time"),
    ("await supabase.from('posts').select('id').or(a)", "what it filters by is only known at run time"),
    ("await supabase.from('posts').select('id').order(a)", "what it sorts by is only known at run time"),
    (
        "await supabase.from('posts').select('id, profiles(name)')",
        "more than one foreign key leads between `posts` and `profiles`, and none is named",
    ),
    (
        "await supabase.from('posts').select('id, drafts(text)')",
        "no foreign key leads between `posts` and `drafts`",
    ),
    (
        "await supabase.from('likes').select('id, users(id)')",
        "no foreign key leads between `likes` and `users`",
    ),
    (
        "await supabase.from('posts').select('id').eq('likes.id', 1)",
        "it filters or sorts by `likes`, which it does not embed",
    ),
    ("await supabase.from('posts').update({ nothing: 1 }).eq('id', 1)", "`posts` has no column `nothing`"),
    ("await supabase.rpc('none')", "the database that the app's files make has no function `none`"),
    ("await supabase.rpc('near', { p_most: 1 })", "no function `near` takes p_most"),
    (
        "await supabase.from('posts').select('id').is('open', 'maybe')",
        "`is.maybe` is no condition of the interface",
    ),
]
ASKED = tuple(code for code, _ in REASONS)


@pytest.mark.parametrize(("code", "reason"), REASONS)
def test_what_cannot_be_told_says_why(there: Catalog, code: str, reason: str) -> None:
    found = told(there, code, SERVICE, among=ASKED)
    assert isinstance(found, Untold)
    assert (found.reason, found.library, found.place.path) == (reason, "supabase", "src/page.tsx")


def test_every_link_of_a_conditional_chain_counts_and_one_of_two_branches(there: Catalog) -> None:
    found = statement(
        there,
        """
        let query = supabase.from('posts').select('id')
        if (a) query = query.eq('author_id', a)
        if (word) query = query.eq('kind', 'song'); else query = query.eq('kind', 'talk')
        await query.order('created_at', { ascending: false }).limit(10)
        """,
        SERVICE,
    )
    assert '"author_id" = $1 AND "public"."posts"."kind" = \'song\' ORDER BY' in found.sql
    assert "'talk'" not in found.sql


def test_a_body_known_at_run_time_only_writes_what_a_form_fills(there: Catalog) -> None:
    found = statement(there, "await supabase.from('posts').update(body).eq('id', a)", SERVICE)
    assert 'SET "day" = ' in found.sql
    assert '"slug"' not in found.sql
    assert '"author_id"' not in found.sql
    assert found.writes


def test_a_query_in_a_loop_repeats(there: Catalog) -> None:
    found = statement(
        there, "for (const id of ids) { await supabase.from('posts').select('id').eq('id', id) }", SERVICE
    )
    assert found.repeats == 20


def test_pages_are_cut_where_the_platform_cuts_them(there: Catalog) -> None:
    assert (
        "LIMIT 1000 OFFSET 0" in statement(there, "await supabase.from('posts').select('id').limit(5000)", SERVICE).sql
    )
    found = statement(there, "await supabase.from('posts').select('id').range(page * 20, page * 20 + 19)", SERVICE)
    assert "LIMIT $1 OFFSET $2" in found.sql
    assert [p.text for p in found.parameters] == ["20", "0"]


def test_more_columns_than_a_function_takes_arguments(there: Catalog) -> None:
    fields = ", ".join(f"k{n}: a" for n in range(70))
    found = statement(there, f"await supabase.from('posts').update({{ meta: {{ {fields} }} }}).eq('id', 1)", SERVICE)
    assert "jsonb_build_object('k0'" in found.sql
    assert " || jsonb_build_object('k50'" in found.sql
