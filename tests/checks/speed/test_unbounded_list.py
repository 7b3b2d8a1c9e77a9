"""Tables that are read whole."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Finding, Severity
from tests.support import audit_files

NAME = "speed/unbounded_list"
HEAD = """
import { createClient } from '@supabase/supabase-js';
const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""


def found(code: str, path: str = "src/pages/List.tsx") -> list[Finding]:
    return audit_files({path: HEAD + code}, only=NAME)


def test_a_growing_table_is_read_whole() -> None:
    (finding,) = found("""
export async function a() { return supabase.from('messages').select('*').order('created_at'); }
export async function b() { return supabase.from('messages').select('id').eq('published', true); }
""")
    assert finding.severity is Severity.MEDIUM
    assert "Every row of messages" in finding.detail
    assert len(finding.related) == 1


def test_what_belongs_to_one_person_weighs_less() -> None:
    (finding,) = found("export const a = (me) => supabase.from('notifications').select('*').eq('user_id', me);")
    assert finding.severity is Severity.LOW


def test_a_thousand_rows_are_no_limit() -> None:
    (finding,) = audit_files(
        {
            "app/a.py": """
                from motor.motor_asyncio import AsyncIOMotorClient
                db = AsyncIOMotorClient(URL)[NAME]
                async def orders():
                    return await db.orders.find({}).to_list(10000)
            """
        },
        only=NAME,
    )
    assert finding.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    "query",
    [
        "from('messages').select('*').limit(50)",
        "from('messages').select('*').range(from, from + 49)",
        "from('messages').select('*').eq('id', id).single()",
        "from('messages').select('*').eq('id', id)",
        "from('messages').select('*').in('id', ids)",
        "from('messages').select('*', { count: 'exact', head: true })",
        "from('categories').select('*')",
        "from('subscription_plans').select('*').order('price')",
        "from('user_roles').select('user_id').eq('role', 'admin')",
        "from('messages').insert({ a: 1 }).select()",
        "rpc('newest_messages', { n: 20 })",
    ],
)
def test_look_alikes(query: str) -> None:
    assert not found(f"export const a = (id, ids, from) => supabase.{query};")


def test_a_unique_column_leaves_one_row() -> None:
    table = "create table public.tickets (id uuid primary key, number int, unique (number));"
    code = HEAD + "export const a = (n) => supabase.from('tickets').select('*').eq('number', n);"
    assert not audit_files({"supabase/migrations/1_a.sql": table, "src/a.tsx": code}, only=NAME)


def test_a_backup_reads_every_table_by_nature() -> None:
    assert not found(
        "export const a = () => supabase.from('messages').select('*');", "supabase/functions/backup/index.ts"
    )


@pytest.mark.parametrize(
    "query",
    [
        "from('posts').select('*').eq('status', 'pending')",
        "from('orders').select('*').in('status', ['queued', 'running'])",
        "from('team_members').select('*').eq('team_id', id)",
        "from('order_items').select('*').eq('order_id', id)",
        "from('users').select('*').eq('reset_token', id)",
    ],
)
def test_short_by_nature(query: str) -> None:
    assert not found(f"export const a = (id) => supabase.{query};")


def test_a_page_of_the_staff_weighs_less() -> None:
    (finding,) = found("export const a = () => supabase.from('messages').select('*');", "src/pages/admin/List.tsx")
    assert finding.severity is Severity.LOW


def test_only_the_first_is_taken() -> None:
    code = """
import { drizzle } from 'drizzle-orm/node-postgres';
import { eq } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';
const users = pgTable('users', { name: text('name') });
const db = drizzle(process.env.DATABASE_URL);
export async function a(name) { READ return user; }
"""
    first = "const [user] = await db.select().from(users).where(eq(users.name, name));"
    assert not audit_files({"server/a.ts": code.replace("READ", first)}, only=NAME)
    assert audit_files({"server/a.ts": code.replace("READ", first.replace("[user]", "user"))}, only=NAME)


def test_a_method_that_nobody_calls() -> None:
    kept = HEAD + "export class Store {\n  async all() { return supabase.from('messages').select('*'); }\n}"
    assert not audit_files({"server/store.ts": kept}, only=NAME)
    assert audit_files({"server/store.ts": kept, "server/use.ts": "export const f = (s) => s.all();"}, only=NAME)


@pytest.mark.parametrize("end", [".subquery()", ".cte()"])
def test_a_part_of_another_query_is_no_list(end: str) -> None:
    code = """
from sqlalchemy.orm import Session
from app.models import Message
def count(db: Session):
    return db.query(Message).filter(Message.hidden == False)END
"""
    assert not audit_files({"app/a.py": code.replace("END", end)}, only=NAME)
    assert audit_files({"app/a.py": code.replace("END", ".all()")}, only=NAME)
