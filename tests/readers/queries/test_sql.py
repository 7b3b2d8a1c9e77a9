import pytest

from tests.readers.queries.reading import queries_in, told


def test_pg_reads_its_numbered_values():
    (query,) = queries_in(
        """
        import { Pool } from 'pg';
        const pool = new Pool();
        export async function f(club, page) {
          const { rows } = await pool.query(
            `SELECT g.id, g.title FROM games g JOIN clubs c ON c.id = g.club_id
             WHERE g.club_id = $1 AND g.state <> 'lost' ORDER BY g.at DESC LIMIT 25 OFFSET $2`,
            [club, page]);
          return rows;
        }
        """
    )
    assert told(query) == "select games club_id.eq state.neq"
    assert query.filters[0].value.name == "club"
    assert (query.embeds, query.order, query.limit, query.paged) == (("clubs",), ("at",), 25, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sql`select * from games where id = ${id} and (a = ${1} or b = 2)`", "select games id.eq a,b.or"),
        ("sql`insert into games (a) values (${id}) on conflict (a) do update set a = 1`", "upsert games"),
        ("sql`select count(*) from games`", "count games"),
        ("sql`with best as (select * from games) select * from best`", "select games"),
        ("sql`delete from games where id = any(${id})`", "delete games id.eq"),
        ("sql`lower(title)`", ""),
    ],
)
def test_tagged_texts(text: str, expected: str):
    head = "import postgres from 'postgres';\nconst sql = postgres(url);\n"
    code = f"{head}export async function f(id) {{ return await {text}; }}"
    assert [told(q) for q in queries_in(code)] == ([expected] if expected else [])


def test_python_drivers():
    asked = queries_in(
        """
        import sqlite3
        from sqlalchemy import text
        async def f(pool, conn, db, x):
            row = await pool.fetchrow("select role from people where id = $1", x)
            cur = conn.cursor()
            cur.execute("UPDATE people SET a = ? WHERE id = ?", (1, x))
            cur.execute("SELECT name FROM people WHERE team = %s", (x,))
            for one in cur.fetchall():
                print(one["name"])
            db.execute(text("delete from people where id = :id"), {"id": x})
        """,
        "app/a.py",
    )
    assert [told(q) for q in asked] == [
        "select people id.eq",
        "update people id.eq",
        "select people team.eq",
        "delete people id.eq",
    ]
    assert asked[0].single
    assert [q.filters[0].value.name for q in asked] == ["x"] * 4


def test_marks_without_numbers_count_from_the_beginning_of_the_text():
    (query,) = queries_in(
        """
        import mysql from 'mysql2/promise';
        const pool = mysql.createPool({});
        export async function f(a, club, page) {
          return await pool.query('SELECT ? AS a FROM games WHERE club_id = ? LIMIT ? OFFSET ?', [a, club, 25, page]);
        }
        """
    )
    assert query.filters[0].value.name == "club"
    assert query.limit == 25
