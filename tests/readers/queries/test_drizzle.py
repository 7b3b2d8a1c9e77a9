from tests.readers.queries.reading import queries_in, told

SCHEMA = """
import { pgTable, integer, text } from 'drizzle-orm/pg-core';
export const posts = pgTable('blog_posts', { id: integer('id'), authorId: integer('author_id'), at: text('made_at') });
export const users = pgTable('users', { id: integer('id') });
"""
HEAD = """
import { drizzle } from 'drizzle-orm/node-postgres';
import { eq, and, or, desc, count, inArray } from 'drizzle-orm';
import { posts, users } from './schema';
const db = drizzle(pool);
"""


def test_the_names_are_the_databases():
    (query,) = queries_in(
        HEAD
        + """
export async function mine(me, ids) {
  const rows = await db.select().from(posts).leftJoin(users, eq(users.id, posts.authorId))
    .where(and(eq(posts.authorId, me), or(inArray(posts.id, ids), eq(posts.at, 'x'))))
    .orderBy(desc(posts.at)).limit(10);
  return rows.map((r) => r.id);
}""",
        schema=SCHEMA,
    )
    assert told(query) == "select blog_posts author_id.eq id,made_at.or"
    assert (query.embeds, query.order, query.limit) == (("users",), ("made_at",), 10)


def test_operations():
    asked = queries_in(
        HEAD
        + """
export async function all(row, id) {
  await db.insert(posts).values(row).returning();
  await db.insert(posts).values(row).onConflictDoUpdate({ target: posts.id, set: row });
  await db.update(posts).set({ at: row.at }).where(eq(posts.id, id));
  await db.delete(posts).where(eq(posts.id, id));
  await db.select({ n: count() }).from(posts);
  await db.query.posts.findFirst({ where: eq(posts.id, id), with: { author: true } });
  const [user] = await db.select().from(users).where(eq(users.id, id));
  show(user.id);
}""",
        schema=SCHEMA,
    )
    assert [told(q) for q in asked] == [
        "insert blog_posts",
        "upsert blog_posts",
        "update blog_posts id.eq",
        "delete blog_posts id.eq",
        "count blog_posts",
        "select posts id.eq",
        "select users id.eq",
    ]
    assert asked[5].single
    assert asked[5].embeds == ("author",)
