"""What a rewrite does to rules of many forms, when it stays, and that nothing but the time changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apprescue.lab.session import Session
from apprescue.methods import catalog
from apprescue.methods.rewriting import merge, recursion, set_returning, wrap
from apprescue.methods.rewriting.at_volume import NEEDLESS, verdict
from apprescue.methods.rewriting.rewriting import BETTER, KINDS, MENDS, rewritten, tried
from apprescue.methods.rewriting.sameness import changed_access, mended
from apprescue.model.access import Access, Actor, Cell, Operation, Verdict
from apprescue.model.database import DatabaseError
from apprescue.model.intent import Intent, Meant
from apprescue.model.place import Code
from apprescue.model.rows import Filled
from apprescue.model.tuning import Rewrite
from apprescue.model.workload import Draw, Drawn, Standing, Statement
from tests.rewrites import all_kinds, harmless, proving, standing

ORGS = """
create table public.orgs (id uuid primary key default gen_random_uuid(), owner uuid not null references auth.users);
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
ATOMS = st.sampled_from(
    """auth.uid() = user_id; (select auth.uid()) = user_id; open; public.is_member(org); public.is_staff()
    public.has_role(auth.uid(), org, 'admin'); public.owns(org); org = any (public.my_orgs()); email = auth.email()
    email = (auth.jwt() ->> 'email'); auth.role() = 'authenticated'; user_id in (select auth.uid()); false; org is null
    nullif(current_setting('app.org', true), '')::uuid = org; coalesce(auth.uid()::text, '') = user_id::text
    org in (select m.org from public.members m where m.user_id = auth.uid()); user_id is not distinct from auth.uid()
    exists (select 1 from public.members m where m.org = posts.org and m.user_id = auth.uid() and public.is_staff())
    exists (select from public.orgs o where o.id = posts.org and (o.owner = auth.uid() or public.is_member(o.id)))
    user_id::text in (auth.uid()::text, auth.jwt() ->> 'sub'); case when public.is_staff() then open else false end
    user_id = (select m.user_id from public.members m where m.user_id = auth.uid() limit 1)
    (auth.jwt() -> 'app_metadata' ->> 'role') = 'admin'""".replace("\n", ";").split(";")
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda three: f"({' '.join(three)})"),
        inner.map("(not ({}))".format),
        inner.map("coalesce(({}), false)".format),
        inner.map("(({}) is not true)".format),
    ),
    max_leaves=5,
)
COMMANDS = st.sampled_from(["select", "all", "update", "delete", "insert"])
RULES = st.tuples(COMMANDS, st.sampled_from(["public", "authenticated", "anon, authenticated"]), CONDITIONS, CONDITIONS)
CLAUSES = {"insert": "with check ({1})", "select": "using ({0})", "delete": "using ({0})"}


@pytest.fixture(scope="module")
def orgs() -> Iterator[tuple[Session, Filled]]:
    with standing(ORGS) as made:
        yield made


def with_rules(session: Session, *rules: str) -> None:
    for number, rule in enumerate(rules):
        session.run(f"create policy p{number} on public.posts {rule};")


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=st.lists(RULES, min_size=1, max_size=4))
def test_no_rewrite_changes_a_row_or_a_cell(
    orgs: tuple[Session, Filled], rules: list[tuple[str, str, str, str]]
) -> None:
    session, people = orgs
    with session.undone():
        for number, (command, roles, using, check) in enumerate(rules):
            clause = CLAUSES.get(command, "using ({0}) with check ({1})").format(using.strip(), check.strip())
            session.run(f"create policy p{number} on public.posts for {command} to {roles} {clause}")
        for done in all_kinds(proving(session, people)):
            assert harmless(done), (done.rewrite, done.refused)


@pytest.mark.parametrize(
    ("rules", "joined"),
    [
        (["for select using (open)", "for select using (auth.uid() = user_id)"], ["select"]),
        (["using (open)", "using (org is null)"], ["all"]),
        (["for select to anon using (open)", "for select to authenticated using (open)"], []),
        (["for select using (open)", "for all using (org is null)"], []),
        (["as restrictive for select using (open)", "for select using (org is null)"], []),
        (["for update using (open)", "for update using (org is null) with check (open)"], ["update"]),
        (["for insert with check (open)", "for insert with check (org is null)"], ["insert"]),
        (["for all with check (open)", "for all using (org is null)"], ["all"]),
    ],
)
def test_only_rules_for_the_same_people_and_command_are_joined(
    orgs: tuple[Session, Filled], rules: list[str], joined: list[str]
) -> None:
    session, people = orgs
    with session.undone():
        with_rules(session, *rules)
        place = proving(session, people)
        found = tuple(merge.rewrites(place.catalog))
        assert [f"for {command} " in one.up for command, one in zip(joined, found, strict=True)] == [True] * len(joined)
        assert all(map(harmless, tried(place, found, session, (), lambda drawn, draw: 1.0)))


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ("public.is_member(org)", '"public"."is_member_set"()'),
        ("open or public.has_role(auth.uid(), org, 'admin')", '"public"."has_role_set"(auth.uid(), \'admin\'::text)'),
        ("public.owns(org) and open", '"public"."owns_set"()'),
        ("exists (select from public.orgs o where public.is_member(o.id))", '"public"."is_member_set"()'),
        ("not public.is_member(org)", ""),
        ("public.is_member(org) is false", ""),
        ("public.is_staff()", ""),
        ("public.has_role(user_id, org, 'admin')", ""),
    ],
)
def test_helper_asked_for_each_row_is_asked_once(orgs: tuple[Session, Filled], condition: str, asked: str) -> None:
    session, people = orgs
    with session.undone():
        with_rules(session, f"for select using ({condition})")
        place = proving(session, people)
        found = tuple(set_returning.rewrites(place.catalog))
        assert [f"in (select {asked})" in one.up or f"any (array(select {asked}))" in one.up for one in found] == (
            [True, True] if asked else []
        )
        assert all(map(harmless, tried(place, found, session, (), lambda drawn, draw: 1.0)))


def test_new_function_may_be_called_by_those_who_may_call_the_old_one(orgs: tuple[Session, Filled]) -> None:
    session, _ = orgs
    with session.undone():
        with_rules(session, "for select using (public.is_member(org) or public.owns(org))")
        for one in list(set_returning.rewrites(catalog.read(session)))[::2]:
            session.run(one.up)
        made = {routine.name: routine for routine in catalog.read(session).routines}
        assert made["public.is_member_set"].executors == ("authenticated", "service_role")
        assert made["public.is_member_set"].settings == ('search_path=""',)
        assert made["public.owns_set"].executors == ("anon", "authenticated", "service_role")
        assert (made["public.is_member_set"].definer, made["public.owns_set"].definer) == (True, False)


@pytest.mark.parametrize("name", ["looks_twice", "looks_by_chance", "looks_elsewhere", "says_no"])
def test_helper_that_does_more_stays(orgs: tuple[Session, Filled], name: str) -> None:
    bodies = {
        "looks_twice": "select exists (select from public.members m where m.org = $1 or m.org <> $1)",
        "looks_by_chance": "select exists (select from public.members m where m.org = $1 and random() > 0.5)",
        "looks_elsewhere": "select exists (select from public.members m group by m.org having m.org = $1)",
        "says_no": "select not exists (select from public.members m where m.org = $1)",
    }
    with orgs[0].undone():
        orgs[0].run(f"create function public.{name}(uuid) returns boolean language sql as $$ {bodies[name]} $$")
        with_rules(orgs[0], f"for select using (public.{name}(org))")
        assert not list(set_returning.rewrites(catalog.read(orgs[0])))


CIRCLE = """
create table public.teams (id uuid primary key default gen_random_uuid(), owner uuid not null references auth.users);
create table public.team_members (
  id uuid primary key default gen_random_uuid(), team uuid not null references public.teams (id),
  user_id uuid not null references auth.users (id));
alter table public.teams enable row level security;
alter table public.team_members enable row level security;
create policy t on public.teams for select to authenticated using (
  owner = auth.uid() or exists (select from public.team_members m where m.team = teams.id and m.user_id = auth.uid()));
create policy m on public.team_members for select to authenticated using (
  exists (select from public.teams t where t.id = team_members.team and t.owner = auth.uid()) or user_id = auth.uid());
"""
TEAMS = Intent(
    {
        "public.teams": Meant("public.teams", owners=("owner",), public=False, linked=True),
        "public.team_members": Meant("public.team_members", owners=("user_id",), public=False, linked=True),
    }
)


def test_circle_is_broken_with_one_function_and_what_failed_works() -> None:
    with standing(CIRCLE) as (session, people):
        place = proving(session, people, TEAMS)
        own = [c for c in place.access.cells if c.actor is Actor.OWNER and c.operation is Operation.SELECT]
        assert {c.verdict for c in own if c.row == "own"} == {Verdict.BROKEN}
        (one,) = tried(place, tuple(recursion.rewrites(place.catalog)), session, (), lambda drawn, draw: 1.0)
        assert not one.refused
        assert one.rewrite.up.count("create function") == 1
        session.run(one.rewrite.up)
        access = place.matrix(catalog.read(session))
        assert not [c for c in access.cells if c.verdict in (Verdict.BROKEN, Verdict.LEAK)]
        own = [c for c in access.cells if c.actor is Actor.OWNER and c.operation is Operation.SELECT]
        assert {c.verdict for c in own if c.row == "own"} == {Verdict.ALLOWED}
        session.run(one.rewrite.down)
        assert catalog.read(session) == place.catalog


@pytest.mark.parametrize(
    "condition",
    [
        "team in (select m.team from public.team_members m)",
        "exists (select from public.team_members m where m.team = team_members.team)",
    ],
)
def test_query_that_does_not_name_the_caller_never_gets_its_owners_rights(condition: str) -> None:
    with standing(CIRCLE) as (session, _):
        session.run(f"drop policy m on public.team_members; create policy m on public.team_members using ({condition})")
        assert not list(recursion.rewrites(catalog.read(session)))


def cell(verdict: Verdict, row: str = "own") -> Cell:
    return Cell("public.a", "table", "", Actor.OWNER, Operation.SELECT, row, verdict)


@pytest.mark.parametrize(
    ("before", "after", "well"),
    [
        (Verdict.BROKEN, Verdict.ALLOWED, True),
        (Verdict.BROKEN, Verdict.DENIED, True),
        (Verdict.BROKEN, Verdict.LEAK, False),
        (Verdict.UNTESTED, Verdict.BROKEN, False),
        (Verdict.BROKEN, Verdict.BROKEN, False),
        (Verdict.DENIED, Verdict.ALLOWED, False),
        (Verdict.ALLOWED, Verdict.DENIED, False),
    ],
)
def test_only_what_failed_may_come_out_otherwise_and_never_as_a_leak(
    before: Verdict, after: Verdict, well: bool
) -> None:
    other = (cell(Verdict.BROKEN, "other"), cell(Verdict.DENIED, "other"))
    if before is Verdict.BROKEN:
        assert (not mended(Access((cell(before),)), Access((cell(after),)))) is well
    else:
        assert (not mended(Access((cell(before), other[0])), Access((cell(after), other[1])))) is well


def test_any_other_cell_is_a_change() -> None:
    denied, allowed = Access((cell(Verdict.DENIED),)), Access((cell(Verdict.ALLOWED),))
    assert changed_access(denied, denied) == ""
    assert "denied before, allowed after" in changed_access(denied, allowed)
    assert "denied before, nothing after" in changed_access(denied, Access())
    assert "nothing before, allowed after" in changed_access(Access(), allowed)
    new = replace(cell(Verdict.DENIED), object="public.f()", kind="function")
    assert changed_access(denied, Access((*denied.cells, new))) == ""
    assert changed_access(denied, Access((*denied.cells, replace(new, verdict=Verdict.LEAK))))


def rewrite(up: str, down: str) -> Rewrite:
    return Rewrite("wrap", "it", "public.posts", up, down, "")


ALTER = "alter policy p0 on public.posts using ({});"


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (rewrite(ALTER.format("true"), ALTER.format("auth.uid() = user_id")), "sees other rows of public.posts"),
        (rewrite(ALTER.format("(select auth.uid()) = user_id"), ""), "cannot be undone"),
        (rewrite(ALTER.format("nonsense"), ""), "The server refuses it"),
    ],
)
def test_what_changes_something_is_refused(orgs: tuple[Session, Filled], one: Rewrite, why: str) -> None:
    session, people = orgs
    with session.undone():
        with_rules(session, "for select using (auth.uid() = user_id)")
        place = proving(session, people)
        good = next(iter(wrap.rewrites(place.catalog)))
        done = tried(place, [good, replace(one, about="that")], session, (), lambda drawn, draw: 1.0)
        assert done[0].refused == NEEDLESS
        assert why in done[1].refused


def asked(sql: str, people: Filled) -> Drawn:
    owner = people.person(Actor.OWNER)
    assert owner
    return Drawn(Statement(sql, Code("a.ts", 3), "authenticated"), (Draw(Standing.HOT, owner.id),))


def took(session: Session, slow: str) -> Callable[[Drawn, Draw], float]:
    """A clock that takes a rule for slow while that text stands in it."""

    def milliseconds(drawn: Drawn, draw: Draw) -> float:
        rules = session.query("select coalesce(qual, '') || coalesce(with_check, '') from pg_policies")
        bodies = session.query("select prosrc from pg_proc where pronamespace = 'public'::regnamespace")
        return 100.0 if any(slow in text for (text,) in [*rules, *bodies]) else 10.0

    return milliseconds


def test_what_helps_stays_and_the_better_of_two_ways(orgs: tuple[Session, Filled]) -> None:
    session, people = orgs
    with session.undone():
        with_rules(session, "for select using (public.is_member(org))")
        place = proving(session, people)
        drawn = [asked("select * from public.posts", people), asked("select * from public.orgs", people)]
        in_list, in_array = tried(
            place, tuple(set_returning.rewrites(place.catalog)), session, drawn, took(session, "is_member(org)")
        )
        assert (in_list.refused, in_array.refused) in (("", BETTER), (BETTER, ""))
        assert [(was, now) for _, was, now in in_list.gains] == [(100.0, 10.0)]
        assert "1 queries" in in_list.same


def test_one_kind_begins_where_the_other_ended_and_all_is_undone_backwards(orgs: tuple[Session, Filled]) -> None:
    session, people = orgs
    with session.undone():
        with_rules(
            session,
            "for select using (public.is_member(org))",
            "for select using (user_id = auth.uid())",
        )
        place = proving(session, people)
        before = place.catalog
        steps = iter(range(10_000, 0, -10))
        drawn = [asked("select * from public.posts", people)]
        done, _ = rewritten(place, session, drawn, lambda drawn, draw: float(next(steps)), (*MENDS, *KINDS))
        stay = [one.rewrite for one in done if not one.refused]
        assert {one.kind for one in stay} <= {"set_returning", "wrap", "merge"}
        for one in reversed(stay):
            session.run(one.down)
        assert catalog.read(session) == before


def test_two_helpers_of_one_rule_are_both_asked_once(orgs: tuple[Session, Filled]) -> None:
    session, people = orgs
    with session.undone():
        with_rules(session, "for select using (public.is_member(org) or public.owns(org))")
        place = proving(session, people)
        drawn = [asked("select * from public.posts", people)]

        def milliseconds(drawn: Drawn, draw: Draw) -> float:
            ((rule,),) = session.query("select qual from pg_policies where policyname = 'p0'")
            return 10.0 + 30.0 * sum(f"{name}(org)" in rule for name in ("is_member", "owns"))

        done, _ = rewritten(place, session, drawn, milliseconds, (*MENDS, *KINDS))
        assert len([one for one in done if not one.refused]) == 2
        ((rule,),) = session.query("select qual from pg_policies where policyname = 'p0'")
        assert "is_member_set()" in rule
        assert "owns_set()" in rule
        for one in [one for one in done if not one.refused][::-1]:
            session.run(one.rewrite.down)
        assert catalog.read(session) == place.catalog


def test_what_gains_only_behind_another_is_tried_once_more(orgs: tuple[Session, Filled]) -> None:
    session, people = orgs
    with session.undone():
        with_rules(session, "for select using (public.is_staff())", "for select using (user_id = auth.uid())")
        place = proving(session, people)

        def milliseconds(drawn: Drawn, draw: Draw) -> float:
            rules = [rule for (rule,) in session.query("select qual from pg_policies where tablename = 'posts'")]
            staff, own = ("SELECT" in next(rule for rule in rules if name in rule) for name in ("is_staff", "user_id"))
            return {(False, False): 100.0, (True, False): 50.0, (False, True): 95.0, (True, True): 2.0}[staff, own]

        drawn = [asked("select * from public.posts", people)]
        done, _ = rewritten(place, session, drawn, milliseconds, [wrap])
        told = [one.refused for one in done if one.rewrite.about.startswith("policy") and "posts" in one.rewrite.about]
        assert told == ["", ""]


def test_it_must_help_somewhere_and_hurt_nowhere() -> None:
    assert verdict([("a", 10.0, 7.9)]) == ""
    assert verdict([("a", 10.0, 8.5)]) == NEEDLESS
    assert verdict([("a", 1.0, 0.5)]) == NEEDLESS
    assert verdict([]) == NEEDLESS
    assert "slower" in verdict([("a", 10.0, 1.0), ("b", 10.0, 11.5)])
    assert verdict([("a", 10.0, 1.0), ("b", 0.1, 0.2)]) == ""


def test_clock_that_gives_up_is_taken_for_endless(orgs: tuple[Session, Filled]) -> None:
    session, people = orgs
    with session.undone():
        with_rules(session, "for select using (auth.uid() = user_id)")
        place = proving(session, people)

        def milliseconds(drawn: Drawn, draw: Draw) -> float:
            if any("( SELECT auth.uid()" in using for (using,) in session.query("select qual from pg_policies")):
                return 20.0
            raise DatabaseError("57014", "it took too long")

        found = tried(place, tuple(wrap.rewrites(place.catalog)), session, [asked("select * from posts", people)],
                      milliseconds)  # fmt: skip
        assert [one.refused for one in found if "posts" in one.rewrite.about] == [""]


def test_what_cannot_stand_beside_another_is_told_from_what_can(orgs: tuple[Session, Filled]) -> None:
    session, people = orgs
    with session.undone():
        with_rules(session, "for select using (auth.uid() = user_id)")
        place = proving(session, people)
        (good, *_) = wrap.rewrites(place.catalog)
        made = [
            Rewrite("wrap", about, "public.posts", f"create function {name}() returns int language sql return 1",
                    f"drop function {name}()", "")
            for about, name in (("a", "one"), ("b", "one"), ("c", "two"))
        ]  # fmt: skip
        done = tried(place, [*made, good], session, (), lambda drawn, draw: 1.0)
        assert [harmless(one) for one in done] == [True, False, True, True]
        assert "already exists" in done[1].refused


def test_two_groups_of_rules_of_a_table_get_two_names(orgs: tuple[Session, Filled]) -> None:
    session, people = orgs
    with session.undone():
        rules = [f"for select to {role} using ({condition})" for role in ("anon", "authenticated")
                 for condition in ("open", "org is null")]  # fmt: skip
        with_rules(session, *rules)
        place = proving(session, people)
        done = tried(place, tuple(merge.rewrites(place.catalog)), session, (), lambda drawn, draw: 1.0)
        assert [one.refused for one in done] == [NEEDLESS, NEEDLESS]
