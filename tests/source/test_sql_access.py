"""Taking conditions of row rules apart."""

from __future__ import annotations

import pytest

from apprescue.model.place import Code
from apprescue.model.schema import DbFunction, Policy, Schema
from apprescue.source.sql_access import Who, ways_in


def circles(condition: str, *roles: str) -> list[Who]:
    policy = Policy("p", "public.things", "select", roles or ("public",), condition, "", Code("a.sql"))
    return sorted(way.who for way in ways_in(policy, Schema()))


@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ("true", Who.EVERYONE),
        ("is_public", Who.EVERYONE),
        ("status = 'published'", Who.EVERYONE),
        ("auth.uid() is not null", Who.MEMBERS),
        ("auth.role() = 'authenticated'", Who.MEMBERS),
        ("auth.uid() = user_id", Who.OWNER),
        ("(select auth.uid()) = user_id", Who.OWNER),
        ("user_id::text = auth.uid()::text", Who.OWNER),
        ("auth.uid() = any (member_ids)", Who.OWNER),
        ("(storage.foldername(name))[1] = (select auth.uid())::text", Who.OWNER),
        ("shop_id in (select id from shops where owner_id = auth.uid())", Who.RELATED),
        ("exists (select 1 from members m where m.thing_id = things.id and m.user_id = auth.uid())", Who.RELATED),
        ("exists (select 1 from user_roles where user_id = auth.uid() and role = 'admin')", Who.STAFF),
        ("public.has_role(auth.uid(), 'admin')", Who.STAFF),
        ("(select role from profiles where id = auth.uid()) = 'admin'", Who.STAFF),
        ("auth.role() = 'service_role'", Who.SERVICE),
        ("(auth.jwt() ->> 'role') = 'service_role'", Who.SERVICE),
        ("false", Who.NOBODY),
    ],
)
def test_a_condition_lets_in_one_circle(condition: str, who: Who) -> None:
    assert circles(condition) == [who]


@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ("org_id = public.mine()", Who.RELATED),
        ("id = any (array(select public.mine()))", Who.RELATED),
        ("public.my_kind() = 'admin'", Who.STAFF),
        ("slug = public.slug_of(title)", Who.EVERYONE),
    ],
)
def test_a_function_that_asks_who_calls_is_looked_into(condition: str, who: Who) -> None:
    asks = "select org_id from public.members where user_id = auth.uid()"
    bodies = {"mine": asks, "my_kind": asks, "slug_of": "select lower(title)"}
    functions = tuple(
        DbFunction(f"public.{name}", (), "text", "sql", body, Code("a.sql")) for name, body in bodies.items()
    )
    policy = Policy("p", "public.things", "select", ("public",), condition, "", Code("a.sql"))
    assert [way.who for way in ways_in(policy, Schema(functions=functions))] == [who]


def test_an_or_opens_two_ways_and_an_and_keeps_the_narrower() -> None:
    assert circles("auth.uid() = user_id or is_public") == [Who.OWNER, Who.EVERYONE]
    assert circles("auth.uid() = user_id and is_public") == [Who.OWNER]


def test_the_roles_of_a_rule_narrow_it() -> None:
    assert circles("true", "authenticated") == [Who.MEMBERS]
    assert circles("true", "service_role") == [Who.SERVICE]


def test_a_condition_that_is_no_sql_is_not_taken_as_open() -> None:
    assert circles("auth.uid( = ")[0] < Who.MEMBERS
