"""Hono apps in the forms that are written: routers from a factory in many files, routes declared in another file."""

from __future__ import annotations

from importlib import import_module
from textwrap import dedent

from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project


def routes(**files: str) -> dict[str, set[str]]:
    """Each route with the kinds of its guards. `__` in a file's name is a slash."""
    flow = Flow(Project({f"{k.replace('__', '/')}.ts": dedent(v) for k, v in files.items()}))
    reader = import_module("apprescue.readers.routes.hono")
    return {str(r): {g.kind for g in r.guards} for r in (route_of(flow, e) for e in reader.read(flow))}


MAKES = """
    import { OpenAPIHono } from "@hono/zod-openapi";
    export const makeRouter = () => new OpenAPIHono({ strict: false });
    export const makeApp = () => { const app = makeRouter(); app.use("*", noted); app.notFound(lost); return app; };
"""
ROUTER = """
    import { makeRouter } from "./makes";
    import { keepers } from "./keepers";
    import { once } from "./validators";
    import * as declared from "./NAME_routes";
    const router = makeRouter();
    router.post("/NAME/*", once);
    router.use(declared.list.path, keepers("keeper"));
    router.use(declared.change.getRoutingPath(), keepers("keeper"));
    router.use(declared.drop.path, keepers("keeper"));
    router.openapi(declared.list, (c) => c.json([])).openapi(declared.change, (c) => c.json([]));
    router.openapi(declared.drop, (c) => c.json([]));
    export default router;
"""
DECLARED = """
    import { createRoute } from "@hono/zod-openapi";
    export const list = createRoute({ method: "get", path: "/NAME", responses: {} });
    export const change = createRoute({ method: "patch", path: "/NAME/{id}", responses: {} });
    export const drop = createRoute({ method: "delete", path: "/NAME/{id}/all", responses: {} });
"""
KEEPERS = """
    export const keepers = (...roles: string[]) => async (c, next) => {
      const user = c.get("user");
      if (!user) return c.json({}, 401);
      if (!roles.includes(user.role)) return c.json({}, 403);
      await next();
    };
"""


def test_routers_from_a_factory_put_together_in_a_list() -> None:
    """Hono reads `{id}` in a middleware's path as it stands, so `drop.path` covers nothing."""
    found = routes(
        app="""
            import { makeApp } from "./makes";
            import { inner } from "./parts";
            const app = makeApp();
            app.doc("/doc", { openapi: "3.0.0" });
            inner.forEach((part) => app.route("/api", part));
            export default app;
        """,
        parts='import lamps from "./lamps";\nimport rooms from "./rooms";\nexport const inner = [lamps, rooms];',
        makes=MAKES,
        keepers=KEEPERS,
        lamps=ROUTER.replace("NAME", "lamps"),
        lamps_routes=DECLARED.replace("NAME", "lamps"),
        rooms=ROUTER.replace("NAME", "rooms"),
        rooms_routes=DECLARED.replace("NAME", "rooms"),
        validators="export const once = async (c, next) => { await next(); };",
    )
    assert found == {
        "GET /doc": set(),
        "GET /api/lamps": {"login", "role"},
        "PATCH /api/lamps/{id}": {"login", "role"},
        "DELETE /api/lamps/{id}/all": set(),
        "GET /api/rooms": {"login", "role"},
        "PATCH /api/rooms/{id}": {"login", "role"},
        "DELETE /api/rooms/{id}/all": set(),
    }


def test_what_a_durable_object_answers_is_not_open_to_the_outside() -> None:
    found = routes(
        app='import { Hono } from "hono";\nexport const app = new Hono();\napp.get("/", (c) => c.text("ok"));',
        counter="""
            import { Hono } from "hono";
            export class Counter implements DurableObject {
              app = new Hono();
              constructor(state: DurableObjectState) { this.app.post("/", (c) => c.json(1)); }
              async fetch(request: Request) { return this.app.fetch(request); }
            }
        """,
    )
    assert set(found) == {"GET /"}
