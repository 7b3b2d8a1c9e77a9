"""Repairs of addresses that reach rows by an id, whoever owns them."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired
from tests.samples import edge

SCHEMA = """
import { pgTable, serial, integer, text } from "drizzle-orm/pg-core";
export const users = pgTable("users", { id: serial("id").primaryKey(), email: text("email") });
export const shelves = pgTable("shelves", {
  id: serial("id").primaryKey(),
  ownerId: integer("owner_id").notNull().references(() => users.id),
  title: text("title"),
});
export const notes = pgTable("notes", {
  id: serial("id").primaryKey(),
  shelfId: integer("shelf_id").notNull().references(() => shelves.id),
  body: text("body"),
});
"""
STORE = """
import { eq } from "drizzle-orm";
import { notes, shelves } from "../shared/schema";
import { db } from "./db";

export class Store {
  async dropNote(id: number) {
    await db.delete(notes).where(eq(notes.id, id));
  }
  async renameShelf(id: number, title: string) {
    await db.update(shelves).set({ title }).where(eq(shelves.id, id));
  }
  async shelvesOf(owner: number) {
    return db.select().from(shelves).where(eq(shelves.ownerId, owner));
  }
}
export const store = new Store();
"""
DB = """
import { drizzle } from "drizzle-orm/node-postgres";
export const db = drizzle(process.env.DATABASE_URL!);
"""
ROUTES = """
import express from "express";
import jwt from "jsonwebtoken";
import { store } from "./store";

const app = express();

function signedIn(req: any, res: any, next: any) {
  try {
    req.user = jwt.verify(req.headers.authorization.split(" ")[1], process.env.JWT_SECRET!);
  } catch {
    return res.status(401).json({ message: "Sign in" });
  }
  next();
}

app.get("/api/shelves", signedIn, async (req: any, res) => {
  res.json(await store.shelvesOf(req.user.id));
});

ROUTE

app.listen(3000);
"""
DELETE = """
app.delete("/api/notes/:id", signedIn, async (req: any, res) => {
  const id = Number(req.params.id);
  if (!id) {
    return res.status(400).json({ message: "Which?" });
  }
  // Away with it
  await store.dropNote(id);
  res.json({ done: true });
});
"""


def drizzle(route: str, schema: str = SCHEMA) -> tuple[str, int]:
    files = {
        "package.json": '{"dependencies": {"express": "4", "drizzle-orm": "0.30", "jsonwebtoken": "9"}}',
        "shared/schema.ts": schema,
        "server/db.ts": DB,
        "server/store.ts": STORE,
        "server/routes.ts": ROUTES.replace("ROUTE", route),
    }
    after = repaired("access/narrow_to_caller", files)
    return after.files["server/routes.ts"], len(after.left) - 10 * len(after.patches)


def test_many_ids_at_once_are_no_row() -> None:
    route = """
app.post("/api/notes/clear", signedIn, async (req: any, res) => {
  const { noteIds } = req.body;
  if (!Array.isArray(noteIds)) {
    return res.status(400).json({ message: "Which?" });
  }
  await store.dropNote(noteIds);
  res.json({ done: true });
});
"""
    after, left = drizzle(route)
    assert "owned" not in after
    assert left == 1


def test_a_row_is_asked_whose_it_is_by_what_it_hangs_on() -> None:
    after, left = drizzle(DELETE)
    assert left == -10
    assert (
        "  const [owned] = await db\n"
        "    .select({ ownerId: shelves.ownerId })\n"
        "    .from(notes)\n"
        "    .innerJoin(shelves, eq(notes.shelfId, shelves.id))\n"
        "    .where(eq(notes.id, id));\n"
        "  if (owned?.ownerId !== req.user.id) {\n"
        '    return res.status(403).json({ message: "You are not allowed to do this" });\n'
        "  }\n"
        "  // Away with it\n"
        "  await store.dropNote(id);\n"
    ) in after
    assert 'import { eq } from "drizzle-orm";\n' in after
    assert 'import { notes, shelves } from "../shared/schema";\n' in after
    assert 'import { db } from "./db";\n' in after


def test_a_row_of_its_own_owner() -> None:
    after, left = drizzle("""
    app.patch("/api/shelves/:id", signedIn, async (req: any, res) => {
      await store.renameShelf(Number(req.params.id), req.body.title);
      res.json({ done: true });
    });
    """)
    assert left == -10
    assert ".from(shelves)\n" in after
    assert "eq(shelves.id, Number(req.params.id))" in after


def test_admins_go_on() -> None:
    after, left = drizzle(
        DELETE + '\napp.get("/x", signedIn, (req: any, res) => res.json(req.user.role === "admin" ? 1 : 2));'
    )
    assert left == -10
    assert 'if (owned?.ownerId !== req.user.id && req.user.role !== "admin") {' in after


@pytest.mark.parametrize(
    "schema",
    [
        SCHEMA.replace('ownerId: integer("owner_id").notNull().references(() => users.id),', ""),
        SCHEMA + 'export const members = pgTable("shelf_members", { shelfId: integer("shelf_id").notNull()'
        '.references(() => shelves.id), userId: integer("user_id").notNull(), role: text("role") });',
    ],
)
def test_where_nobody_or_not_only_the_owner_may_it_is_left(schema: str) -> None:
    after, _ = drizzle(DELETE, schema)
    assert after == ROUTES.replace("ROUTE", DELETE).lstrip("\n")


def test_with_prisma() -> None:
    files = {
        "package.json": '{"dependencies": {"next": "14", "@prisma/client": "5", "next-auth": "4"}}',
        "prisma/schema.prisma": """
        model User {
          id String @id
        }
        model Shelf {
          id     String @id
          userId String
          user   User   @relation(fields: [userId], references: [id])
        }
        model Note {
          id      String @id
          shelfId String
          shelf   Shelf  @relation(fields: [shelfId], references: [id])
        }
        """,
        "lib/prisma.ts": "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n",
        "app/api/notes/[id]/route.ts": """
        import { getServerSession } from 'next-auth';
        import { NextResponse } from 'next/server';
        import { prisma } from '../../../../lib/prisma';

        export async function DELETE(req: Request, { params }: { params: { id: string } }) {
          const session = await getServerSession();
          if (!session?.user?.id) {
            return NextResponse.json({ error: 'Sign in' }, { status: 401 });
          }
          const shelves = await prisma.shelf.count({ where: { userId: session.user.id } });
          await prisma.note.delete({ where: { id: params.id } });
          return NextResponse.json({ shelves });
        }
        """,
    }
    after = repaired("access/narrow_to_caller", files)
    assert after.left == []
    text = after.files["app/api/notes/[id]/route.ts"]
    assert (
        "  const owned = await prisma.note.findFirst({\n"
        "    where: { id: params.id },\n"
        "    select: { shelf: { select: { userId: true } } },\n"
        "  });\n"
        "  if (owned?.shelf?.userId !== session.user.id) {\n"
        "    return NextResponse.json({ error: 'You are not allowed to do this' }, { status: 403 });\n"
    ) in text


LIST = """
from fastapi import FastAPI
from motor.motor_asyncio import AsyncIOMotorClient

app = FastAPI()
db = AsyncIOMotorClient("mongodb://db").shop


@app.get("/orders")
async def orders(limit: int = 20):
    return await db.orders.find({}).limit(LIMIT).to_list(50)
"""


def capped(limit: str, page: str = "") -> str:
    files = {"requirements.txt": "fastapi\nmotor\n", "main.py": LIST.replace("LIMIT", limit), "src/page.ts": page}
    return repaired("speed/cap_page_size", files).files["main.py"]


def test_a_list_has_an_upper_end() -> None:
    assert ".limit(min(limit, 100)).to_list(50)" in capped("limit")
    assert ".limit(min(limit, 250))" in capped("limit", "export const orders = () => fetch(`/orders?limit=250`);\n")


def test_a_list_that_ends_or_is_asked_for_whole_is_left() -> None:
    assert ".limit(20)" in capped("20")
    assert ".limit(limit)" in capped("limit", "export const all = () => fetch(`/orders?limit=5000`);\n")


FORM = """
import express from 'express';
import { PrismaClient } from '@prisma/client';

const prisma = new PrismaClient();
const app = express();
app.use(express.json());

MORE
async function save(id: string, form: KIND) {
  return prisma.shelf.update({
    where: { id },
    data: form,
  });
}

app.put('/api/shelves/:id', async (req, res) => {
  res.json(await save(req.params.id, req.body));
});
"""


def saved(kind: str, more: str = "") -> str:
    files = {
        "package.json": '{"dependencies": {"express": "4", "@prisma/client": "5"}}',
        "server.ts": FORM.replace("KIND", kind).replace("MORE", more),
    }
    after = repaired("input/pick_fields", files)
    assert bool(after.patches) != bool(after.left)
    return after.files["server.ts"]


def test_only_the_fields_are_written_that_the_function_takes() -> None:
    assert "    data: { title: form.title, size: form.size },\n" in saved("{ title: string; size?: number | null }")
    named = "interface Form {\n  title: string; // shown\n  tags: { name: string }[];\n}\n"
    assert "    data: { title: form.title, tags: form.tags },\n" in saved("Form", named)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("any", ""),
        ("{ title: string; [key: string]: unknown }", ""),
        ("Form", "interface Form extends Base { title: string }"),
        ("Form", "type Form = { title: string } & Base;"),
        ("Form", "import { Form } from './form';"),
    ],
)
def test_a_type_that_is_open_says_nothing_of_the_fields(kind: str, more: str) -> None:
    assert "    data: form,\n" in saved(kind, more)


PROFILES = """
create table public.profiles (
  id uuid primary key, nick text, bio text, role text, balance numeric, email text, stripe_account_id text,
  created_at timestamptz
);
create policy "admins" on public.profiles for all using (role = 'admin');
"""


def own_profile(written: str, where: str = "user.id") -> str:
    text = f"""
        const user = await whoCalls(req);
        if (!user) return new Response("no", {{ status: 401 }});
        const changes = await req.json();
        await db.from("profiles").update({written}).eq("id", {where});
        return new Response("done");
    """
    files = edge(text, "change-profile") | {"supabase/migrations/1_profiles.sql": PROFILES}
    after = repaired("input/pick_fields", files)
    assert bool(after.patches) != bool(after.left)
    return after.files["supabase/functions/change-profile/index.ts"]


def test_of_his_own_row_a_person_writes_what_gives_no_power() -> None:
    assert ".update({ nick: changes.nick, bio: changes.bio }).eq(" in own_profile("{ ...changes }")
    text = own_profile("{ ...changes, updated_at: now }")
    assert ".update({ nick: changes.nick, bio: changes.bio, updated_at: now })" in text


def test_of_others_rows_nothing_is_told() -> None:
    assert "{ ...changes }" in own_profile("{ ...changes }", "changes.id")


PEOPLE = """
model User {
  id           String  @id
  name         String
  bio          String?
  passwordHash String
  posts        Post[]
}
model Post {
  id       String @id
  title    String
  authorId String
  author   User   @relation(fields: [authorId], references: [id])
}
"""


def shown(call: str, more: str = "") -> str:
    files = {
        "package.json": '{"dependencies": {"next": "14", "@prisma/client": "5"}}',
        "prisma/schema.prisma": PEOPLE,
        "lib/prisma.ts": "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n",
        "app/api/people/[id]/route.ts": f"""
        import {{ NextResponse }} from 'next/server';
        import {{ prisma }} from '../../../../lib/prisma';

        export async function GET(req: Request, {{ params }}: {{ params: {{ id: string }} }}) {{
          const found = await {call};
          {more}
          return NextResponse.json(found);
        }}
        """,
    }
    after = repaired("access/hide_private_fields", files)
    assert bool(after.patches) != bool(after.left)
    return after.files["app/api/people/[id]/route.ts"] if after.patches else ""


def test_columns_are_named_in_place_of_whole_rows() -> None:
    after = shown("prisma.user.findUnique({ where: { id: params.id } })")
    assert "findUnique({ where: { id: params.id }, select: { id: true, name: true, bio: true } });" in after


def test_what_is_read_along_goes_on_inside() -> None:
    after = shown("prisma.user.findUnique({\n    where: { id: params.id },\n    include: { posts: true },\n  })")
    assert "select: {" in after
    assert "bio: true," in after
    assert "posts: true }" in after
    assert "include" not in after


def test_a_relation_is_read_along_without_them() -> None:
    after = shown("prisma.post.findUnique({ where: { id: params.id }, include: { author: true } })")
    assert "include: { author: { select: { id: true, name: true, bio: true } } }" in after


def test_what_the_handler_itself_looks_at_is_still_read() -> None:
    assert not shown("prisma.user.findUnique({ where: { id: params.id } })", "console.log(found?.passwordHash);")


REBOOK = """
import { createClient } from "npm:@supabase/supabase-js@2";
const corsHeaders = { "Access-Control-Allow-Origin": "*" };
Deno.serve(async (req) => {
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: { user } } = await db.auth.getUser(req.headers.get("Authorization")!.replace("Bearer ", ""));
  if (!user) return new Response("Who?");
  const { bookingId, note } = await req.json();
  await db.from("bookings").update({ note }).eq("id", bookingId);
  return new Response("done", { headers: corsHeaders });
});
"""
BOOKINGS = "create table public.bookings (id uuid primary key, user_id uuid references auth.users (id), note text);"


def test_an_edge_function_asks_whose_row_it_is() -> None:
    name = "supabase/functions/rebook/index.ts"
    after = repaired("access/narrow_to_caller", {name: REBOOK, "supabase/migrations/1_bookings.sql": BOOKINGS})
    assert after.left == []
    assert (
        '  const { data: owned } = await db\n    .from("bookings")\n    .select("user_id")\n    .eq("id", bookingId)\n'
        "    .maybeSingle();\n  if (owned?.user_id !== user.id) {\n    return new Response(JSON.stringify("
        '{ error: "You are not allowed to do this" }), {\n      status: 403,\n      headers: { ...corsHeaders,'
    ) in after.files[name]


HOSTED = """
create table public.bookings (id uuid primary key, user_id uuid, host_id uuid not null, note text);
alter table public.bookings enable row level security;
create policy theirs on public.bookings for update using ((select auth.uid()) = host_id);
"""


def test_the_row_rules_tell_whose_a_row_is() -> None:
    name = "supabase/functions/rebook/index.ts"
    after = repaired("access/narrow_to_caller", {name: REBOOK, "supabase/migrations/1_bookings.sql": HOSTED})
    assert "if (owned?.host_id !== user.id) {" in after.files[name]


LOGINS = {
    "package.json": '{"dependencies": {"next": "15", "@prisma/client": "5", "jsonwebtoken": "9", "better-auth": "1"}}',
    "prisma/schema.prisma": """
    model User {
      id    String @id
      email String @unique
    }
    model Shelf {
      id     String @id
      userId String
      user   User   @relation(fields: [userId], references: [id])
    }
    """,
    "lib/prisma.ts": "import { PrismaClient } from '@prisma/client';\nexport const prisma = new PrismaClient();\n",
    "lib/auth.ts": "import { betterAuth } from 'better-auth';\nexport const auth = betterAuth({});\n",
    "app/api/login/route.ts": "import jwt from 'jsonwebtoken';\nexport const made = (id) => jwt.sign({ uid: id }, 1);",
}
CLERK = "import { auth } from '@clerk/nextjs/server';"
NEXT_AUTH = "import { getServerSession } from 'next-auth';"
OWN_ROW = """const session = await getServerSession();
  const me = await prisma.user.findUnique({ where: { email: session?.user?.email } });
  if (!me) {"""
SHELF = """
import { NextResponse } from 'next/server';
import { prisma } from '../../../../lib/prisma';
IMPORT

export async function DELETE(req: Request, { params }: { params: { id: string } }) {
  LOGIN
  await prisma.shelf.delete({ where: { id: params.id } });
  return NextResponse.json({ done: true });
}
"""
NOBODY = "return NextResponse.json({ error: 'Sign in' }, { status: 401 });"


@pytest.mark.parametrize(
    ("source", "login", "caller"),
    [
        (
            "import { auth } from '@clerk/nextjs/server';",
            "const { userId } = await auth();\n  if (!userId) {",
            "userId",
        ),
        (
            "import { auth } from '@clerk/nextjs/server';",
            "const one = await auth();\n  if (!one.userId) {",
            "one.userId",
        ),
        (
            "import { auth } from '../../../../lib/auth';",
            "const session = await auth.api.getSession({ headers: req.headers });\n  if (!session) {",
            "session.user.id",
        ),
        (
            "import jwt from 'jsonwebtoken';",
            "const known = jwt.verify(req.headers.get('token'), KEY) as Known;\n  if (!known) {",
            "known.uid",
        ),
        (NEXT_AUTH, OWN_ROW, "me.id"),
    ],
)
def test_whoever_calls_is_named_as_the_login_answers(source: str, login: str, caller: str) -> None:
    name = "app/api/shelves/[id]/route.ts"
    text = SHELF.replace("IMPORT", source).replace("LOGIN", f"{login}\n    {NOBODY}\n  }}")
    after = repaired("access/narrow_to_caller", {**LOGINS, name: text})
    assert after.left == []
    assert f"  if (owned?.userId !== {caller}) {{\n    return NextResponse.json({{ error: 'You are" in after.files[name]


def test_a_row_that_the_request_chose_is_not_the_caller() -> None:
    name = "app/api/shelves/[id]/route.ts"
    login = (
        "const session = await getServerSession();\n"
        f"  if (!session) {{\n    {NOBODY}\n  }}\n"
        "  const user = await prisma.user.findUnique({ where: { id: new URL(req.url).searchParams.get('for') } });\n"
        "  console.log(user.id);"
    )
    text = SHELF.replace("IMPORT", NEXT_AUTH).replace("LOGIN", login)
    after = repaired("access/narrow_to_caller", {**LOGINS, name: text})
    assert after.patches == []


def test_a_fastify_handler_names_him_as_others_do() -> None:
    files = {
        "package.json": '{"dependencies": {"fastify": "4", "@prisma/client": "5", "@fastify/jwt": "8"}}',
        "prisma/schema.prisma": LOGINS["prisma/schema.prisma"],
        "main.ts": """
        import Fastify from "fastify";
        import { PrismaClient } from "@prisma/client";
        const prisma = new PrismaClient();
        const app = Fastify();
        const known = async (request, reply) => {
          await request.jwtVerify();
        };
        app.get("/shelves", { preHandler: known }, async (request) => {
          const { id } = request.user;
          return prisma.shelf.findMany({ where: { userId: id } });
        });
        app.delete("/shelves/:id", { preHandler: known }, async (request, reply) => {
          await prisma.shelf.delete({ where: { id: request.params.id } });
          return { done: true };
        });
        """,
    }
    after = repaired("access/narrow_to_caller", files)
    assert after.left == []
    assert (
        "  if (owned?.userId !== request.user.id) {\n    return reply.code(403).send({ error: "
        in after.files["main.ts"]
    )


def test_two_things_are_asked_about_and_a_transaction_before_it_begins() -> None:
    name = "app/api/shelves/[id]/route.ts"
    login = f"const session = await getServerSession();\n  if (!session?.user?.id) {{\n    {NOBODY}\n  }}"
    text = SHELF.replace("IMPORT", NEXT_AUTH).replace("LOGIN", login)
    inside = (
        "const { other } = await req.json();\n"
        "  await prisma.$transaction(async (tx) => {\n"
        "    await tx.shelf.delete({ where: { id: params.id } });\n"
        "    await tx.shelf.update({ where: { id: other }, data: { first: true } });\n"
        "  });"
    )
    text = text.replace("await prisma.shelf.delete({ where: { id: params.id } });", inside)
    after = repaired("access/narrow_to_caller", {**LOGINS, name: text})
    assert after.left == []
    made = after.files[name]
    assert "where: { id: params.id },\n    select: { userId: true }" in made
    assert "  const ownedShelf = await prisma.shelf.findFirst({\n    where: { id: other },\n" in made
    assert made.index("ownedShelf?.userId") < made.index("$transaction")


EXPRESS = """
import express from "express";
import jwt from "jsonwebtoken";
IMPORT

const app = express();

function signedIn(req, res, next) {
  req.user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
  next();
}

app.get("/boats", signedIn, async (req, res) => {
  res.json(MINE);
});

app.put("/boats/:id", signedIn, async (req, res) => {
  CHANGE;
  res.json({ done: true });
});

app.listen(3000);
"""
BOATS = "create table boats (id text primary key, user_id text not null, name text);"


@pytest.mark.parametrize(
    ("source", "mine", "change", "load"),
    [
        (
            'import mongoose from "mongoose";\nconst Boat = mongoose.model("Boat", new mongoose.Schema({}));',
            "await Boat.find({ user_id: req.user.id })",
            "await Boat.findByIdAndUpdate(req.params.id, { name: req.body.name })",
            'const owned = await Boat.findById(req.params.id).select("user_id");',
        ),
        (
            'import { Pool } from "pg";\nconst pool = new Pool();',
            '(await pool.query("select * from boats where user_id = $1", [req.user.id])).rows',
            'await pool.query("update boats set name = $1 where id = $2", [req.body.name, req.params.id])',
            'const { rows: [owned] } = await pool.query("SELECT user_id FROM boats WHERE id = $1", [req.params.id]);',
        ),
        (
            'import { neon } from "@neondatabase/serverless";\nconst sql = neon(process.env.DATABASE_URL);',
            "await sql`select * from boats where user_id = ${req.user.id}`",
            "await sql`update boats set name = ${req.body.name} where id = ${req.params.id}`",
            "const [owned] = await sql`SELECT user_id FROM boats WHERE id = ${req.params.id}`;",
        ),
        (
            'import mysql from "mysql2/promise";\nconst pool = mysql.createPool({});',
            '(await pool.query("select * from boats where user_id = ?", [req.user.id]))[0]',
            'await pool.execute("update boats set name = ? where id = ?", [req.body.name, req.params.id])',
            'const [[owned]] = await pool.execute("SELECT user_id FROM boats WHERE id = ?", [req.params.id]);',
        ),
        (
            'import Database from "better-sqlite3";\nconst db = new Database("boats.db");',
            'db.prepare("select * from boats where user_id = ?").all(req.user.id)',
            'db.prepare("update boats set name = ? where id = ?").run(req.body.name, req.params.id)',
            'const owned = db.prepare("SELECT user_id FROM boats WHERE id = ?").get(req.params.id);',
        ),
        (
            'import { query } from "./db";',
            '(await query("select * from boats where user_id = $1", [req.user.id])).rows',
            'await query("update boats set name = $1 where id = $2", [req.body.name, req.params.id])',
            'const { rows: [owned] } = await query("SELECT user_id FROM boats WHERE id = $1", [req.params.id]);',
        ),
    ],
)
def test_in_the_words_of_other_libraries(source: str, mine: str, change: str, load: str) -> None:
    files = {
        "package.json": '{"dependencies": {"express": "4"}}',
        "schema.sql": "" if "mongoose" in source else BOATS,
        "db.js": 'import { Pool } from "pg";\nconst pool = new Pool();\n'
        "export const query = (text, values) => pool.query(text, values);\n",
        "main.js": EXPRESS.replace("IMPORT", source).replace("MINE", mine).replace("CHANGE", change),
    }
    after = repaired("access/narrow_to_caller", files)
    assert after.left == []
    assert f"  {load}\n  if (String(owned?.user_id) !== String(req.user.id)) {{\n" in after.files["main.js"]


def test_a_row_added_below_one_that_is_asked_about_needs_no_question_of_its_own() -> None:
    name = "app/api/shelves/[id]/route.ts"
    login = f"const session = await getServerSession();\n  if (!session?.user?.id) {{\n    {NOBODY}\n  }}"
    text = SHELF.replace("IMPORT", NEXT_AUTH).replace("LOGIN", login)
    more = "await prisma.sighting.create({ data: { shelfId: params.id, seen: true } });\n  return NextResponse"
    after = repaired(
        "access/narrow_to_caller", {**LOGINS, name: text.replace("return NextResponse.json({ d", f"{more}.json({{ d")}
    )
    assert after.left == []
    assert after.files[name].count("findFirst") == 1


@pytest.mark.parametrize(
    ("elsewhere", "staff"),
    [
        ("(session) => session.user.role === 'ADMIN'", " && session.user.role !== 'ADMIN'"),
        ("(session) => (session.user as any).role !== 'ADMIN'", " && (session.user as any).role !== 'ADMIN'"),
        ("(session) => ['ADMIN', 'STAFF', 'BUYER'].includes(session.user.role)", ["'ADMIN'", "'STAFF'"]),
        ("(session) => session.user.role === 'BUYER'", ""),
        ("(other) => other.role === 'ADMIN'", ""),
    ],
)
def test_the_staff_goes_on(elsewhere: str, staff: str | list[str]) -> None:
    name = "app/api/shelves/[id]/route.ts"
    login = (
        f"const session = await getServerSession();\n  if (!session?.user?.id) {{\n    {NOBODY}\n  }}\n"
        "  const userId = session.user.id;"
    )
    text = SHELF.replace("IMPORT", NEXT_AUTH).replace("LOGIN", login)
    after = repaired("access/narrow_to_caller", {**LOGINS, name: text, "lib/is.ts": f"export const is = {elsewhere};"})
    end = staff if isinstance(staff, str) else f" && ![{', '.join(staff)}].includes(session.user.role)"
    assert f"  if (owned?.userId !== userId{end}) {{\n" in after.files[name]


def test_a_handler_within_the_apps_own_wrapper_is_the_one_that_asks() -> None:
    pg = 'import { Pool } from "pg";\nconst pool = new Pool();\n'
    wrap = "const wrap = (handler) => (req, res, next) => Promise.resolve(handler(req, res, next)).catch(next);"
    text = EXPRESS.replace("IMPORT", pg + wrap).replace(
        "MINE", '(await pool.query("select * from boats where user_id = $1", [req.user.id])).rows'
    )
    text = text.replace("CHANGE", 'await pool.query("delete from boats where id = $1", [req.params.id])')
    text = text.replace("signedIn, async (req, res) => {", "signedIn, wrap(async (req, res) => {").replace(
        "  res.json({ done: true });\n}", "  res.json({ done: true });\n})"
    )
    text = text.replace(".rows);\n}", ".rows);\n})")
    files = {"package.json": '{"dependencies": {"express": "4"}}', "schema.sql": BOATS, "main.js": text}
    after = repaired("access/narrow_to_caller", files)
    assert after.left == []
    assert "[req.params.id]);\n  if (String(owned?.user_id) !== String(req.user.id)) {\n" in after.files["main.js"]


@pytest.mark.parametrize(
    ("more", "count"), [("", 1), ("heldById String\n  heldBy User @relation(fields: [heldById], references: [id])", 0)]
)
def test_who_made_a_row_owns_it_where_it_names_nobody_else(more: str, count: int) -> None:
    name = "app/api/shelves/[id]/route.ts"
    login = f"const session = await getServerSession();\n  if (!session?.user?.id) {{\n    {NOBODY}\n  }}"
    schema = LOGINS["prisma/schema.prisma"].replace("userId", "createdById")
    schema = schema.replace("id     String @id\n", f"id     String @id\n      {more}\n")
    text = SHELF.replace("IMPORT", NEXT_AUTH).replace("LOGIN", login)
    after = repaired("access/narrow_to_caller", {**LOGINS, "prisma/schema.prisma": schema, name: text})
    assert after.files[name].count("owned?.createdById !== session?.user?.id") == count
