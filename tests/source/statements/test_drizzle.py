"""Drizzle's queries, beside what drizzle-orm 0.45.4 itself gave for the same (`toSQL()`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.source.statements.shop import Shop, shop

SCHEMA = """
import { pgTable, pgEnum, serial, integer, text, timestamp } from 'drizzle-orm/pg-core'
import { relations } from 'drizzle-orm'
export const users = pgTable('users', { id: integer('id').primaryKey(), email: text('email'), name: text('name') })
export const posts = pgTable('posts', {
  id: serial('id').primaryKey(),
  authorId: integer('author_id').references(() => users.id),
  title: text('title'),
  views: integer('views'),
  createdAt: timestamp('created_at'),
})
export const usersRelations = relations(users, ({ many }) => ({
  posts: many(posts),
}))
export const postsRelations = relations(posts, ({ one }) => ({
  author: one(users, { fields: [posts.authorId], references: [users.id] }),
}))
"""
BEGIN = """
import { drizzle } from 'drizzle-orm/node-postgres'
import { eq, and, or, desc, asc, count, sum, ilike, inArray, isNull, between, sql } from 'drizzle-orm'
import { users, posts } from './schema'
const db = drizzle(process.env.DATABASE_URL)
"""
COLUMNS = '"posts"."id", "posts"."author_id", "posts"."title", "posts"."created_at"'
THE_SAME = [
    (
        (
            "db.select({ id: posts.id }).from(posts).where(and(eq(posts.authorId, id), ilike(posts.title, `%${q}%`)))"
            ".orderBy(desc(posts.createdAt)).limit(5).offset(0)"
        ),
        (
            """select "id" from "posts" where ("posts"."author_id" = 1 and "posts"."title" ilike '%pple%')"""
            """ order by "posts"."created_at" desc limit 5 offset 0"""
        ),
    ),
    (
        "db.select({ id: posts.id, name: users.name }).from(posts).leftJoin(users, eq(posts.authorId, users.id))",
        """select "posts"."id", "users"."name" from "posts" left join "users" on "posts"."author_id" = "users"."id\"""",
    ),
    (
        (
            "db.query.posts.findMany({ columns: { id: true }, with: { author: true }, where: eq(posts.authorId, id),"
            " orderBy: [desc(posts.createdAt)], limit: 3 })"
        ),
        (
            """select "posts"."id", "posts_author"."data" as "author" from "posts" "posts" left join lateral (select"""
            """ json_build_array("posts_author"."id", "posts_author"."email", "posts_author"."name") as "data" from"""
            """ (select * from "users" "posts_author" where "posts_author"."id" = "posts"."author_id" limit 1)"""
            """ "posts_author") "posts_author" on true where "posts"."author_id" = 1"""
            """ order by "posts"."created_at" desc limit 3"""
        ),
    ),
    (
        (
            "db.query.users.findFirst({ columns: { id: true }, where: eq(users.id, id),"
            " with: { posts: { limit: 2, orderBy: desc(posts.createdAt), columns: { title: true } } } })"
        ),
        (
            """select "users"."id", "users_posts"."data" as "posts" from "users" "users" left join lateral (select"""
            """ coalesce(json_agg(json_build_array("users_posts"."title") order by "users_posts"."created_at" desc),"""
            """ '[]'::json) as "data" from (select * from "posts" "users_posts" where "users_posts"."author_id" ="""
            """ "users"."id" order by "users_posts"."created_at" desc limit 2) "users_posts") "users_posts" on true"""
            """ where "users"."id" = 1 limit 1"""
        ),
    ),
    ("db.select({ n: count() }).from(posts)", 'select count(*) from "posts"'),
]
MORE = [
    ("db.select({ id: posts.id }).from(posts).where(or(eq(posts.views, 0), isNull(posts.authorId)))", [(4,)]),
    ("db.select({ id: posts.id }).from(posts).where(inArray(posts.id, ids)).orderBy(asc(posts.id))", [(1,), (3,)]),
    ("db.select({ id: posts.id }).from(posts).where(between(posts.views, 5, 7)).orderBy(posts.id)", [(2,), (3,)]),
    ("db.select({ id: posts.id }).from(posts).where(sql`${posts.views} > ${n} and ${posts.id} < 3`)", [(1,), (2,)]),
    (
        (
            "db.select({ who: posts.authorId, all: sum(posts.views).as('all') }).from(posts).groupBy(posts.authorId)"
            ".orderBy(posts.authorId)"
        ),
        [(1, 15), (2, 7)],
    ),
    ("db.select({ id: users.id }).from(users).where(q ? eq(users.name, 'Ann') : undefined)", [(1,)]),
    (
        (
            "db.select({ id: users.id }).from(users)"
            ".where(inArray(users.id, db.select({ id: posts.authorId }).from(posts))).orderBy(users.id)"
        ),
        [(1,), (2,)],
    ),
]


@pytest.fixture(scope="module")
def there() -> Iterator[Shop]:
    with shop() as made:
        yield made


def files(call: str) -> dict[str, str]:
    code = f"{BEGIN}export async function load(id, q, ids, n) {{ return await {call} }}\n"
    return {"server/schema.ts": SCHEMA, "server/storage.ts": code}


@pytest.mark.parametrize(("call", "real"), THE_SAME)
def test_the_rows_are_those_of_the_library_s_own_sql(there: Shop, call: str, real: str) -> None:
    assert there.rows(there.one(files(call))) == there.asked(real)


@pytest.mark.parametrize(("call", "rows"), MORE)
def test_rows(there: Shop, call: str, rows: list[tuple[int, ...]]) -> None:
    assert there.rows(there.one(files(call)), id="1, 3") == rows


def test_changes(there: Shop) -> None:
    made = there.one(files("db.insert(posts).values({ title: q, authorId: id }).returning()"))
    assert made.writes
    assert there.after(made, "select author_id, title from posts where id > 100") == [(1, "New")]
    changed = there.one(files("db.update(posts).set({ views: sql`${posts.views} + 1` }).where(eq(posts.id, id))"))
    assert there.after(changed, "select views from posts where id = 1") == [(11,)]
    put = "db.insert(users).values({ id: 9, email: 'ann@x.org' })"
    put += ".onConflictDoUpdate({ target: users.email, set: { name: 'A' } })"
    assert there.after(there.one(files(put)), "select name from users where id = 1") == [("A",)]
    gone = there.one(files("db.delete(posts).where(eq(posts.id, 4)).returning({ id: posts.id })"))
    assert there.rows(gone) == [(4,)]


def test_a_change_of_unknown_columns_changes_an_ordinary_one(there: Shop) -> None:
    found = there.one(files("db.update(posts).set(q).where(eq(posts.id, id))"))
    assert there.after(found, "select title from posts where id = 1") == [("New",)]


def test_what_cannot_be_told_says_why(there: Shop) -> None:
    call = "db.query.posts.findMany({ where: (posts, { eq }) => eq(posts.id, id) })"
    assert "as a function" in there.untold(files(call)).reason
    assert "has no column `body`" in there.untold(files("db.select({ b: posts.body }).from(posts)")).reason
