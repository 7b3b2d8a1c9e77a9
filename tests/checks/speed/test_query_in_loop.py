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


EXPRESS = """
import express from 'express';
import { PrismaClient } from '@prisma/client';
const prisma = new PrismaClient();
const app = express();
"""
ASKS = "for (const g of games) await prisma.coach.findFirst({ where: { name: g.coach } });"


def served(code: str, path: str = "server/site.ts", **others: str) -> list[Finding]:
    return audit_files({path: EXPRESS + code, **others}, only=NAME)


def test_a_page_of_visitors_weighs() -> None:
    (finding,) = served(
        f"app.get('/games', async (req, res) => {{ const games = await prisma.game.findMany(); {ASKS} res.end(); }});"
    )
    assert finding.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("/admin/games", ""),
        ("/games", "{ where: { status: 'pending' } }"),
        ("/games", "{ where: { OR: [{ state: 'queued' }, { state: 'running' }] } }"),
    ],
)
def test_what_the_staff_or_few_rows_ask_is_low(address: str, where: str) -> None:
    (finding,) = served(
        f"app.get('{address}', async (req, res) => {{ const games = await prisma.game.findMany({where});"
        f" {ASKS} res.end(); }});"
    )
    assert finding.severity is Severity.LOW


def test_a_file_that_only_sounds_like_a_job() -> None:
    lookup = "const me = await prisma.user.findUnique({ where: { id: req.user.id } }); "
    head = "import passport from 'passport';\nconst login = passport.authenticate('jwt');\n"
    (finding,) = served(
        f"{head}app.get('/games', login, async (req, res) => {{ {lookup}"
        f" const games = await prisma.game.findMany(); {ASKS} res.end(); }});",
        "server/process.ts",
    )
    assert finding.severity is Severity.MEDIUM


def test_a_timer_starts_it() -> None:
    (finding,) = served(
        f"async function round() {{ const games = await prisma.game.findMany(); {ASKS} }}\nsetInterval(round, 60000);"
    )
    assert finding.severity is Severity.LOW


FUNCTION = """
import { createClient } from 'npm:@supabase/supabase-js@2';
const db = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!);
Deno.serve(async () => {
  const { data: clubs } = await db.from('clubs').select('*');
  for (const club of clubs) await db.from('games').select('*').eq('club_id', club.id);
  return new Response('ok');
});
"""
PLAN = "select cron.schedule('rank', '0 3 * * *', $$ select net.http_post('https://x.example/functions/v1/rank') $$);"


def test_the_database_calls_the_function_at_night() -> None:
    files = {"supabase/functions/rank/index.ts": FUNCTION, "supabase/migrations/1_a.sql": PLAN}
    (finding,) = audit_files(files, only=NAME)
    assert finding.severity is Severity.LOW
    files["src/Page.tsx"] = CLIENT + "export const go = () => supabase.functions.invoke('rank');"
    (finding,) = audit_files(files, only=NAME)
    assert finding.severity is Severity.MEDIUM


def test_a_method_that_nobody_calls_is_low() -> None:
    kept = f"export class Store {{\n  async list() {{ const games = await prisma.game.findMany(); {ASKS} }}\n}}"
    (finding,) = served(kept)
    assert finding.severity is Severity.LOW
    (finding,) = served(kept, **{"server/use.ts": "export const f = (store) => store.list();"})
    assert finding.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("head", "mark"), [("export class Games extends Pages", ""), ("export class Games", "@Get('games')\n  ")]
)
def test_what_a_framework_may_call_is_no_dead_method(head: str, mark: str) -> None:
    (finding,) = served(f"{head} {{\n  {mark}async list() {{ const games = await prisma.game.findMany(); {ASKS} }}\n}}")
    assert finding.severity is Severity.MEDIUM


def test_what_was_just_paid_is_noted_at_once() -> None:
    paying = (
        "import Stripe from 'stripe'; const stripe = new Stripe(process.env.KEY);\n"
        "app.post('/pay', async (req, res) => { const shares = await prisma.share.findMany();"
        " for (const s of shares) { BODY } res.end(); });"
    )
    note = "await prisma.share.update({ where: { id: s.id }, data: { paid: true } });"
    assert not served(paying.replace("BODY", f"await stripe.transfers.create({{ amount: s.amount }});\n{note}"))
    assert served(paying.replace("BODY", note))


def test_of_two_branches_one_is_counted() -> None:
    ask = "await prisma.{}.findFirst({{ where: {{ name: g.name }} }});"
    (finding,) = served(
        "app.get('/games', async (req, res) => { const games = await prisma.game.findMany(); for (const g of games) {"
        f" if (g.home) {{\n{ask.format('hall')}\n}} else {{\n{ask.format('bus')}\n}}\n{ask.format('coach')} }}"
        " res.end(); });"
    )
    assert "2 calls" in finding.detail


ALCHEMY = """
from fastapi import FastAPI, Depends
from sqlalchemy import JSON, Column, String
from sqlalchemy.orm import Session, declarative_base
from app.db import get_db
Base = declarative_base()
app = FastAPI()

class Game(Base):
    __tablename__ = "games"
    id = Column(String, primary_key=True)
    name = Column(String)
    scorers = Column(JSON)

@app.post("/games/{game_id}")
def change(game_id: str, body: dict, db: Session = Depends(get_db)):
"""


@pytest.mark.parametrize(
    "code",
    [
        "game = db.get(Game, game_id)\n    for key, value in body.items():\n        setattr(game, key, value)",
        "for game in db.query(Game).all():\n        game.name = 'x'",
        "for game in db.query(Game).all():\n        db.delete(game)",
        "game = db.query(Game).filter(Game.id == game_id).first()\n    for s in game.scorers:\n        db.get(Game, s)",
    ],
)
def test_a_session_writes_in_one_go_and_a_row_is_no_list(code: str) -> None:
    assert not audit_files({"app/main.py": f"{ALCHEMY}    {code}\n    db.commit()\n"}, only=NAME)


def test_a_session_that_writes_each_turn() -> None:
    code = "for game in db.query(Game).all():\n        game.name = 'x'\n        db.commit()"
    assert audit_files({"app/main.py": f"{ALCHEMY}    {code}\n"}, only=NAME)
