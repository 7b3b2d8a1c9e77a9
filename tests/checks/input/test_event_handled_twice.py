"""Webhooks that book every delivery."""

from __future__ import annotations

from tests.samples import edge
from tests.support import audit_files

NAME = "input/event_handled_twice"
EVENT = """
const event = await verifySignature(req);
"""


def found(work: str, sql: str = "") -> list[str]:
    files = edge(EVENT + work + 'return new Response("ok");', "pay-webhook")
    return [f.severity for f in audit_files(files | {"supabase/migrations/1.sql": sql}, only=NAME)]


def test_every_delivery_is_a_credit() -> None:
    assert found('await db.from("transactions").insert({ user_id: event.user, amount: event.amount });\n') == ["medium"]


def test_events_are_kept() -> None:
    work = """
        const { data: seen } = await db.from("processed_events").select("id").eq("id", event.id).maybeSingle();
        if (seen) return new Response("again");
        await db.from("transactions").insert({ user_id: event.user, amount: event.amount });
    """
    assert not found(work)


def test_the_payment_is_looked_up_first() -> None:
    work = """
        const { data: seen } = await db.from("transactions").select("id").eq("payment_id", event.id).maybeSingle();
        if (seen) return new Response("again");
        await db.from("transactions").insert({ payment_id: event.id, amount: event.amount });
    """
    assert not found(work)


def test_the_database_refuses_the_second() -> None:
    sql = "create table public.transactions (id uuid primary key, payment_id text unique, amount int);"
    assert not found('await db.from("transactions").insert({ payment_id: event.id, amount: event.amount });\n', sql)


def test_a_status_may_be_set_twice() -> None:
    assert not found('await db.from("orders").update({ status: "paid" }).eq("id", event.order);\n')
