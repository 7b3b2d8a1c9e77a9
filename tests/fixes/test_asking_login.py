"""Repairs of a JavaScript server's addresses that ask nobody who he is, in the words of the app's other addresses."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

FIX = "access/require_login"
NEXT = {
    "package.json": '{"dependencies": {"next": "14", "@prisma/client": "5", "jsonwebtoken": "9"}}',
    "prisma/schema.prisma": "model Note {\n  id String @id\n  title String\n  userId String\n}\n",
    "lib/prisma.ts": "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n",
    "lib/who.ts": """
    import jwt from 'jsonwebtoken';
    export function whoIs(request: Request) {
      const token = request.cookies.get('sid')?.value;
      if (!token) return null;
      try {
        return jwt.verify(token, process.env.JWT_SECRET!) as { id: string };
      } catch {
        return null;
      }
    }
    """,
    "app/api/drafts/route.ts": """
    import { NextResponse } from 'next/server';
    import { prisma } from '@/lib/prisma';
    import { whoIs } from '@/lib/who';
    export async function POST(request: Request) {
      const user = whoIs(request);
      if (!user) {
        return NextResponse.json({ error: 'Sign in' }, { status: 401 });
      }
      const { title } = await request.json();
      return NextResponse.json(await prisma.note.create({ data: { title, userId: user.id } }));
    }
    """,
    "app/drafts/page.tsx": """
    'use client';
    import { useUser } from '@/lib/user';
    export default function Drafts() {
      const { user } = useUser();
      if (!user) return null;
      const add = () => fetch('/api/drafts', { method: 'POST', body: JSON.stringify({ title: 'x' }) });
      return <button onClick={add}>Add</button>;
    }
    """,
}
BAD = "app/api/notes/[id]/route.ts"
HANDLER = """import { NextResponse } from 'next/server';
import { prisma } from '@/lib/prisma';
export async function PUT(request: Request, { params }: { params: { id: string } }) {
  try {
    const { title } = await request.json();
    return NextResponse.json(await prisma.note.update({ where: { id: params.id }, data: { title } }));
  } catch {
    return NextResponse.json({ error: 'Failed' }, { status: 500 });
  }
}
"""
ASKED = """  try {
    const user = whoIs(request);
    if (!user) {
      return NextResponse.json({ error: 'Sign in' }, { status: 401 });
    }

    const { title }"""


def page(body: str, head: str = "'use client';\n") -> str:
    """A page that makes a call."""
    return (
        f"{head}import {{ useUser }} from '@/lib/user';\nimport {{ send }} from '@/lib/send';\n"
        f"export default function Notes({{ id }}) {{\n{body}  return <button onClick={{save}}>Save</button>;\n}}\n"
    )


CALL = "  const save = () => fetch(`/api/notes/${id}`, { method: 'PUT', body: '{}' });\n"
SIGNED_IN = "  const { user } = useUser();\n  if (!user) return null;\n"


@pytest.mark.parametrize(
    "pages",
    [
        {"app/notes/page.tsx": page(SIGNED_IN + CALL)},
        {"app/notes/page.tsx": page(CALL.replace("'{}'", "JSON.stringify({ userId: user.id })"))},
        {
            "app/mine/layout.tsx": "export default function L() {\n  router.push('/login');\n  return null;\n}\n",
            "app/mine/notes/page.tsx": page(CALL),
        },
        {
            "app/notes/page.tsx": page(SIGNED_IN + CALL),
            "app/open/page.tsx": page("  const save = () => fetch(`/api/notes/${id}`);\n"),
        },
        {"lib/other.ts": "export const path = '/api/noted';\n"},
    ],
)
def test_it_asks_as_others_do(pages: dict[str, str]) -> None:
    after = repaired(FIX, {**NEXT, BAD: HANDLER, **pages})
    assert ASKED in after.files[BAD]
    assert "import { whoIs } from '@/lib/who';" in after.files[BAD]
    assert not after.left


@pytest.mark.parametrize(
    ("pages", "bad", "path"),
    [
        ({"app/notes/page.tsx": page(CALL)}, HANDLER, BAD),
        ({"app/notes/page.tsx": page(SIGNED_IN + CALL.replace("`/api", "`https://api.other.com/api"))}, HANDLER, BAD),
        (
            {"app/notes/page.tsx": page(SIGNED_IN + CALL.replace("body", "credentials: 'omit', body"))},
            HANDLER,
            BAD,
        ),
        ({"app/notes/page.tsx": page(CALL.replace("'{}'", "JSON.stringify({ by: user?.id || null })"))}, HANDLER, BAD),
        ({"lib/api.ts": "export const PATHS = { note: '/api/notes/1' };\n"}, HANDLER, BAD),
        ({"vercel.json": '{"crons": [{"path": "/api/notes/1"}]}'}, HANDLER, BAD),
        ({}, HANDLER.replace("title", "guestEmail"), BAD),
        ({}, HANDLER, "app/api/shared/[id]/route.ts"),
        ({"app/drafts/page.tsx": ""}, HANDLER, BAD),
        (
            {"app/notes/page.tsx": page(SIGNED_IN + CALL)},
            HANDLER.replace("const {", "const user = 1;\n    const {"),
            BAD,
        ),
    ],
)
def test_what_others_may_call_is_left(pages: dict[str, str], bad: str, path: str) -> None:
    assert not repaired(FIX, {**NEXT, path: bad, **pages}).patches


def test_a_function_that_pages_call_by_its_name_is_left() -> None:
    text = """
    'use server';
    import { prisma } from '@/lib/prisma';
    export async function rename(id: string, title: string) {
      await prisma.note.update({ where: { id }, data: { title } });
    }
    """
    assert not repaired(FIX, {**NEXT, "lib/actions.ts": text}).patches


EXPRESS = {
    "package.json": '{"dependencies": {"express": "4", "pg": "8", "jsonwebtoken": "9"}}',
    "server/guards.js": """
    import jwt from 'jsonwebtoken';
    export function signedIn(req, res, next) {
      try {
        req.user = jwt.verify((req.headers.authorization || '').replace('Bearer ', ''), process.env.JWT_SECRET);
        next();
      } catch {
        res.status(401).json({ error: 'Sign in' });
      }
    }
    export function adminsOnly(req, res, next) {
      signedIn(req, res, () => (req.user.role === 'admin' ? next() : res.status(403).end()));
    }
    """,
    "server/drafts.js": """
    import express from 'express';
    import { signedIn, adminsOnly } from './guards.js';
    import { pool } from './pool.js';
    const router = express.Router();
    router.post('/drafts', signedIn, async (req, res) => {
      await pool.query('INSERT INTO notes (title, user_id) VALUES ($1, $2)', [req.body.title, req.user.id]);
      res.json({});
    });
    router.delete('/admin/drafts', adminsOnly, async (req, res) => {
      await pool.query('DELETE FROM notes WHERE id = $1', [req.body.id]);
      res.json({});
    });
    export default router;
    """,
    "server/pool.js": "import pg from 'pg';\nexport const pool = new pg.Pool();\n",
    "server/index.js": """
    import express from 'express';
    import drafts from './drafts.js';
    import notes from './notes.js';
    const app = express();
    app.use('/api', drafts);
    app.use('/api', notes);
    app.listen(3000);
    """,
    "src/client.js": """
    import axios from 'axios';
    export const client = axios.create({ baseURL: '/api' });
    client.interceptors.request.use((c) => ({ ...c, headers: { Authorization: localStorage.token } }));
    """,
    "src/Drafts.jsx": """
    import { client } from './client';
    export function Drafts() {
      const { user } = useAuth();
      if (!user) return null;
      return <button onClick={() => client.post('/drafts', {})}>Add</button>;
    }
    """,
}


def notes(address: str) -> str:
    return (
        "import express from 'express';\nimport { pool } from './pool.js';\nconst router = express.Router();\n"
        f"router.put('{address}', async (req, res) => {{\n"
        "  await pool.query('UPDATE notes SET title = $1 WHERE id = $2', [req.body.title, req.params.id]);\n"
        "  res.json({});\n});\nexport default router;\n"
    )


def caller(call: str, asks: str = "  if (!user) return null;\n") -> str:
    return (
        "import { client } from './client';\nexport function Notes({ id }) {\n  const { user } = useAuth();\n"
        f"{asks}  return <button onClick={{() => {call}}}>Save</button>;\n}}\n"
    )


@pytest.mark.parametrize(
    ("address", "call", "guard"),
    [
        ("/notes/:id", "client.put(`/notes/${id}`, {})", "signedIn"),
        (
            "/notes/:id",
            "fetch(`/api/notes/${id}`, { method: 'PUT', headers: { Authorization: token } })",
            "signedIn",
        ),
        ("/admin/notes/:id", "client.put(`/admin/notes/${id}`, {})", "adminsOnly"),
    ],
)
def test_a_guard_goes_before_it(address: str, call: str, guard: str) -> None:
    after = repaired(FIX, {**EXPRESS, "server/notes.js": notes(address), "src/Notes.jsx": caller(call)})
    text = after.files["server/notes.js"]
    assert f"router.put('{address}', {guard}, async" in text
    assert f"import {{ {guard} }} from './guards.js';" in text


@pytest.mark.parametrize(
    ("call", "asks"),
    [
        ("fetch(`/api/notes/${id}`, { method: 'PUT' })", "  if (!user) return null;\n"),
        ("client.put(`/notes/${id}`, {})", ""),
    ],
)
def test_no_guard_where_it_would_fail(call: str, asks: str) -> None:
    files = {**EXPRESS, "server/notes.js": notes("/notes/:id"), "src/Notes.jsx": caller(call, asks)}
    assert not repaired(FIX, files).patches
