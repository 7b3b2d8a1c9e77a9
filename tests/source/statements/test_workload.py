"""What an app asks, put together: screens and their weights, equal statements, libraries that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apprescue.model.workload import Screen
from apprescue.source.statements.screens import WEIGHTS
from tests.source.statements.shop import Shop, shop

SUPABASE = """import { createClient } from '@supabase/supabase-js'
export const supabase = createClient(process.env.URL, process.env.KEY)
"""
HOOK = """import { supabase } from '../lib/client'
export const usePosts = async () => { const { data } = await supabase.from('posts').select('id')
return data }
"""
WALL = "import { usePosts } from '../hooks/usePosts'\nexport const Wall = () => usePosts()\n"
PG = "import { Pool } from 'pg'\nconst pool = new Pool()\n"


@pytest.fixture(scope="module")
def there() -> Iterator[Shop]:
    with shop() as made:
        yield made


def route(path: str, sql: str, method: str = "get") -> dict[str, str]:
    call = f"res.json(await pool.query(`{sql}`, [req.params.id]))"
    begin = f"import express from 'express'\n{PG}const app = express()\n"
    code = f"{begin}app.{method}('{path}', async (req, res) => {{ {call} }})\n"
    return {"server/app.js": code}


@pytest.mark.parametrize(
    ("path", "sql", "kind"),
    [
        ("/api/feed", "select * from posts order by created_at desc limit 20", Screen.FEED),
        ("/api/dashboard", "select sum(views) from posts where author_id = $1", Screen.DASHBOARD),
        ("/api/messages", "select * from comments where author_id = $1", Screen.INBOX),
        ("/api/find", "select * from posts where title ilike $1", Screen.SEARCH),
        ("/api/admin/people", "select * from users", Screen.ADMIN),
        ("/api/cron/clean", "delete from posts where id = $1", Screen.JOB),
        ("/api/things", "select * from posts where author_id = $1", Screen.LIST),
        ("/api/feed", "update posts set views = views + 1 where id = $1", Screen.WRITE),
    ],
)
def test_what_a_route_is_for(there: Shop, path: str, sql: str, kind: Screen) -> None:
    found = there.one(route(path, sql))
    assert (found.screen, found.kind, found.weight) == (f"GET {path}", kind, WEIGHTS[kind])


def test_a_component_s_query_is_its_page_s(there: Shop) -> None:
    files = {
        "package.json": '{"dependencies": {"react": "1", "vite": "1"}}',
        "src/lib/client.ts": SUPABASE,
        "src/hooks/usePosts.ts": HOOK,
        "src/components/Wall.tsx": WALL,
        "src/pages/Home.tsx": "import { Wall } from '../components/Wall'\nexport default () => <Wall />\n",
    }
    found = there.one(files)
    assert (found.screen, found.kind) == ("Home", Screen.FEED)


def test_a_page_of_next_has_its_address(there: Shop) -> None:
    code = f"{PG}export default async function Page() {{ return await pool.query('select id from posts') }}\n"
    files = {"package.json": '{"dependencies": {"next": "15"}}', "app/(main)/explore/page.tsx": code}
    found = there.one(files)
    assert (found.screen, found.kind) == ("/explore", Screen.FEED)


def test_the_same_on_two_screens_is_one_with_both_weights(there: Shop) -> None:
    code = f"""import express from 'express'
{PG}const app = express()
async function posts() {{ return await pool.query('select id from posts order by id limit 5') }}
app.get('/api/feed', async (req, res) => res.json(await posts()))
app.get('/api/things', async (req, res) => res.json(await posts()))
"""
    found = there.one({"server/app.js": code})
    assert found.weight == WEIGHTS[Screen.FEED] + WEIGHTS[Screen.LIST]
    assert found.screen == "GET /api/feed"


def test_keys_are_never_the_same_twice(there: Shop) -> None:
    one, other = route("/a", "select id from posts"), route("/b", "select title from posts")
    found = there.all({**one, "server/other.js": other["server/app.js"]})
    assert len({s.key for s in found}) == 2


def test_a_library_that_nobody_knows_is_said(there: Shop) -> None:
    code = (
        "import mongoose from 'mongoose'\nconst Post = mongoose.model('Post', new mongoose.Schema({}))\n"
        "export async function load(id) { return await Post.find({ id }) }\n"
    )
    assert there.untold({"server/app.js": code}).reason == "how mongo writes its SQL is not known"
