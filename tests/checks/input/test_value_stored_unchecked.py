"""Values that are stored as they came."""

from __future__ import annotations

import pytest

from tests.samples import edge
from tests.support import audit_files

NAME = "input/value_stored_unchecked"
TABLE = """
    create table public.tips (
      id uuid primary key, amount numeric not null check (amount > 0), state text check (state in ('open', 'paid')),
      day date, note text, details jsonb
    );
"""
TIP = """
    const { amount, state, day, note } = await req.json();
    if (!amount) return new Response("no", { status: 400 });
    await db.from("tips").insert({ amount, state, day, note });
    return new Response("ok");
"""


def found(body: str, table: str = TABLE) -> list[str]:
    files = {**edge(body), "supabase/migrations/20250101000000_tips.sql": table}
    return [finding.detail for finding in audit_files(files, only=NAME)]


def test_numbers_words_and_dates_as_they_came() -> None:
    (told,) = found(TIP)
    assert "amount (a number), state (a word of a list), day (a date) in tips as it came" in told


def test_a_whole_body_by_its_fields() -> None:
    body = 'const body = await req.json();\nawait db.from("tips").insert({ amount: body.amount });'
    assert len(found(f'{body}\nreturn new Response("ok");')) == 1


@pytest.mark.parametrize(
    "code",
    [
        'const { note, details } = await req.json();\nawait db.from("tips").insert({ note, details });',
        'const { amount } = await req.json();\nawait db.from("tips").insert({ amount: Number(amount) });',
        'const { day } = await req.json();\nawait db.from("tips").insert({ day: new Date(day).toISOString() });',
        """const { amount } = await req.json();
        if (!Number.isFinite(amount)) return new Response("no", { status: 400 });
        await db.from("tips").insert({ amount });""",
        """const { amount } = await req.json();
        if (typeof amount !== "number" || amount <= 0) throw new Error("no");
        await db.from("tips").insert({ amount });""",
        """const { state } = await req.json();
        if (!["open", "paid"].includes(state)) return new Response("no", { status: 400 });
        await db.from("tips").insert({ state });""",
        """const { amount } = TipSchema.parse(await req.json());
        await db.from("tips").insert({ amount });""",
        """const { settings } = await req.json();
        await db.from("tips").insert({ amount: settings.amount });""",
        'await db.from("tips").insert({ amount: 5, state: "open" });',
    ],
)
def test_what_is_looked_at_turned_into_something_or_takes_anything(code: str) -> None:
    assert not found(f'{code}\nreturn new Response("ok");')
