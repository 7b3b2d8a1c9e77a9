"""Fastify apps in the forms that are written: built by a function, helpers put on the request, guards with options."""

from __future__ import annotations

from importlib import import_module
from textwrap import dedent

from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project


def routes(framework: str = "fastify", **files: str) -> dict[str, set[str]]:
    """Each route with the kinds of its guards. `__` in a file's name is a slash."""
    flow = Flow(Project({f"{k.replace('__', '/')}.ts": dedent(v) for k, v in files.items()}))
    reader = import_module(f"apprescue.readers.routes.{framework}")
    return {str(r): {g.kind for g in r.guards} for r in (route_of(flow, e) for e in reader.read(flow))}


ROOMS = """
    import type { FastifyInstance } from "fastify";
    import { knows, atLeast } from "./guards";
    export default async function rooms(app: FastifyInstance) {
      app.withTypeProvider<Z>().register(knows).get("/", { schema: {} }, async (request) => {
        const id = await request.callerId();
        return prisma.room.findMany({ where: { ownerId: id } });
      });
      app.get("/open", async () => 1);
      app.get("/any", { onRequest: atLeast() }, async () => 1);
      app.get("/kept", { onRequest: atLeast(["keeper"]) }, async () => 1);
    }
"""
GUARDS = """
    import fp from "fastify-plugin";
    export const knows = fp(async (app) => {
      app.addHook("preHandler", async (request) => {
        request.callerId = async () => {
          try { const { sub } = await request.jwtVerify<{ sub: string }>(); return sub; }
          catch { throw new Unauthorized("no"); }
        };
      });
    });
    export const atLeast = (roles?: string[]) => {
      return async (request) => {
        await request.accessJwtVerify();
        const user = await prisma.user.findUnique({ where: { id: request.user.id } });
        if (roles && !user.roles.some((role) => roles.includes(role))) throw { statusCode: 403 };
      };
    };
"""


def test_an_app_that_a_function_builds() -> None:
    found = routes(
        main='import { build } from "./app";\nconst server = await build();\nawait server.listen({ port: 1 });',
        app="""
            import fastify from "fastify";
            import rooms from "./rooms";
            export async function build(options = {}) {
              const app = fastify(options).withTypeProvider<Z>();
              app.register(rooms, { prefix: "/rooms" });
              return app;
            }
        """,
        rooms=ROOMS,
        guards=GUARDS,
    )
    assert found == {
        "GET /rooms": {"login"},
        "GET /rooms/open": set(),
        "GET /rooms/any": {"login"},
        "GET /rooms/kept": {"login", "role"},
    }


def test_an_app_that_a_class_builds() -> None:
    found = routes(
        "express",
        index='import { Server } from "./server";\nnew Server(3000).listen();',
        server="""
            import express from "express";
            import { rooms } from "./rooms";
            export class Server {
              app = express();
              constructor(port) { this.app.use("/api", rooms); this.app.get("/pulse", (req, res) => res.send("ok")); }
              listen() { this.app.listen(this.port); }
            }
        """,
        rooms="""
            import { Router } from "express";
            export const rooms = Router();
            rooms.get("/rooms", (req, res) => res.json([]));
        """,
    )
    assert set(found) == {"GET /api/rooms", "GET /pulse"}


KNOWN = """
    import Fastify from "fastify";
    import jwt from "@fastify/jwt";
    const app = Fastify();
    app.register(jwt, { secret: process.env.SECRET });
    app.decorate("knows", async (request, reply) => {
      try {
        await request.jwtVerify();
      } catch (error) {
        LAST
      }
    });
    app.get("/mine", { onRequest: [app.knows] }, async () => 1);
"""


def test_a_hook_that_answers_last_ends_the_request() -> None:
    for last in ("reply.send(error);", "await reply.code(401).send({});", "return reply.send(error);"):
        assert routes(server=KNOWN.replace("LAST", last)) == {"GET /mine": {"login"}}, last
    for last in ("request.log.warn(error);", "reply.header('x-why', 'no');"):
        assert routes(server=KNOWN.replace("LAST", last)) == {"GET /mine": set()}, last
