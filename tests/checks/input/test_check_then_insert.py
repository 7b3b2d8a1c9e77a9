"""Asking first and inserting later."""

from __future__ import annotations

from tests.samples import edge, express
from tests.support import audit_files

NAME = "input/check_then_insert"
TABLE = "create table public.likes (id uuid primary key, zine_id uuid, user_id uuid{});"
ASKS = """
const { zineId, userId } = await req.json();
const { data: old } = await db.from("likes").select("id").eq("zine_id", zineId).eq("user_id", userId).maybeSingle();
if (!old) await db.from("likes").insert({ zine_id: zineId, user_id: userId });
return new Response("liked");
"""


def found(unique: str, handler: str = ASKS) -> list[str]:
    files = edge(handler) | {"supabase/migrations/1_likes.sql": TABLE.format(unique)}
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_nothing_stops_the_second_row() -> None:
    assert found("") == ["low"]


def test_with_money_it_is_more() -> None:
    files = edge(ASKS.replace("likes", "payments")) | {
        "supabase/migrations/1.sql": TABLE.format("").replace("likes", "payments")
    }
    assert [finding.severity for finding in audit_files(files, only=NAME)] == ["medium"]


def test_a_unique_key_stands_behind_it() -> None:
    assert not found(", unique (zine_id, user_id)")


def test_something_else_is_inserted() -> None:
    other = ASKS.replace("user_id: userId", "user_id: crypto.randomUUID()").replace(
        '.eq("user_id", userId)', '.eq("id", userId)'
    )
    assert not found("", other)


def test_a_table_that_nobody_described() -> None:
    text = """
        app.post("/api/likes", signedIn, async (req, res) => {
          const old = await db.like.findFirst({ where: { userId: req.user.id } });
          if (!old) await db.like.create({ data: { userId: req.user.id } });
          res.end();
        });
    """
    assert not audit_files(express(text), only=NAME)
