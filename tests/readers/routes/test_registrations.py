"""Routers that are filled by calls, however the calls are spread over an app."""

from __future__ import annotations

from importlib import import_module
from textwrap import dedent

from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project


def routes(framework: str, **files: str) -> dict[str, list[str]]:
    """Each route with the kinds of its guards. `__` in a file's name is a slash."""
    flow = Flow(Project({f"{k.replace('__', '/')}.ts": dedent(v) for k, v in files.items()}))
    reader = import_module(f"apprescue.readers.routes.{framework}")
    return {str(r): [g.kind for g in r.guards] for r in (route_of(flow, e) for e in reader.read(flow))}


SIGNED = "if (!req.user) return res.status(401).end();"


def test_an_app_of_classes() -> None:
    assert routes(
        "express",
        app=f"""
            import express from "express";
            import {{ Books }} from "./books";
            class App {{
              public app = express();
              constructor(parts) {{ this.guard(); this.mount(parts); }}
              guard() {{ this.app.use((req, res, next) => {{ {SIGNED} next(); }}); }}
              mount(parts) {{ parts.forEach((part) => this.app.use("/api", part.router)); }}
            }}
            new App([new Books()]);
        """,
        books="""
            import { Router } from "express";
            export class Books {
              path = "/books";
              router = Router();
              constructor() { this.router.get(this.path, this.list.bind(this)).post(`${this.path}/new`, this.add); }
              list(req, res) { res.json(db.book.findMany()); }
              add = (req, res) => { res.json(db.book.create({ data: req.body })); };
            }
        """,
    ) == {"GET /api/books": ["login"], "POST /api/books/new": ["login"]}


def test_routers_of_a_factory_are_told_apart() -> None:
    assert routes(
        "express",
        app="""
            const express = require("express");
            const crud = require("./crud");
            const app = express();
            app.use("/cats", crud("cats", { writable: true }));
            app.use("/dogs", crud("dogs"));
            app.use("/birds", require("./birds"));
            for (const method of ["put", "patch"]) app[method]("/owner", (req, res) => res.end());
        """,
        crud="""
            const express = require("express");
            module.exports = function crud(name) {
              const router = express.Router();
              router.get(`/${name}`, (req, res) => res.json(db[name].findMany()));
              return router;
            };
        """,
        birds="""
            const router = require("express").Router();
            router.route("/:id").get((req, res) => res.end()).delete((req, res) => res.end());
            module.exports = router;
        """,
    ) == {
        name: []
        for name in "GET /cats/cats, GET /dogs/dogs, GET /birds/:id, DELETE /birds/:id, PUT /owner, PATCH /owner".split(
            ", "
        )
    }


def test_middleware_guards_what_comes_after_it_and_below_its_path() -> None:
    assert routes(
        "express",
        app=f"""
            import express from "express";
            const guard = (req, res, next) => {{ {SIGNED} next(); }};
            const app = express(), inner = express.Router(), other = express.Router();
            app.get("/api/early", (req, res) => res.end());
            app.use("/api", [guard]);
            app.get("/api/late", (req, res) => res.end());
            app.get("/elsewhere", (req, res) => res.end());
            inner.get("/before", (req, res) => res.end());
            inner.use(guard);
            inner.get("/after", (req, res) => res.end());
            app.use("/inner", inner);
            app.get("/only/:id", guard);
            app.post("/only/:id", (req, res) => res.end());
            app.get("/only/:id", (req, res) => res.end());
            other.get("/forgotten", (req, res) => res.end());
        """,
    ) == {
        "GET /api/early": [], "GET /api/late": ["login"], "GET /elsewhere": [], "GET /inner/before": [],
        "GET /inner/after": ["login"], "POST /only/:id": [], "GET /only/:id": ["login"],
    }  # fmt: skip


def test_files_that_are_loaded_by_a_computed_name() -> None:
    assert routes(
        "express",
        index="""
            import express from "express";
            import { readdirSync } from "node:fs";
            const app = express();
            for (const file of readdirSync("routes")) require(`./routes/${file}`)(app);
        """,
        routes__users="export default (app) => { app.get('/users', (req, res) => res.end()); };",
        routes__pets="""
            import type { Express } from "express";
            export function pets(server: Express) { server.get("/pets", (req, res) => res.end()); }
        """,
    ) == {"GET /pets": [], "GET /users": []}


def test_a_graphql_server_and_an_answer_that_is_mounted() -> None:
    found = routes(
        "express",
        app="""
            import express from "express";
            import { graphqlHTTP } from "express-graphql";
            const app = express();
            app.use("/graphql", graphqlHTTP({ schema }));
            app.use("/ping", (req, res) => res.end());
            app.use((req, res) => res.status(404).end());
            app.use("*", (req, res) => res.sendFile("index.html"));
            app.use((error, req, res, next) => res.status(500).end());
        """,
    )
    assert found == {"ANY /graphql": [], "ANY /ping": []}


def test_fastify_loads_a_folder() -> None:
    assert routes(
        "fastify",
        server="""
            import fastify from "fastify";
            import autoload from "@fastify/autoload";
            import path from "node:path";
            const app = fastify();
            app.addHook("onRequest", async (request, reply) => {
              if (!request.user) return reply.code(401).send();
            });
            app.register(autoload, { dir: path.join(__dirname, "routes") });
        """,
        routes__index="export default async (app) => { app.get('/', async () => ({})); };",
        routes__books__index="export default async (app) => { app.get('/:id', async () => db.book.findMany({})); };",
    ) == {"GET /": ["login"], "GET /books/:id": ["login"]}


def test_fastify_hooks_stay_in_their_scope() -> None:
    assert routes(
        "fastify",
        server="""
            import Fastify from "fastify";
            const guard = async (request, reply) => { await request.jwtVerify(); };
            async function closed(app) {
              app.addHook("preHandler", guard);
              app.get("/closed", async () => db.book.findMany());
            }
            async function open(app) { app.get("/open", async () => db.book.findMany()); }
            export function build() {
              const app = Fastify();
              app.register(closed, { prefix: "/a" });
              app.register(open, { prefix: "/a" });
              app.get("/own", { preHandler: [guard] }, async () => db.book.findMany());
              return app;
            }
            build().listen({ port: 1 });
        """,
    ) == {"GET /a/closed": ["login"], "GET /a/open": [], "GET /own": ["login"]}


def test_hono_with_declared_routes() -> None:
    assert routes(
        "hono",
        app="""
            import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
            import { bearerAuth } from "hono/bearer-auth";
            const app = new OpenAPIHono();
            const list = createRoute({ method: "get", path: "/books", responses: {} });
            const middleware = [bearerAuth({ token })];
            const add = createRoute({ method: "post", path: "/books", middleware, responses: {} });
            app.openapi(list, (c) => c.json(db.book.findMany()));
            app.openapi(add, (c) => c.json(db.book.create({})));
            export default app;
        """,
    ) == {"GET /books": [], "POST /books": ["login"]}


def test_nest_guards_of_the_whole_app() -> None:
    assert routes(
        "nestjs",
        app="""
            import { Module, Controller, Get, SetMetadata } from "@nestjs/common";
            import { APP_GUARD } from "@nestjs/core";
            import { AuthGuard } from "@nestjs/passport";
            const Public = () => SetMetadata("public", true);
            class Guard extends AuthGuard("jwt") {
              constructor(private reflector: Reflector) { super(); }
              canActivate(context) {
                if (this.reflector.get("public", context.getHandler())) return true;
                return super.canActivate(context);
              }
            }
            @Controller("books")
            class Books {
              @Get() @Public() list() { return this.db.find(); }
              @Get(":id") one() { return this.db.find(); }
            }
            @Module({ controllers: [Books], providers: [{ provide: APP_GUARD, useClass: Guard }] })
            export class App {}
        """,
    ) == {"GET /books": [], "GET /books/:id": ["login"]}


def test_a_nest_guard_for_whom_a_login_is_optional() -> None:
    assert routes(
        "nestjs",
        app="""
            import { Controller, Get, UseGuards } from "@nestjs/common";
            import { AuthGuard } from "@nestjs/passport";
            class Optional extends AuthGuard("jwt") { handleRequest(error, user) { return user || null; } }
            class Strict extends AuthGuard("jwt") {
              handleRequest(error, user) {
                if (error || !user) throw new UnauthorizedException();
                return user;
              }
            }
            @Controller("books")
            class Books {
              @Get("a") @UseGuards(Optional) a() { return this.db.find(); }
              @Get("b") @UseGuards(Strict) b() { return this.db.find(); }
            }
        """,
    ) == {"GET /books/a": [], "GET /books/b": ["login"]}
