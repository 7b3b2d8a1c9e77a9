"""Lists that ask the database again for every row."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Finding, Severity
from tests.support import audit_files

NAME = "speed/query_in_loop"
CLIENT = """
import { createClient } from '@supabase/supabase-js';
export const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""


def found(code: str, path: str = "src/pages/Club.tsx", **others: str) -> list[Finding]:
    files = {"src/client.ts": CLIENT, path: "import { supabase } from '@/client';\n" + code, **others}
    return audit_files(files, only=NAME)


def test_one_query_per_row_of_a_list() -> None:
    (finding,) = found("""
export async function load(club) {
  const { data: games } = await supabase.from('games').select('*').eq('club_id', club);
  return Promise.all(games.map(async (game) => {
    const { data } = await supabase.from('players').select('*').eq('game_id', game.id);
    const { count } = await supabase.from('goals').select('*', { count: 'exact', head: true }).eq('game_id', game.id);
    return { ...game, data, count };
  }));
}""")
    assert finding.severity is Severity.MEDIUM
    assert "row of games" in finding.detail
    assert "2 calls" in finding.detail
    assert str(finding.place) == "src/pages/Club.tsx:5"


def test_the_query_may_stand_in_another_file() -> None:
    (finding,) = audit_files(
        {
            "app/db.py": "from motor.motor_asyncio import AsyncIOMotorClient\ndb = AsyncIOMotorClient(URL)[NAME]\n",
            "app/people.py": "from app.db import db\nasync def person(a):\n return await db.people.find_one({'a': a})",
            "app/games.py": """
                from app.db import db
                from app.people import person
                async def games():
                    found = await db.games.find({}).to_list(50)
                    for game in found:
                        game["coach"] = await person(game["coach_id"])
                    return found
            """,
        },
        only=NAME,
    )
    assert finding.severity is Severity.MEDIUM
    assert str(finding.place).startswith("app/games.py")


def test_writing_what_was_sent_one_by_one_is_low() -> None:
    (finding,) = found(
        """
export async function POST(request) {
  const { order } = await request.json();
  for (const [at, id] of order.entries()) { await supabase.from('tracks').update({ at }).eq('id', id); }
}""",
        "app/api/order/route.ts",
        **{"package.json": '{"dependencies": {"next": "15"}}'},
    )
    assert finding.severity is Severity.LOW


@pytest.mark.parametrize(
    "code",
    [
        # asked once for all
        """export async function f() { const { data } = await supabase.from('games').select('*').limit(50);
        return supabase.from('players').select('*').in('game_id', data.map((g) => g.id)); }""",
        # a short list of the code's own
        "export async function f() { for (const t of ['a', 'b', 'c']) await supabase.from(t).select('*'); }",
        # the first five
        """export async function f() { const { data } = await supabase.from('games').select('*');
        for (const g of data.slice(0, 5)) await supabase.from('players').select('*').eq('game_id', g.id); }""",
        # few rows by limit
        """export async function f() { const { data } = await supabase.from('games').select('*').limit(8);
        for (const g of data) await supabase.from('players').select('*').eq('game_id', g.id); }""",
        # the admins
        """export async function f() { const { data } = await supabase.from('people').select('*').eq('role', 'admin');
        for (const a of data) await supabase.from('notices').insert({ to: a.id }); }""",
        # trying again, and page after page
        """export async function f() { let free = false;
        while (!free) { const { data } = await supabase.from('codes').select('id').eq('a', b()); free = !data; } }""",
        # conditions that are added in a loop
        """export async function f(given) { let q = supabase.from('games').select('*');
        Object.entries(given).forEach(([k, v]) => { q = q.eq(k, v); }); return await q.limit(5); }""",
        # a handler of each row runs when somebody clicks
        """export function List({ games }) { return games.map((g) =>
        <button onClick={async () => { await supabase.from('games').delete().eq('id', g.id); }}>x</button>); }""",
    ],
)
def test_look_alikes(code: str) -> None:
    assert not found(code)


def test_seeds_are_run_by_hand() -> None:
    code = "async function f() { const { data } = await supabase.from('a').select('*'); "
    code += "for (const x of data) await supabase.from('b').select('*').eq('a', x.id); } f();"
    assert not found(code, "scripts/seed.ts")
