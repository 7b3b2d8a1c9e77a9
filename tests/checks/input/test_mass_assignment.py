"""Whole requests as rows."""

from __future__ import annotations

import pytest

from tests.samples import edge, express, nextjs
from tests.support import audit_files

NAME = "input/mass_assignment"


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_a_body_is_the_row() -> None:
    text = 'app.post("/api/zines", signedIn, async (req, res) => res.json(await db.zine.create({ data: req.body })));'
    assert found(express(text)) == ["medium"]


def test_a_body_is_spread_into_a_person() -> None:
    text = """
        app.patch("/api/me", signedIn, async (req, res) => {
          res.json(await db.user.update({ where: { id: req.user.id }, data: { ...req.body } }));
        });
    """
    assert found(express(text)) == ["high"]


def test_by_an_edge_function() -> None:
    files = edge("""
        const body = await req.json();
        await db.from("zines").insert(body);
        return new Response("kept");
    """)
    assert found(files) == ["medium"]


def test_for_admins_it_is_little() -> None:
    text = """
        app.post("/api/zines", signedIn, adminsOnly, async (req, res) =>
          res.json(await db.zine.create({ data: req.body })));
    """
    assert found(express(text)) == ["low"]


@pytest.mark.parametrize(
    "text",
    [
        """
        app.post("/api/zines", signedIn, async (req, res) =>
          res.json(await db.zine.create({ data: { title: req.body.title } })));
        """,
        """
        app.post("/api/zines", signedIn, async (req, res) => {
          const { title, text } = req.body;
          res.json(await db.zine.create({ data: { title, text } }));
        });
        """,
        'app.post("/api/find", signedIn, async (req, res) => res.json(await db.zine.findMany({ where: req.body })));',
    ],
)
def test_look_alikes(text: str) -> None:
    assert not found(express(text))


def test_a_schema_strips_the_rest() -> None:
    files = nextjs("""
        import { z } from "zod";
        const schema = z.object({ title: z.string() });
        export async function POST(request) {
          const zine = schema.parse(await request.json());
          await db.from("zines").insert(zine);
          return NextResponse.json({ ok: true });
        }
    """)
    assert not found(files)


@pytest.mark.parametrize(("pipe", "wanted"), [("{ whitelist: true }", []), ("", ["high"])])
def test_a_pipe_of_nestjs_drops_what_no_rule_names(pipe: str, wanted: list[str]) -> None:
    main = f"""
        import {{ NestFactory }} from "@nestjs/core";
        import {{ ValidationPipe }} from "@nestjs/common";
        async function start() {{
          const app = await NestFactory.create(AppModule);
          app.useGlobalPipes(new ValidationPipe({pipe}));
          await app.listen(3000);
        }}
        start();
    """
    controller = """
        import { Controller, Patch, Body, UseGuards } from "@nestjs/common";
        import { AuthGuard } from "@nestjs/passport";
        import { PrismaClient } from "@prisma/client";
        const prisma = new PrismaClient();
        class Change { @IsString() name: string; }
        @UseGuards(AuthGuard("jwt"))
        @Controller("me")
        export class Me {
          @Patch() change(@Body() data: Change, @Req() req) {
            return prisma.user.update({ where: { id: req.user.id }, data });
          }
        }
    """
    assert found({"src/main.ts": main, "src/me.controller.ts": controller, "package.json": "{}"}) == wanted
