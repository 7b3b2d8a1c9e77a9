"""The values that statements run with: of whom there are many rows, of one row each, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apprescue.lab.session import Session
from apprescue.methods.catalog import read
from apprescue.methods.drawing.draws import draw
from apprescue.methods.filling.volume import grow
from apprescue.model.catalog import Catalog
from apprescue.model.place import Code
from apprescue.model.workload import Draw, Drawn, Parameter, Screen, Source, Standing, Statement, Workload
from tests.support import laboratory

SCHEMA = """
create table profiles (id uuid primary key references auth.users, handle text unique not null, bio text);
create table creators (id uuid primary key default gen_random_uuid(), user_id uuid not null unique references profiles,
  title varchar(60) not null);
create table posts (id uuid primary key default gen_random_uuid(), creator_id uuid not null references creators,
  status text not null default 'draft' check (status in ('draft', 'published')), title text not null, body text,
  tags text[] not null default '{}', slug varchar(40) not null unique, created_at timestamptz not null default now());
create table comments (id serial primary key, post_id uuid not null references posts, user_id uuid not null references
  profiles, body text not null);
create table notes (id serial primary key, owner_id uuid not null references profiles, kind text, body text not null);
create table user_roles (id serial primary key, user_id uuid not null references auth.users, role text not null
  check (role in ('user', 'admin')), unique (user_id, role));
create function is_admin() returns boolean language sql stable security definer as
  $$ select exists (select 1 from user_roles r where r.user_id = auth.uid() and r.role = 'admin') $$;
create table rooms (id uuid primary key default gen_random_uuid(), topic text);
create table room_members (room_id uuid not null references rooms, user_id uuid not null references profiles,
  primary key (room_id, user_id));
create table messages (id serial primary key, room_id uuid not null references rooms, sender_id uuid not null
  references profiles, body text not null);
create table bans (id serial primary key, user_id uuid not null references profiles, reason text);
create table wallets (user_id uuid primary key references profiles, cents int not null default 0);
create view shown as select id, creator_id, title from posts where status = 'published';
create function mine(creator uuid) returns boolean language sql stable security definer as
  $$ select exists (select 1 from creators c where c.id = creator and c.user_id = auth.uid()) $$;
alter table notes enable row level security;
create policy own on notes for all using (owner_id = (select auth.uid()));
alter table posts enable row level security;
create policy open on posts for select using (status = 'published' or mine(creator_id));
create policy written on posts for insert with check (mine(creator_id));
alter table messages enable row level security;
create policy joined on messages for all using (sender_id = auth.uid())
  with check (exists (select 1 from room_members m where m.room_id = messages.room_id and m.user_id = auth.uid()));
alter table bans enable row level security;
create policy staff on bans for all using (is_admin()) with check (is_admin());
"""
HERE = Code("src/pages/Feed.tsx", 1)
COUNT_NOTES = "select count(*) from notes where owner_id = {}"


def column(relation: str, name: str, many: int = 0) -> Parameter:
    return Parameter(Source.COLUMN, f"public.{relation}", name, many=many)


def asked(sql: str, *parameters: Parameter, role: str = "service_role", writes: bool = False) -> Statement:
    return Statement(sql, HERE, role, parameters, writes=writes)


ME = Parameter(Source.ME)
MY_NOTES = asked("select * from public.notes where owner_id = $1", ME, role="authenticated")
ALL_I_SEE = asked("select count(*) from public.notes", role="authenticated")
MY_POSTS = asked("select p.* from public.posts p where public.mine(p.creator_id)", role="authenticated")
OF_CREATOR = asked("select * from posts where creator_id = $1 order by created_at limit 20", column("creators", "id"))
BOTH = asked("select * from posts where creator_id = $1 and status = $2 and created_at >= $3",
             column("posts", "creator_id"), column("posts", "status"), column("posts", "created_at"))  # fmt: skip
THREAD = asked("select p.title, c.body from posts p join comments c on c.post_id = p.id where p.id = $1",
               column("posts", "id"))  # fmt: skip
SEVERAL = asked("select * from posts where id = any ($1)", column("posts", "id", many=5))
LISTED = asked("select * from posts where slug in ($1)", column("posts", "slug", many=3))
SOUGHT = asked("select * from posts where title ilike $1",
               Parameter(Source.WORD, "public.posts", "title", pattern="%{}%"))  # fmt: skip
MONTH, FIXED = Parameter(Source.MOMENT, text="now() - interval '30 days'"), Parameter(Source.FIXED, text="'it''s'")
SINCE = asked("select * from posts where created_at > $1 and title <> $2", MONTH, FIXED)
THROUGH_VIEW = asked("select * from shown where creator_id = $1", column("shown", "creator_id"))
WRITTEN = asked("insert into notes (owner_id, body) values ($1, $2)", ME, column("notes", "body"),
                role="authenticated", writes=True)  # fmt: skip
GONE = asked("delete from comments where post_id = $1", column("comments", "post_id"), writes=True)
SENT = asked("insert into messages (room_id, sender_id, body) values ($1, $2, 'hi')", column("rooms", "id"), ME,
             role="authenticated", writes=True)  # fmt: skip
NOTED = asked("insert into notes (owner_id, body) values ($1, 'x')", column("profiles", "id"),
              role="authenticated", writes=True)  # fmt: skip
BANNED = asked("insert into bans (user_id) values ($1)", column("profiles", "id"), role="authenticated", writes=True)
OPENED = asked("insert into wallets (user_id) values ($1)", ME, role="authenticated", writes=True)
ALL_BANS = Statement("select * from bans", HERE, "authenticated", kind=Screen.ADMIN)
BROKEN = asked("select nothing from posts")
FORBIDDEN = asked("insert into posts (creator_id, title, slug) values ($1, 'x', gen_random_uuid()::text)",
                  column("creators", "id"), role="anon", writes=True)  # fmt: skip
GOOD = (MY_NOTES, ALL_I_SEE, MY_POSTS, OF_CREATOR, BOTH, THREAD, SEVERAL, LISTED, SOUGHT, SINCE, THROUGH_VIEW, WRITTEN,
        GONE, SENT, NOTED, BANNED, OPENED, ALL_BANS)  # fmt: skip


@pytest.fixture(scope="module")
def grown() -> Iterator[tuple[Session, Catalog]]:
    server = laboratory()
    with server.connect(server.create(), seconds=60) as session:
        session.run(SCHEMA)
        catalog = read(session)
        assert not grow(session, catalog, 3000).missing
        yield session, catalog


@pytest.fixture(scope="module")
def drawn(grown: tuple[Session, Catalog]) -> dict[Statement, Drawn]:
    found, refused = draw(*grown, Workload(GOOD))
    assert not refused
    return {one.statement: one for one in found}


def of(drawn: Drawn, standing: Standing) -> list[Draw]:
    return [one for one in drawn.draws if one.standing is standing]


def rows(session: Session, drawn: Drawn, one: Draw) -> int:
    """How many rows it gives."""
    with session.undone():
        if before := drawn.before(one):
            session.run(before)
        return len(session.query(drawn.text(one)))


def counts(session: Session, drawn: Drawn, sql: str, at: int = 0) -> dict[Standing, list[int]]:
    return {
        standing: [session.query(sql.format(one.values[at]))[0][0] for one in of(drawn, standing)]
        for standing in Standing
    }


def in_order(found: dict[Standing, list[int]]) -> None:
    assert min(found[Standing.HOT]) >= max(found[Standing.MEDIAN])
    assert min(found[Standing.MEDIAN]) >= max(found[Standing.EMPTY])
    assert min(found[Standing.HOT]) > max(found[Standing.EMPTY])


def test_each_statement_has_draws_of_each_standing_in_turn(drawn: dict[Statement, Drawn]) -> None:
    assert len(drawn) == len(GOOD)
    for one in drawn.values():
        assert len(one.draws) <= 12
    assert [one.standing for one in drawn[MY_NOTES].draws] == list(Standing) * 4
    assert len(set(drawn[MY_NOTES].draws)) == 12


def test_people_have_what_their_standing_says(grown: tuple[Session, Catalog], drawn: dict[Statement, Drawn]) -> None:
    session, _ = grown
    found = counts(session, drawn[MY_NOTES], COUNT_NOTES)
    in_order(found)
    assert found[Standing.EMPTY] == [0] * 4
    assert max(found[Standing.HOT]) > 3000 / 20
    for one in drawn[MY_NOTES].draws:
        assert one.values == (f"'{one.who}'::uuid",)


def test_who_asks_is_drawn_by_what_the_rules_look_at(
    grown: tuple[Session, Catalog], drawn: dict[Statement, Drawn]
) -> None:
    session, _ = grown
    seen = {}
    for standing in Standing:
        mine = [session.query(COUNT_NOTES.format(f"'{one.who}'"))[0][0] for one in of(drawn[ALL_I_SEE], standing)]
        seen[standing] = mine
    in_order(seen)


def test_who_asks_may_own_rows_through_what_he_has_one_of(
    grown: tuple[Session, Catalog], drawn: dict[Statement, Drawn]
) -> None:
    session, _ = grown
    counted = "select count(*) from posts join creators c on c.id = creator_id where c.user_id = '{}'"
    in_order(
        {
            standing: [session.query(counted.format(one.who))[0][0] for one in of(drawn[MY_POSTS], standing)]
            for standing in Standing
        }
    )


def test_values_are_counted_where_they_are_looked_for(
    grown: tuple[Session, Catalog], drawn: dict[Statement, Drawn]
) -> None:
    session, _ = grown
    in_order(counts(session, drawn[OF_CREATOR], "select count(*) from posts where creator_id = {}"))
    in_order(counts(session, drawn[THREAD], "select count(*) from comments where post_id = {}"))
    in_order(counts(session, drawn[THROUGH_VIEW], "select count(*) from shown where creator_id = {}"))


def test_values_of_a_relation_come_from_one_row(grown: tuple[Session, Catalog], drawn: dict[Statement, Drawn]) -> None:
    session, _ = grown
    whole = "select count(*) from posts where creator_id = {} and status = {} and created_at = {}"
    for one in drawn[BOTH].draws:
        assert session.query(whole.format(*one.values))[0][0] >= 1
        assert rows(session, drawn[BOTH], one) >= 1


def test_lists_hold_several(grown: tuple[Session, Catalog], drawn: dict[Statement, Drawn]) -> None:
    session, _ = grown
    assert [rows(session, drawn[SEVERAL], one) for one in drawn[SEVERAL].draws] == [5] * len(drawn[SEVERAL].draws)
    assert [rows(session, drawn[LISTED], one) for one in drawn[LISTED].draws] == [3] * len(drawn[LISTED].draws)


def test_words_occur(grown: tuple[Session, Catalog], drawn: dict[Statement, Drawn]) -> None:
    session, _ = grown
    found = [rows(session, drawn[SOUGHT], one) for one in drawn[SOUGHT].draws]
    assert min(found) >= 1
    assert found[0] > found[2]
    assert all(one.values[0].startswith("'%") and len(one.values[0]) > 6 for one in drawn[SOUGHT].draws)


def test_what_does_not_vary_is_drawn_once(drawn: dict[Statement, Drawn]) -> None:
    [one] = drawn[SINCE].draws
    assert one.values == ("(now() - interval '30 days')::timestamp with time zone", "('it''s')::text")
    assert not one.who


def test_what_only_few_may_do_is_asked_by_them(grown: tuple[Session, Catalog], drawn: dict[Statement, Drawn]) -> None:
    session, _ = grown
    for statement in (BANNED, ALL_BANS):
        for one in drawn[statement].draws:
            assert session.query(f"select count(*) from user_roles where role = 'admin' and user_id = '{one.who}'") == [
                (1,)
            ]
    assert all(rows(session, drawn[ALL_BANS], one) == 3000 for one in drawn[ALL_BANS].draws)
    for one in drawn[SENT].draws:
        there = f"select count(*) from room_members where room_id = {one.values[0]} and user_id = {one.values[1]}"
        assert session.query(there) == [(1,)]
    for one in drawn[NOTED].draws:
        assert one.values == (f"'{one.who}'::uuid",)
    for one in drawn[OPENED].draws:
        assert session.query(f"select count(*) from wallets where user_id = {one.values[0]}") == [(0,)]


def test_writes_leave_nothing(grown: tuple[Session, Catalog]) -> None:
    session, catalog = grown
    before = session.query("select (select count(*) from notes), (select count(*) from comments)")
    found, _ = draw(session, catalog, Workload((WRITTEN, GONE)))
    assert len(found) == 2
    assert session.query("select (select count(*) from notes), (select count(*) from comments)") == before
    in_order(counts(session, found[1], "select count(*) from comments where post_id = {}"))


def test_what_the_server_refuses_is_told_with_its_words(grown: tuple[Session, Catalog]) -> None:
    found, refused = draw(*grown, Workload((BROKEN, FORBIDDEN, MY_NOTES)))
    assert [one.statement for one in found] == [MY_NOTES]
    assert refused[0] == (BROKEN, '42703 column "nothing" does not exist')
    assert refused[1][0] == FORBIDDEN
    assert "row-level security" in refused[1][1]


def test_an_empty_table_still_gives_values(grown: tuple[Session, Catalog]) -> None:
    session, _ = grown
    with session.undone():
        session.run("create table bare (id uuid, at date)")
        nothing = asked("select * from bare where id = $1 and at = $2", column("bare", "id"), column("bare", "at"))
        found, refused = draw(session, read(session), Workload((nothing,)))
        assert not refused
        assert found[0].draws[0].values == ("null::uuid", "null::date")


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), each=st.integers(1, 5))
def test_the_same_seed_draws_the_same(grown: tuple[Session, Catalog], seed: int, each: int) -> None:
    session, catalog = grown
    workload = Workload((MY_NOTES, BOTH, THREAD, SOUGHT))
    found, refused = draw(session, catalog, workload, each=each, seed=seed)
    assert not refused
    assert (found, refused) == draw(session, catalog, workload, each=each, seed=seed)
    in_order(counts(session, found[0], COUNT_NOTES))
    for one in found:
        assert len(one.draws) <= 3 * each
        assert len(of(found[0], Standing.HOT)) == each
    whole = "select count(*) from posts where creator_id = {} and status = {} and created_at = {}"
    assert all(session.query(whole.format(*one.values))[0][0] for one in found[1].draws)
