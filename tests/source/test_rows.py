"""Data keeps the table that it was read from, whatever the library: guards and checks depend on it."""

from textwrap import dedent

import pytest

from apprescue.source.flow import Flow
from apprescue.source.project import Project

MODELS = "class User(Base):\n    __tablename__ = 'people'\n"


def origins(path: str, code: str) -> list[str]:
    """The origins of what is handed to `seen(...)`."""
    project = Project({path: dedent(code), "models.py": MODELS})
    module = project.module(path)
    assert module is not None
    (step,) = [s for s in Flow(project).run_module(module, "server").steps if s.method == "seen"]
    return sorted(step.args[0].all_origins)


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        (
            "const { data } = await supabase.from('people').select('*').eq('id', id).single(); seen(data.role)",
            "row.people.role",
        ),
        ("const u = await prisma.user.findUnique({ where: { id } }); seen(u.role)", "row.user.role"),
        ("const u = await tx.session.findFirst({ where: { id } }); seen(u?.role)", "row.session.role"),
        ("const u = await db.query.people.findFirst({ where: eq(people.id, id) }); seen(u.role)", "row.people.role"),
        (
            "const { rows } = await pool.query('select * from people where id = $1', [id]); seen(rows[0].role)",
            "row.people.role",
        ),
        (
            "const [rows] = await pool.execute('select * from people where id = ?', [id]); seen(rows[0].role)",
            "row.people.role",
        ),
        ("const u = await User.findById(id); seen(u.role)", "row.User.role"),
        ("const u = await db.collection('people').findOne({ id }); seen(u.role)", "row.people.role"),
        ("const us = await prisma.user.findMany(); for (const u of us) seen(u.role)", "row.user.role"),
        (
            "const us = await prisma.user.findMany(); const m = us.filter((u) => u.ok).map((u) => u.role); seen(m)",
            "row.user.role",
        ),
    ],
)
def test_javascript(read: str, expected: str):
    assert expected in origins("a.js", f"async function f(id) {{ {read} }}")


def test_drizzle_rows_by_position_have_the_tables_own_name():
    code = """
        import { pgTable, integer } from 'drizzle-orm/pg-core';
        import { drizzle } from 'drizzle-orm/postgres-js';
        const people = pgTable('app_people', { id: integer('id') });
        const db = drizzle(client);
        async function f(id) { const [one] = await db.select().from(people).where(eq(people.id, id)); seen(one.role); }
    """
    assert origins("a.ts", code) == ["row.app_people.role"]


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ("user = await db.users.find_one({'id': x}); seen(user['role'])", "row.users.role"),
        ("user = await db.users.find_one({'id': x}); seen(user.get('role'))", "row.users.role"),
        ("user = session.query(User).filter(User.id == x).first(); seen(user.role)", "row.people.role"),
        (
            "user = (await db.execute(select(User).where(User.id == x))).scalar_one_or_none(); seen(user.role)",
            "row.people.role",
        ),
        ("user = await db.get(User, x); seen(user.role)", "row.people.role"),
        ("user = User.query.filter_by(id=x).first(); seen(user.role)", "row.people.role"),
        ("post = get_object_or_404(Post, pk=x); seen(post.owner)", "row.Post.owner"),
        ("post = Post.objects.filter(pk=x).first(); seen(post.owner)", "row.Post.owner"),
        ("row = await pool.fetchrow('select * from people where id = $1', x); seen(row['role'])", "row.people.role"),
        (
            "cur = conn.cursor(); cur.execute('select * from people'); row = cur.fetchone(); seen(row['role'])",
            "row.people.role",
        ),
        (
            "row = supabase.table('people').select('*').eq('id', x).execute(); seen(row.data[0]['role'])",
            "row.people.role",
        ),
    ],
)
def test_python(read: str, expected: str):
    body = "\n    ".join(read.split("; "))
    head = "from models import User\nfrom sqlalchemy import select\nfrom django.shortcuts import get_object_or_404\n"
    assert expected in origins("a.py", f"{head}async def f(x):\n    {body}\n")


@pytest.mark.parametrize(
    "code",
    [
        "const m = new Map(); seen(m.get(id))",
        "const m = new Map(); seen(m.delete(id))",
        "seen(Buffer.from('abc').toString())",
        "seen(Object.create({ data: id }))",
        "seen(list.find((x) => x.id === id))",
        "seen(await axios.get('/x'))",
        "seen(cache.delete(id))",
        "seen(supabase.storage.from('covers').list())",
    ],
)
def test_look_alikes_are_no_rows(code: str):
    assert not [o for o in origins("a.js", f"async function f(id, list) {{ {code} }}") if o.startswith("row.")]


def test_a_function_that_gives_back_a_row_or_nothing_keeps_it():
    code = """
        async function load(id) {
          const u = await prisma.user.findUnique({ where: { id } });
          if (!u) return null;
          return u;
        }
        async function f(id) { const user = await load(id); seen(user.role); }
    """
    project = Project({"a.js": dedent(code)})
    module = project.module("a.js")
    assert module is not None
    steps = [s for s in Flow(project).run_module(module, "server").steps if s.method == "seen"]
    assert all("row.user.role" in s.args[0].all_origins for s in steps)


def test_a_collection_is_updated_by_the_short_name_too():
    code = "async function f(id) { seen(await db.collection('people').update({ id }, { $set: { on: true } })); }"
    assert "row.people" in origins("a.js", code)
