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
        "await pool.query(`select * from zines where kind = '${req.query.q.toLowerCase().replace(/\\s+/g, '_')}'`)",
    ],
)
def test_sql_of_strangers(line: str) -> None:
    assert found(route(line)) == ["critical"]


def test_what_a_helper_runs_is_shown_where_the_address_puts_it_in() -> None:
    helper = POOL + "export async function ask(text) { return (await pool.query(text)).rows; }"
    text = """
        import { ask } from "./base";
        app.get("/find", signedIn, async (req, res) => {
          const kind = req.query.kind.toLowerCase();
          res.json(await ask(`select * from zines where kind = '${kind}'`));
        });
    """
    files = express(text)
    main = next(path for path, written in files.items() if "/find" in written)
    folder = main.rpartition("/")[0]
    [one] = audit_files(files | {f"{folder}/base.ts".lstrip("/"): helper}, only=NAME)
    assert one.place.path == main


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
        "await pool.query(`select * from zines where kind = '${req.query.q.replace(/'/g, \"''\")}'`)",
        "await pool.query(`select * from zines where kind = '${req.query.q.replace(/[^a-z]/g, '').trim()}'`)",
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


LISTED = """
    import express from "express";
    import { Pool } from "pg";
    const pool = new Pool();
    const app = express();
    app.get("/songs", async (req, res) => {
      const { sort, mood } = req.query;
      const known = (await pool.query("select column_name from information_schema.columns")).rows;
      const parts = [];
      const values = [];
      %s
      const { rows } = await pool.query(`select * from songs where ${parts.join(" and ")} order by "${sort}"`, values);
      res.json(rows);
    });
"""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("if (!known.includes(sort)) return res.sendStatus(400);", 0),
        ("if (!known.includes(sort)) return no(); values.push(mood); parts.push(`mood = $${values.length}`);", 0),
        ("", 1),
        ("if (!known.includes(sort)) return no(); parts.push(`mood = '${mood}'`);", 1),
    ],
)
def test_columns_that_a_list_knows_and_parts_joined_later(code: str, found: int) -> None:
    assert len(audit_files({"server.js": LISTED % code}, only="input/query_from_input")) == found


def test_columns_that_a_query_told_are_a_list_of_ones_own() -> None:
    code = """
        const told = await desk.request().input("name", req.query.shelf).query("select column_name from columns");
        const names = told.recordset.map((c) => c.column_name);
        if (!names.includes(sort)) return res.sendStatus(400);
    """
    assert not audit_files({"server.js": LISTED % code}, only="input/query_from_input")


def test_names_that_the_database_answered() -> None:
    text = """
        app.get("/rows", signedIn, async (req, res) => {
          const known = await pool.query("select table_name from tables where table_name = $1", [req.query.name]);
          if (!known.rows.length) return res.status(404).end();
          res.json(await pool.query(`select * from ${known.rows[0].table_name}`));
        });
    """
    assert not found(express(POOL + text))
    assert found(express(POOL + text.replace("known.rows[0].table_name}", "req.query.name}"))) == ["critical"]


def test_what_a_list_kept_of_a_list() -> None:
    text = """
        @app.get("/clips")
        async def clips(state: str = ""):
            known = frozenset({"ready", "sent"})
            asked = [one.strip() for one in state.split(",")TEST]
            said = ", ".join(f"'{one}'" for one in asked)
            return await database.execute(f"select * from clips where state in ({said})")
    """
    assert not found(fastapi(text.replace("TEST", " if one.strip() in known")))
    assert found(fastapi(text.replace("TEST", " if one.strip()"))) == ["critical"]


def test_a_text_that_others_are_searched_for_is_not_of_a_list() -> None:
    text = """
        @app.get("/find")
        async def find(q: str):
            shown = [tag for tag in await db.tags.distinct("name") if q.lower() in tag.lower()]
            return shown + await db.zines.find({"title": {"$regex": q}}).to_list(20)
    """
    assert found(fastapi(text)) == ["medium"]


@pytest.mark.parametrize(("most", "severities"), [("Math.min(asked, 500)", []), ("asked", ["critical"])])
def test_what_is_calculated_is_a_number(most: str, severities: list[str]) -> None:
    text = f"""
        app.get("/clips", async (req, res) => {{
          const asked = req.query.limit || 200;
          const most = Number.isFinite(asked) ? {most} : 200;
          res.json(await pool.query(`select * from clips limit ${{most}}`));
        }});
    """
    assert found(express(POOL + text)) == severities
