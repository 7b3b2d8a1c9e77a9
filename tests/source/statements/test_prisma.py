"""Prisma's calls as the statements that its engine sends, run on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from apprescue.model.workload import Source, Statement
from tests.source.statements.shop import Shop, shop

SCHEMA = """
datasource db { provider = "postgresql" url = env("DATABASE_URL") }
enum State { draft live @@map("state") }
model User {
  id       Int       @id
  email    String    @unique
  name     String?
  joinedAt DateTime? @default(now()) @map("joined_at")
  posts    Post[]
  comments Comment[]
  liked    Post[]    @relation("liked")
  @@map("users")
}
model Post {
  id        Int       @id @default(autoincrement())
  authorId  Int       @map("author_id")
  author    User      @relation(fields: [authorId], references: [id])
  title     String
  status    State     @default(draft)
  views     Int       @default(0)
  createdAt DateTime  @default(now()) @map("created_at")
  tags      String[]
  comments  Comment[]
  likedBy   User[]    @relation("liked")
  @@map("posts")
}
model Comment {
  id       Int    @id @default(autoincrement())
  postId   Int    @map("post_id")
  post     Post   @relation(fields: [postId], references: [id])
  authorId Int?   @map("author_id")
  author   User?  @relation(fields: [authorId], references: [id])
  body     String
  @@map("comments")
}
"""
BEGIN = "import { PrismaClient } from '@prisma/client'\nconst prisma = new PrismaClient()\n"


@pytest.fixture(scope="module")
def there() -> Iterator[Shop]:
    with shop() as made:
        yield made


def files(call: str) -> dict[str, str]:
    code = f"{BEGIN}export async function load(id, q, ids, n) {{ return await {call} }}\n"
    return {"prisma/schema.prisma": SCHEMA, "server/app.ts": code}


def firsts(there: Shop, statement: Statement, **given: str) -> list[Any]:
    return [row[0] for row in there.rows(statement, **given)]


def test_all_columns_by_their_names_in_the_database(there: Shop) -> None:
    found = there.one(files("prisma.post.findMany({ where: { authorId: id }, orderBy: { createdAt: 'desc' } })"))
    assert '"public"."posts"."created_at"' in found.sql
    assert found.sql.endswith('ORDER BY "public"."posts"."created_at" DESC OFFSET 0')
    assert firsts(there, found) == [2, 1]


def test_one_by_its_key(there: Shop) -> None:
    found = there.one(files("prisma.user.findUnique({ where: { email: q }, select: { name: true } })"))
    assert "LIMIT 1 OFFSET 0" in found.sql
    assert there.rows(found) == [("Ann",)]


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("title: { contains: q, mode: 'insensitive' }", [1, 3]),
        ("title: { contains: q }", [1, 3]),
        ("title: { startsWith: 'App' }", [1]),
        ("status: 'live', views: { gte: 7 }", [1, 3]),
        ("OR: [{ views: 0 }, { title: 'Pears' }]", [2, 4]),
        ("NOT: { status: 'live' }", [2]),
        ("status: { not: 'live' }", [2]),
        ("id: { in: [1, 4] }", [1, 4]),
        ("id: { notIn: [1, 4] }", [2, 3]),
        ("tags: { has: 'a' }", [1, 3]),
        ("author: { name: 'Ann' }", [1, 2]),
        ("author: { isNot: { name: 'Ann' } }", [3, 4]),
        ("comments: { some: { body: 'nice' } }", [3]),
        ("comments: { none: {} }", [2, 4]),
        ("comments: { every: { body: 'nice' } }", [2, 3, 4]),
        ("likedBy: { some: { id: 1 } }", [3]),
        ("comments: { some: { author: { name: 'Bob' } } }", [1]),
        ("...(q && { views: 5 })", [2]),
    ],
)
def test_conditions(there: Shop, where: str, ids: list[int]) -> None:
    found = there.one(
        files(f"prisma.post.findMany({{ where: {{ {where} }}, select: {{ id: true }}, orderBy: {{ id: 'asc' }} }})")
    )
    assert firsts(there, found) == ids


def test_what_is_included_is_asked_for_with_the_keys_before(there: Shop) -> None:
    call = "prisma.post.findMany({ take: 5, include: { author: true, comments: { include: { author: true } } } })"
    posts, users, comments = there.all(files(call))
    assert "LIMIT 5" in posts.sql
    assert '"public"."users"' in users.sql
    assert users.parameters[0].many >= 5
    assert firsts(there, users, id="1, 2") == [1, 2]
    assert firsts(there, comments, post_id="1, 3") == [1, 2, 3]


def test_a_relation_s_take_cuts_only_below_one_row(there: Shop) -> None:
    inner = "include: { posts: { take: 1 } }"
    one = there.all(files(f"prisma.user.findUnique({{ where: {{ id }}, {inner} }})"))
    many = there.all(files(f"prisma.user.findMany({{ {inner} }})"))
    assert "LIMIT 1" in one[1].sql
    assert "LIMIT" not in many[1].sql


def test_many_to_many_goes_through_its_table(there: Shop) -> None:
    _, between, users = there.all(files("prisma.post.findFirst({ where: { id }, include: { likedBy: true } })"))
    assert there.rows(between) == [(1, 2), (1, 3)]
    assert firsts(there, users, id="2, 3") == [2, 3]


def test_counts_of_relations_are_joined(there: Shop) -> None:
    call = (
        "prisma.post.findMany({ select: { id: true, _count: { select: { comments: true } } }, orderBy: { id: 'asc' } })"
    )
    assert there.rows(there.one(files(call))) == [(1, 2), (2, 0), (3, 1), (4, 0)]
    ordered = (
        "prisma.post.findMany({ select: { id: true }, orderBy: [{ comments: { _count: 'desc' } }, { id: 'asc' }] })"
    )
    assert firsts(there, there.one(files(ordered))) == [1, 3, 2, 4]


def test_order_by_a_related_row_and_pages(there: Shop) -> None:
    call = "prisma.post.findMany({ select: { id: true }, "
    call += "orderBy: [{ author: { name: 'desc' } }, { id: 'asc' }], skip: 1, take: 2 })"
    assert firsts(there, there.one(files(call))) == [4, 1]


def test_a_cursor(there: Shop) -> None:
    call = "prisma.post.findMany({ select: { id: true }, cursor: { id }, orderBy: { createdAt: 'desc' }, take: 2 })"
    assert firsts(there, there.one(files(call)), id="3") == [3, 2]


def test_figures(there: Shop) -> None:
    assert there.rows(there.one(files("prisma.post.count({ where: { status: 'live' } })"))) == [(3,)]
    sums = there.one(files("prisma.post.aggregate({ _sum: { views: true }, _count: true, where: { authorId: id } })"))
    assert there.rows(sums) == [(2, 15)]
    groups = there.one(files("prisma.post.groupBy({ by: ['authorId'], _count: true, orderBy: { authorId: 'asc' } })"))
    assert there.rows(groups) == [(2, 1), (2, 2)]


def test_changes(there: Shop) -> None:
    made = there.one(files("prisma.comment.create({ data: { body: q, post: { connect: { id } } } })"))
    assert made.writes
    assert there.after(made, "select post_id, body from comments where id > 100") == [(1, "New")]
    more = there.one(files("prisma.post.update({ where: { id }, data: { views: { increment: 2 }, title: q } })"))
    assert there.after(more, "select views, title from posts where id = 1") == [(12, "New")]
    gone = there.one(files("prisma.comment.deleteMany({ where: { post: { title: 'apple pie' } } })"))
    assert there.after(gone, "select count(*) from comments") == [(2,)]
    row = "{ id: 9, email: 'ann@x.org' }"
    put = f"prisma.user.upsert({{ where: {{ email: 'ann@x.org' }}, create: {row}, update: {{ name: 'A' }} }})"
    found = there.one(files(put))
    assert "ON CONFLICT" in found.sql
    assert there.after(found, "select name from users where id = 1") == [("A",)]


def test_whoever_is_signed_in_is_himself(there: Shop) -> None:
    code = (
        "import express from 'express'\nimport jwt from 'jsonwebtoken'\n" + BEGIN + "const app = express()\n"
        "app.get('/api/feed', async (req, res) => { const user = jwt.verify(req.headers.authorization, process.env.S)\n"
        "res.json(await prisma.post.findMany({ where: { title: user.id } })) })\n"
    )
    found = there.one({"prisma/schema.prisma": SCHEMA, "server/app.ts": code})
    assert [p.source for p in found.parameters] == [Source.ME]
    assert found.screen == "GET /api/feed"


def test_what_is_not_there_says_why(there: Shop) -> None:
    assert "no schema file has a model `thing`" in there.untold(files("prisma.thing.findMany()")).reason
