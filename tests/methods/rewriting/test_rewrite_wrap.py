"""What is the same for every row is asked once per statement; what is not stays; undoing gives the old text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.rewriting import wrap
from tests.support import laboratory

TABLES = """
create type public.app_role as enum ('admin', 'user');
create table public.members (org uuid, user_id uuid);
create table public.posts (user_id uuid, org uuid, tenant text, team uuid, email text);
alter table public.posts enable row level security;
create function public.is_admin() returns boolean language sql stable as $$ select true $$;
create function public.by_chance() returns boolean language sql volatile as $$ select random() > 0.5 $$;
create function public.my_teams() returns uuid[] language sql stable
  as $$ select array_agg(org) from public.members $$;
create function public.is_member(org uuid) returns boolean language sql stable as $$ select true $$;
create function public.has_role(who uuid, what public.app_role) returns boolean language sql stable
  as $$ select true $$;
create function public.must_be_signed_in() returns boolean language plpgsql stable as $$
begin if auth.uid() is null then raise exception 'sign in first'; end if; return true; end $$;
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    server = laboratory()
    name = server.create()
    with server.connect(name) as opened:
        opened.run(TABLES)
        yield opened
    server.drop(name)


def wrapped(session: Session, condition: str) -> str:
    """The condition that the server shows after the rewrite, or as it was where there is none."""
    with session.undone():
        session.run(f"create policy p on public.posts for all using ({condition}) with check ({condition})")
        before = catalog.read(session)
        found = [one for one in wrap.rewrites(before) if one.about == 'policy "p" on public.posts']
        for one in found:
            session.run(one.up)
        table = catalog.read(session).relation("posts")
        assert table
        if found:
            session.run(found[0].down)
            assert catalog.read(session) == before
        assert table.policies[0].using == table.policies[0].check
        return " ".join(table.policies[0].using.split())


@pytest.mark.parametrize(
    ("condition", "becomes"),
    [
        ("auth.uid() = user_id", "(( SELECT auth.uid() AS uid) = user_id)"),
        ("public.is_admin()", "( SELECT public.is_admin() AS is_admin)"),
        ("auth.uid()::text = tenant", "(( SELECT (auth.uid())::text AS uid) = tenant)"),
        (
            "nullif(current_setting('app.tenant', true), '')::uuid = org",
            "(( SELECT (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid AS \"nullif\") = org)",
        ),
        ("team = any (public.my_teams())", "(team = ANY (( SELECT public.my_teams() AS my_teams)))"),
        (
            "public.has_role(auth.uid(), 'admin')",
            "( SELECT public.has_role(auth.uid(), 'admin'::public.app_role) AS has_role)",
        ),
        (
            "org in (select m.org from public.members m where m.user_id = auth.uid())",
            "(org IN ( SELECT m.org FROM public.members m WHERE (m.user_id = ( SELECT auth.uid() AS uid))))",
        ),
        (
            "exists (select from members a where exists (select from members b where b.org = auth.uid()))",
            "(EXISTS ( SELECT FROM members a WHERE (EXISTS ( SELECT FROM members b WHERE (b.org = me)))))",
        ),
    ],
)
def test_what_is_the_same_for_all_rows_is_asked_once(session: Session, condition: str, becomes: str) -> None:
    told = wrapped(session, condition).replace("::uuid[]", "")
    assert told.replace("public.members", "members") == becomes.replace("public.members", "members").replace(
        "= me)", "= ( SELECT auth.uid() AS uid))"
    )


@pytest.mark.parametrize(
    "condition",
    [
        "true",
        "(select auth.uid()) = user_id",
        "public.by_chance()",
        "public.is_member(org)",
        "public.must_be_signed_in() and user_id is null",
        "user_id in (select auth.uid())",
        "now() > '2020-01-01' and tenant = current_user",
        "current_setting(tenant, true) = 'x'",
    ],
)
def test_what_hangs_on_the_row_or_on_chance_stays(session: Session, condition: str) -> None:
    with session.undone():
        session.run(f"create policy p on public.posts using ({condition})")
        assert not list(wrap.rewrites(catalog.read(session)))


def test_functions_behind_policies_ask_once_for_each_of_their_queries(session: Session) -> None:
    with session.undone():
        session.run("""
create function public.belongs(wanted uuid) returns boolean language plpgsql stable strict security definer cost 7
  set search_path to '' as $$ begin
  -- whose org it is
  return exists (select 1 from public.members m where m.org = wanted and m.user_id = auth.uid());
end $$;
create function public.me() returns uuid language sql stable as $$ select auth.uid() $$;
create policy p on public.posts using (public.belongs(org) or public.me() = user_id);""")
        before = catalog.read(session)
        found = {one.about: one for one in wrap.rewrites(before)}
        assert set(found) == {'policy "p" on public.posts', "function public.belongs(uuid)"}
        session.run(found["function public.belongs(uuid)"].up)
        (after,) = (r for r in catalog.read(session).routines if r.name == "public.belongs")
        assert "-- whose org it is" in after.body
        assert "m.user_id = (select auth.uid())" in after.body
        assert "STRICT SECURITY DEFINER COST 7" in after.definition
        session.run(found["function public.belongs(uuid)"].down)
        assert catalog.read(session) == before
