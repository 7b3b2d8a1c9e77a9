"""People and their rows, in schemas that make it hard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apprescue.lab.postgres import Server, serve
from apprescue.methods.catalog import read
from apprescue.methods.filling.rows import fill
from apprescue.model.access import Actor
from apprescue.model.rows import Filled, Row

OWNER, STRANGER, SUBSCRIBER, MEMBER, ADMIN = (
    Actor.OWNER, Actor.STRANGER, Actor.SUBSCRIBER, Actor.MEMBER, Actor.ADMIN,
)  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as given:
        yield given


def filled(server: Server, schema: str, seed: int = 1) -> Filled:
    with server.connect(server.create()) as session:
        session.run(schema)
        return fill(session, read(session), seed=seed)


def first(found: Filled, table: str, whose: Actor) -> Row:
    return next(found.of(f"public.{table}", whose))


def id_of(found: Filled, actor: Actor) -> str:
    person = found.person(actor)
    assert person is not None
    return person.id


def test_a_row_hangs_on_its_persons_rows(server: Server) -> None:
    found = filled(
        server,
        """create table posts (id uuid primary key default gen_random_uuid(),
          user_id uuid not null references auth.users);
        create table media (id serial primary key, post_id uuid not null references posts, url text);
        create table views (media_id int references media, seen_at timestamptz default now());""",
    )
    for actor in (OWNER, STRANGER, ADMIN):
        post, media = first(found, "posts", actor), first(found, "media", actor)
        assert post.value("user_id") == id_of(found, actor)
        assert post.parties == (("user_id", actor),)
        assert media.value("post_id") == post.value("id")
        assert first(found, "views", actor).value("media_id") == media.value("id")
    assert found.owned == {"public.posts", "public.media", "public.views"}
    assert not found.missing


def test_the_subscriber_is_subscribed_to_the_owner_and_the_stranger_is_not(server: Server) -> None:
    found = filled(
        server,
        """create table creators (id uuid primary key, user_id uuid unique references auth.users);
        create table subscriptions (id serial primary key, fan_id uuid not null references auth.users,
          creator_id uuid not null references creators,
            status text default 'pending' check (status in ('pending', 'active')),
          unique (fan_id, creator_id));
        create table posts (id serial primary key, creator_id uuid references creators);
        alter table posts enable row level security;
        create policy p on posts for select using (exists (select from subscriptions s where s.creator_id =
          posts.creator_id
          and s.fan_id = auth.uid() and s.status = 'active'));""",
    )
    subscription = first(found, "subscriptions", SUBSCRIBER)
    assert subscription.value("fan_id") == id_of(found, SUBSCRIBER)
    assert subscription.value("creator_id") == first(found, "creators", OWNER).value("id")
    assert subscription.value("status") == "active"
    assert dict(subscription.parties) == {"fan_id": SUBSCRIBER, "creator_id": OWNER}
    parties = [dict(row.parties) for row in found.of("public.subscriptions")]
    assert not any({OWNER, STRANGER} <= set(one.values()) for one in parties)
    assert {OWNER, STRANGER} <= {row.whose for row in found.of("public.subscriptions")}


def test_the_member_is_in_the_owners_team(server: Server) -> None:
    found = filled(
        server,
        """create table teams (id uuid primary key default gen_random_uuid(), owner_id uuid references auth.users);
        create table team_members (team_id uuid references teams, user_id uuid references auth.users,
          role text not null check (role in ('member', 'owner', 'admin')), primary key (team_id, user_id));
        create table notes (id serial primary key, team_id uuid references teams,
          author_id uuid references auth.users);""",
    )
    team = first(found, "teams", OWNER).value("id")
    assert first(found, "team_members", MEMBER).value("team_id") == team
    assert first(found, "team_members", MEMBER).value("role") == "member"
    assert first(found, "team_members", OWNER).value("role") == "owner"
    assert (
        first(found, "team_members", STRANGER).value("team_id") == first(found, "teams", STRANGER).value("id") != team
    )
    assert first(found, "team_members", SUBSCRIBER).value("team_id") != team
    assert first(found, "notes", MEMBER).value("team_id") == team


MARKS = {
    """create table profiles (id uuid primary key references auth.users, role text default 'user');
    alter table profiles enable row level security;
    create policy p on profiles using (role = 'admin');""": ("profiles", "role", "admin"),
    """create type app_role as enum ('user', 'admin');
    create table user_roles (user_id uuid, role app_role not null);""": ("user_roles", "role", "admin"),
    "create table users (id uuid primary key, is_admin boolean not null default false);": ("users", "is_admin", "true"),
    "create table people (user_id uuid, user_type text check (user_type in ('fan', 'superadmin')));": (
        "people",
        "user_type",
        "superadmin",
    ),
    """create table roles (id int primary key, name text unique); insert into roles values (1, 'user'), (2, 'admin');
    create table user_roles (user_id uuid references auth.users, role_id int not null references roles);""": (
        "user_roles",
        "role_id",
        "2",
    ),
}


@pytest.mark.parametrize(("schema", "mark"), MARKS.items())
def test_the_admin_is_marked_and_nobody_else(server: Server, schema: str, mark: tuple[str, str, str]) -> None:
    found = filled(server, schema)
    table, column, value = mark
    assert first(found, table, ADMIN).value(column) == value
    for actor in (OWNER, STRANGER, SUBSCRIBER, MEMBER):
        assert all(row.value(column) != value for row in found.of(f"public.{table}", actor))
        assert first(found, table, actor)


def test_people_have_roles_of_their_own_where_rules_name_the_admins_alone(server: Server) -> None:
    found = filled(
        server,
        """create table user_roles (id uuid primary key default gen_random_uuid(), user_id uuid not null,
          role text not null);
        create table bans (id uuid primary key default gen_random_uuid(), user_id uuid not null);
        alter table bans enable row level security;
        create policy p on bans using (exists (select from user_roles where role = 'admin'));""",
    )
    assert first(found, "user_roles", ADMIN).value("role") == "admin"
    for actor in (OWNER, STRANGER, SUBSCRIBER, MEMBER):
        assert first(found, "user_roles", actor).value("role") != "admin"


def test_a_table_of_admins_holds_the_admin_alone(server: Server) -> None:
    found = filled(server, "create table admin_users (user_id uuid primary key references auth.users)")
    assert [row.whose for row in found.of("public.admin_users")] == [ADMIN]
    assert "administrator" in dict(found.missing)["public.admin_users"]


def test_claims_and_addresses_that_the_app_asks_for(server: Server) -> None:
    found = filled(
        server,
        """create table secrets (id int primary key); alter table secrets enable row level security;
        create policy a on secrets using ((auth.jwt() -> 'app_metadata' ->> 'role') = 'chief');
        create policy b on secrets using (auth.email() = 'boss@our.example');""",
    )
    admin, owner = found.person(ADMIN), found.person(OWNER)
    assert admin is not None
    assert owner is not None
    assert '"role": "chief"' in admin.app_metadata
    assert admin.email == "boss@our.example"
    assert "chief" not in owner.app_metadata


def test_rows_that_the_sign_up_trigger_made_are_taken(server: Server) -> None:
    found = filled(
        server,
        """create table profiles (id uuid primary key references auth.users on delete cascade, name text, phone text);
        create function welcome() returns trigger language plpgsql security definer set search_path = '' as $$
          begin insert into public.profiles (id, name) values (new.id, new.raw_user_meta_data ->> 'full_name');
            return new; end $$;
        create trigger welcome after insert on auth.users for each row execute function welcome();""",
    )
    row = first(found, "profiles", OWNER)
    assert row.made == "trigger"
    assert row.value("name") == "Owner Person"
    assert row.value("phone")
    assert len(list(found.of("public.profiles"))) == 5
    spare = found.more("public.profiles", OWNER)
    assert spare is not None
    assert spare.instead_of == row.where


def test_a_broken_sign_up_is_told_and_passed_by(server: Server) -> None:
    found = filled(
        server,
        """create table profiles (id uuid primary key references auth.users);
        create function welcome() returns trigger language plpgsql as $$
          begin insert into profiles (id) values (new.id); return new; end $$;
        create trigger welcome after insert on auth.users for each row execute function welcome();""",
    )
    assert any(table == "auth.users" for table, _ in found.notes)
    assert first(found, "profiles", OWNER)


def test_a_sign_up_that_wants_a_choice_gets_one(server: Server) -> None:
    found = filled(
        server,
        """create type kind as enum ('admin', 'fan', 'maker');
        create table profiles (id uuid primary key references auth.users, kind kind not null, invited_by uuid);
        create function welcome() returns trigger language plpgsql security definer set search_path = public as $$ begin
          insert into profiles values (new.id, (new.raw_user_meta_data ->> 'kind')::kind,
            (new.raw_user_meta_data ->> 'invited_by')::uuid); return new; end $$;
        create trigger welcome after insert on auth.users for each row execute function welcome();""",
    )
    assert not found.notes
    assert first(found, "profiles", OWNER).value("kind") == "fan"


CONDITIONS = """
create domain public.handle as text check (value ~ '^[a-z][a-z0-9_]{2,15}$');
create domain public.cents as int check (value >= 0) check (value % 5 = 0);
create type public.level as enum ('low', 'high');
create table things (
  id int generated always as identity primary key, user_id uuid not null,
  handle public.handle not null unique, price public.cents not null, level public.level not null,
  kind text not null check (kind in ('one', 'two')), code varchar(8) not null unique check (length(code) = 8),
  first_day date not null, last_day date not null check (last_day > first_day), share numeric(3,
    2) not null check (share < 1),
  amount int not null, paid int not null check (paid <= amount and paid > 7),
  a int, b int, check (num_nonnulls(a, b) = 1), email text not null check (email like '%@%.%'),
  tags text[] not null check (cardinality(tags) between 2 and 4),
    doc jsonb not null check (jsonb_typeof(doc) = 'array'),
  whole text generated always as (kind || code) stored, phone text check (phone ~ '^\\+[1-9]\\d{6,14}$') not null,
  during daterange not null check (not isempty(during)), address inet not null, wait interval not null,
    raw bytea not null,
  country char(2) not null unique, check (kind <> 'one' or amount > 100)
);
"""


def test_conditions_are_solved(server: Server) -> None:
    found = filled(server, CONDITIONS)
    assert not found.missing
    rows = list(found.of("public.things"))
    assert {row.whose for row in rows} == {OWNER, STRANGER, SUBSCRIBER, MEMBER, ADMIN}
    assert all(row.made == "insert" for row in rows)
    assert all(row.value("user_id") == id_of(found, row.whose) for row in rows)


def test_circles(server: Server) -> None:
    found = filled(
        server,
        """create table orgs (id uuid primary key default gen_random_uuid(), owner_id uuid not null);
        create table profiles (id uuid primary key references auth.users, org_id uuid references orgs);
        alter table orgs add foreign key (owner_id) references profiles;
        create table hens (id uuid primary key, egg_id uuid not null, keeper_id uuid);
        create table eggs (id uuid primary key, hen_id uuid not null references hens);
        alter table hens add foreign key (egg_id) references eggs;
        create table trees (id uuid primary key, user_id uuid, parent_id uuid not null references trees);
        create table nodes (id bigint generated always as identity primary key, user_id uuid,
          parent_id bigint not null references nodes);
        create table replies (id serial primary key, user_id uuid, parent_id int references replies);""",
    )
    assert not found.missing
    assert first(found, "profiles", OWNER).value("org_id") == first(found, "orgs", OWNER).value("id")
    assert first(found, "profiles", MEMBER).value("org_id") == first(found, "orgs", OWNER).value("id")
    assert first(found, "hens", STRANGER).value("egg_id") == first(found, "eggs", STRANGER).value("id")
    assert first(found, "trees", OWNER).value("parent_id") == first(found, "trees", OWNER).value("id")


def test_composite_keys_agree(server: Server) -> None:
    found = filled(
        server,
        """create table members (team int, user_id uuid references auth.users, primary key (team, user_id));
        create table posts (id serial primary key, team int, user_id uuid not null, foreign key (team,
          user_id) references members);
        create table likes (post_id int references posts, team int, user_id uuid, primary key (post_id, user_id),
          foreign key (team, user_id) references members);""",
    )
    assert not found.missing
    for actor in (OWNER, STRANGER):
        assert first(found, "posts", actor).value("team") == first(found, "members", actor).value("team")


def test_each_kind_that_policies_tell_apart(server: Server) -> None:
    found = filled(
        server,
        """create table posts (id serial primary key, user_id uuid, status text not null default 'draft'
            check (status in ('draft', 'published', 'gone')), is_public boolean not null default false,
              deleted_at timestamptz);
        alter table posts enable row level security;
        create policy p on posts for select using (status = 'published' and is_public and deleted_at is null);
        create table cards (user_id uuid primary key references auth.users, hidden boolean not null default false);
        alter table cards enable row level security; create policy p on cards for select using (not hidden);""",
    )
    kinds = {tuple(text for _, text in row.variation) for row in found.of("public.posts", OWNER)}
    assert {status for status, _, _ in kinds} == {"published", "draft", "gone"}
    assert ("published", "true", None) in kinds
    assert ("published", "false", None) in kinds or any(one[:2] == ("published", "false") for one in kinds)
    assert next(found.of("public.posts", OWNER)).variation[:2] == (("status", "draft"), ("is_public", "false"))
    change = next(
        row for row in found.spare if row.table == "public.cards" and row.made == "change" and row.whose is OWNER
    )
    assert change.variation == (("hidden", "true"),)
    assert change.where == first(found, "cards", OWNER).where


def test_columns_that_hold_a_user_without_saying_so(server: Server) -> None:
    found = filled(
        server,
        """create table a (id serial primary key, created_by uuid); create table b (id serial primary key,
          owner text);
        alter table b enable row level security; create policy p on b using (owner = (auth.uid())::text);
        create table c (id serial primary key, stripe_customer_id text, sender_id uuid, recipient_id uuid,
          approved_by uuid);""",
    )
    assert first(found, "a", OWNER).value("created_by") == id_of(found, OWNER)
    assert first(found, "b", OWNER).value("owner") == id_of(found, OWNER)
    message = first(found, "c", OWNER)
    assert dict(message.parties) == {"sender_id": OWNER, "recipient_id": SUBSCRIBER}
    assert message.value("approved_by") is None
    assert message.value("stripe_customer_id") != id_of(found, OWNER)


def test_triggers_that_refuse_are_passed_by_and_told(server: Server) -> None:
    found = filled(
        server,
        """create function no() returns trigger language plpgsql as $$ begin raise exception 'not today'; end $$;
        create function nothing() returns trigger language plpgsql as $$ begin return null; end $$;
        create function mine() returns trigger language plpgsql as $$ begin
          if new.user_id is distinct from auth.uid() then raise exception 'not yours'; end if; return new; end $$;
        create table a (id serial primary key, user_id uuid);
          create trigger t before insert on a for each row execute function no();
        create table b (id serial primary key, user_id uuid);
          create trigger t before insert on b for each row execute function nothing();
        create table c (id serial primary key, user_id uuid);
          create trigger t before insert on c for each row execute function mine();""",
    )
    assert {first(found, table, OWNER).made for table in "ab"} == {"triggers off"}
    assert "not today" in first(found, "a", OWNER).note
    assert "swallowed" in first(found, "b", OWNER).note
    assert first(found, "c", STRANGER).made == "insert"
    assert any(table == "public.a" and "not today" in note for table, note in found.notes)


def test_where_no_row_can_be_made_the_reason_is_given(server: Server) -> None:
    found = filled(
        server,
        """create table never (id serial primary key, user_id uuid, n int check (n > 5 and n < 3) not null);
        create table below (id serial primary key, never_id int not null references never);""",
    )
    missing = dict(found.missing)
    assert "23514" in missing["public.never"]
    assert "must hang on a row of public.never" in missing["public.below"]


def test_spare_rows_go_in_afterwards(server: Server) -> None:
    with server.connect(server.create()) as session:
        session.run(
            """create table posts (id bigint generated always as identity primary key, user_id uuid not null,
              slug text unique);
            create table wallets (user_id uuid primary key references auth.users, balance int not null default 0);"""
        )
        found = fill(session, read(session))
        for table in ("public.posts", "public.wallets"):
            for actor in (OWNER, STRANGER):
                spare = found.more(table, actor)
                assert spare is not None
                with session.undone():
                    if spare.instead_of:
                        assert session.run(f"delete from {table} where {spare.instead_of}") == 1
                    assert session.run(spare.insertion()) == 1
                assert session.query(f"select count(*) from {table} where {next(found.of(table, actor)).where}") == [
                    (1,)
                ]


def test_seeds_stay_and_are_hung_upon(server: Server) -> None:
    found = filled(
        server,
        """create table plans (id text primary key, price int); insert into plans values ('free', 0), ('pro', 10);
        create table accounts (user_id uuid primary key references auth.users,
          plan_id text not null references plans);
        create table settings (id int primary key check (id = 1)); insert into settings values (1);""",
    )
    assert {row.value("id") for row in found.of("public.plans") if row.made == "migration"} == {"free", "pro"}
    assert first(found, "accounts", OWNER).value("plan_id")
    assert "public.plans" not in found.owned
    assert not found.missing


def test_files(server: Server) -> None:
    found = filled(
        server,
        """insert into storage.buckets (id, name, public) values ('papers', 'papers', false);
        create policy p on storage.objects for select using (bucket_id = 'papers'
          and (storage.foldername(name))[1] = 'open');""",
    )
    owner = id_of(found, OWNER)
    names = {row.value("name") for row in found.of("storage.objects", OWNER)}
    assert names == {f"{owner}/file.png", "owner.png", f"open/{owner}/file.png"}


def test_without_accounts_there_are_rows_all_the_same(server: Server) -> None:
    found = filled(server, "create table users (id serial primary key, email text unique not null)")
    assert first(found, "users", OWNER).value("email") == "owner@people.example"


def test_the_same_seed_makes_the_same_rows(server: Server) -> None:
    schema = (
        "create table posts (id uuid primary key default gen_random_uuid(), user_id uuid, title text, n int unique);"
    )
    one, same, other = (filled(server, schema, seed) for seed in (1, 1, 2))
    assert one.rows == same.rows
    assert one.people == same.people
    assert {row.where for row in one.rows}.isdisjoint(row.where for row in other.rows)


ODD = """
create extension if not exists citext; create extension if not exists vector with schema extensions;
create table "Odd Names" ("Id" uuid primary key, "userId" uuid references auth.users, "it's" text not null,
  "select" int);
create table parted (id bigint generated always as identity, user_id uuid, day date not null, primary key (id, day))
  partition by range (day);
create table parted_1 partition of parted for values from ('2025-01-01') to ('2025-02-01');
create table listed (id uuid, region text not null, user_id uuid) partition by list (region);
create table listed_a partition of listed for values in ('north', 'south');
create table everywhere (id serial, user_id uuid) partition by hash (id);
create table everywhere_0 partition of everywhere for values with (modulus 1, remainder 0);
create table bookings (id serial primary key, user_id uuid, during tstzrange not null,
  exclude using gist (during with &&));
create type address as (street text, zip int);
create table homes (user_id uuid primary key, at address, spots point not null, area polygon, bits bit(3) not null,
  vec extensions.vector(4) not null, mail citext not null unique, mac macaddr not null, words tsvector not null,
  price money not null, lsn pg_lsn, multi int4multirange not null, one "char" not null, page xml,
  path jsonpath not null);
create table nothing ();
create table lonely (user_id uuid, doc json);
create table soon (id int primary key, user_id uuid, next int not null references soon deferrable initially deferred);
create table numbered (id serial primary key, user_id uuid); insert into numbered (id) select generate_series(1, 40);
create table rated (user_id uuid, stars int not null, note text default 'x' not null,
  check (stars between 1 and 5) not valid);
create table lower_mail (id serial primary key, user_id uuid, email text not null);
create unique index on lower_mail (lower(email)) where email <> '';
create table keyed (a text, b text, c text, primary key (a, b, c));
create table audited (id serial primary key, user_id uuid, n int not null);
create function twice() returns trigger language plpgsql as $$ begin
  insert into keyed values (new.id, 'x', 'y'); return new; end $$;
create trigger t after insert on audited for each row execute function twice();
"""


def test_odd_schemas(server: Server) -> None:
    found = filled(server, ODD)
    tables = {row.table for row in found.rows}
    assert not found.missing
    assert {"public.listed", "public.everywhere", "public.nothing", "public.audited"} <= tables
    for name in ("Odd Names", "parted", "bookings", "homes", "lonely", "soon", "numbered", "rated", "lower_mail"):
        assert {row.whose for row in found.of(f"public.{name}")} >= {OWNER, STRANGER}, name


def test_an_app_with_users_of_its_own(server: Server) -> None:
    found = filled(
        server,
        """create table "User" (id text primary key, email text unique not null, role text not null default 'USER');
        create table "Post" (id text primary key, "authorId" text not null references "User", title text not null);
        create table "Follow" (id serial primary key, "followerId" text not null references "User",
          "followingId" text not null references "User", unique ("followerId", "followingId"));""",
    )
    assert found.owned == {"public.User", "public.Post", "public.Follow"}
    ids = {actor: first(found, "User", actor).value("id") for actor in (OWNER, SUBSCRIBER, STRANGER)}
    assert first(found, "Post", OWNER).parties == (("authorId", OWNER),)
    assert first(found, "Follow", OWNER).value("followerId") == ids[OWNER]
    assert first(found, "Follow", OWNER).value("followingId") == ids[SUBSCRIBER]
    assert first(found, "Follow", SUBSCRIBER).value("followingId") == ids[OWNER]


def test_rows_hang_on_what_rules_can_see(server: Server) -> None:
    found = filled(
        server,
        """create table guides (id uuid primary key default gen_random_uuid(), user_id uuid references auth.users,
          status text not null default 'pending');
        create table fees (id uuid primary key default gen_random_uuid(), guide_id uuid not null references guides);
        alter table guides enable row level security;
        create policy seen on guides for select using (status = 'approved');
        create policy own on fees for insert with check (
          auth.uid() in (select user_id from guides where guides.id = guide_id));""",
    )
    for actor in (OWNER, STRANGER):
        guide = next(g for g in found.of("public.guides", actor) if g.value("status") == "approved")
        assert first(found, "fees", actor).value("guide_id") == guide.value("id")


def test_locks_that_no_rule_asks_for_are_open_and_shut(server: Server) -> None:
    found = filled(
        server,
        """create table clips (id uuid primary key default gen_random_uuid(),
          user_id uuid not null references auth.users, body text,
          access_type text not null default 'public'
            check (access_type in ('public', 'paid', 'tier')));
        alter table clips enable row level security;
        create policy seen on clips for select using (true);""",
    )
    assert {row.value("access_type") for row in found.of("public.clips", OWNER)} == {"public", "tier"}
