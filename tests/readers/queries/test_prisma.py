from tests.readers.queries.reading import queries_in, told

HEAD = "import { PrismaClient } from '@prisma/client';\nconst prisma = new PrismaClient();\n"


def test_a_list_with_its_conditions():
    (query,) = queries_in(
        HEAD
        + """
export async function list(me, page) {
  return prisma.booking.findMany({
    where: { status: { in: ['open'] }, OR: [{ hostId: me }, { guestId: me }], host: { is: { city: 'x' } } },
    include: { host: true, guest: { select: { name: true } } }, orderBy: { createdAt: 'desc' }, take: 20, skip: page,
  });
}"""
    )
    assert told(query) == "select booking status.in hostId,guestId.or host.city.eq"
    assert query.embeds == ("host", "guest")
    assert (query.order, query.limit, query.paged) == (("createdAt",), 20, True)


def test_operations():
    asked = queries_in(
        HEAD
        + """
export async function all(id, data) {
  await prisma.user.findUnique({ where: { id }, select: { id: true, _count: { select: { posts: true } } } });
  await prisma.user.create({ data });
  await prisma.user.update({ where: { id }, data: { name: data.name } });
  await prisma.user.deleteMany({ where: { id_name: { id, name: 'x' } } });
  await prisma.user.count();
  await prisma.$transaction(async (tx) => {
    await tx.session.upsert({ where: { id }, create: { a: 1 }, update: { b: 2 } });
  });
}"""
    )
    assert [told(q) for q in asked] == [
        "select user id.eq",
        "insert user",
        "update user id.eq",
        "delete user id.eq name.eq",
        "count user",
        "upsert session id.eq",
    ]
    assert asked[0].single
    assert asked[0].columns == ("id",)


def test_a_condition_built_step_by_step_is_read():
    (query,) = queries_in(
        HEAD
        + """
export async function list(q, me) {
  const where = { ownerId: me };
  if (q) where.title = { contains: q };
  return prisma.post.findMany({ where });
}"""
    )
    assert told(query) == "select post ownerId.eq title.ilike"


def test_look_alikes_are_no_queries():
    assert not queries_in(
        """
import Stripe from 'stripe';
const stripe = new Stripe('x');
export async function f(x) {
  await stripe.customers.create({ email: x });
  await openai.chat.completions.create({ model: 'x' });
  cache.delete(x); new Map().delete(x); items.count(); Object.create({ data: x });
}"""
    )
