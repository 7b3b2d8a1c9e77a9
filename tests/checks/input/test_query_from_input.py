"""Questions to the database that strangers write."""

from __future__ import annotations

import pytest

from tests.samples import edge, express, fastapi
from tests.support import audit_files

NAME = "input/query_from_input"
POOL = 'import { Pool } from "pg";\nconst pool = new Pool();\n'


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def route(line: str) -> dict[str, str]:
    return express(POOL + f'app.get("/find", signedIn, async (req, res) => res.json({line}));')


@pytest.mark.parametrize(
    "line",
    [
        "await pool.query(`select * from zines where title = '${req.query.q}'`)",
        'await pool.query("select * from zines where title = \'" + req.query.q + "\'")',
        "await db.$queryRawUnsafe(`select * from zines order by ${req.query.sort}`)",
    ],
)
def test_sql_of_strangers(line: str) -> None:
    assert found(route(line)) == ["critical"]


def search(line: str) -> dict[str, str]:
    return edge(f"""
        const {{ q }} = await req.json();
        const {{ data }} = await {line};
        return new Response(JSON.stringify(data));
    """)


@pytest.mark.parametrize(
    "line",
    [
        'db.from("zines").select("*").or(`title.ilike.%${q}%,text.ilike.%${q}%`)',
        'db.from("zines").select("*").or([q ? `tags.cs.{${q}}` : null, "shown.eq.true"].filter(Boolean).join(","))',
    ],
)
def test_conditions_of_strangers(line: str) -> None:
    assert found(search(line)) == ["medium"]


def test_expressions_of_strangers() -> None:
    text = """
        @app.get("/find")
        async def find(q: str):
            return await db.zines.find({"title": {"$regex": q}}).to_list(20)
    """
    assert found(fastapi(text)) == ["medium"]


@pytest.mark.parametrize(
    "line",
    [
        'await pool.query("select * from zines where title = $1", [req.query.q])',
        "await pool.query(`select * from zines limit ${parseInt(req.query.limit)}`)",
        "await db.$queryRaw`select * from zines where title = ${req.query.q}`",
        "await pool.query(`select * from ${TABLE} where shown`)",
    ],
)
def test_look_alikes(line: str) -> None:
    assert not found(route(line))


@pytest.mark.parametrize(
    "line",
    [
        'db.from("zines").select("*").ilike("title", `%${q}%`)',
        'db.from("zines").select("*").or("shown.eq.true,free.eq.true")',
        'db.from("zines").select("*").or(`title.ilike.%${q.replace(/[,().]/g, "")}%`)',
    ],
)
def test_filters_that_look_alike(line: str) -> None:
    assert not found(search(line))
