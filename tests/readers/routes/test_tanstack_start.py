"""TanStack Start: functions that pages call, their middleware, and routes on the server."""

from __future__ import annotations

from importlib import import_module
from textwrap import dedent

import pytest

from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project
from tests.support import audit_files

SIGNED_IN = """
    import { createMiddleware } from "@tanstack/react-start";
    import { getRequest } from "@tanstack/react-start/server";
    import { createClient } from "@supabase/supabase-js";
    export const signedIn = createMiddleware({ type: "function" }).server(async ({ next }) => {
      const header = getRequest().headers.get("authorization");
      if (!header) throw new Error("Unauthorized");
      const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_PUBLISHABLE_KEY!, {
        global: { headers: { Authorization: header } },
      });
      const { data, error } = await supabase.auth.getClaims(header.replace("Bearer ", ""));
      if (error || !data?.claims?.sub) throw new Error("Unauthorized");
      return next({ context: { supabase, userId: data.claims.sub } });
    });
    export const adminsOnly = createMiddleware({ type: "function" }).middleware([signedIn]).server(
      async ({ next, context }) => {
        const { data: isAdmin } = await context.supabase.rpc("has_role", { _user_id: context.userId, _role: "admin" });
        if (!isAdmin) throw new Error("Forbidden");
        return next();
      });
"""
FUNCTIONS = """
    import { createServerFn } from "@tanstack/react-start";
    import { createClient } from "@supabase/supabase-js";
    import { signedIn, adminsOnly } from "./signed-in";
    const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
    export const ideas = createServerFn({ method: "GET" }).handler(async () => ["one"]);
    export const mine = createServerFn({ method: "GET" }).middleware([signedIn]).handler(
      async ({ context }) => context.supabase.from("notes").select("*").eq("user_id", context.userId));
    export const drop = createServerFn({ method: "POST" }).middleware([signedIn])
      .inputValidator((d: { id: string }) => d)
      .handler(async ({ data, context }) => admin.from("notes").delete().eq("id", data.id)OWN);
    export const wipe = createServerFn({ method: "POST" }).middleware([adminsOnly])
      .handler(async () => admin.from("notes").delete().neq("id", ""));
"""
HOOK = """
    import { createFileRoute } from "@tanstack/react-router";
    import { createClient } from "@supabase/supabase-js";
    export const Route = createFileRoute("/api/shops/$shop/state")({
      server: { handlers: { POST: async ({ request, params }) => {
        const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
        TEST
        await admin.from("shops").update({ state: "open" }).eq("id", params.shop);
        return new Response("ok");
      } } },
    });
"""
PACKAGE = '{"dependencies": {"@tanstack/react-start": "1.0.0", "vite": "7.0.0", "@supabase/supabase-js": "2.0.0"}}'


def app(own: str = "", test: str = "") -> dict[str, str]:
    return {
        "package.json": PACKAGE,
        "src/lib/signed-in.ts": dedent(SIGNED_IN),
        "src/lib/notes.functions.ts": dedent(FUNCTIONS.replace("OWN", own)),
        "src/routes/api/shops.$shop.state.ts": dedent(HOOK.replace("TEST", test)),
    }


def test_functions_and_handlers_with_what_stands_before_them() -> None:
    flow = Flow(Project(app()))
    reader = import_module("apprescue.readers.routes.tanstack_start")
    found = {str(r): {g.kind for g in r.guards} for r in (route_of(flow, one) for one in reader.read(flow))}
    assert found == {
        "GET src/lib/notes.functions.ts#ideas": set(),
        "GET src/lib/notes.functions.ts#mine": {"login"},
        "POST src/lib/notes.functions.ts#drop": {"login"},
        "POST src/lib/notes.functions.ts#wipe": {"login", "role"},
        "POST /api/shops/:shop/state": set(),
    }


@pytest.mark.parametrize(("own", "count"), [("", 1), ('.eq("user_id", context.userId)', 0)])
def test_any_note_is_deleted_by_its_number(own: str, count: int) -> None:
    assert len(audit_files(app(own), only="access/login_without_ownership")) == count


WORD = """const word = process.env.WORD;
        if (!word || request.headers.get("x-word") !== word) return new Response("", { status: 401 });"""


@pytest.mark.parametrize(("test", "count"), [("", 1), (WORD, 0)])
def test_anybody_opens_a_shop(test: str, count: int) -> None:
    assert len(audit_files(app(test=test), only="access/route_without_login")) == count


def test_a_function_of_the_server_is_not_in_the_browser() -> None:
    text = """
        import { createServerFn } from "@tanstack/react-start";
        export const models = createServerFn({ method: "GET" }).handler(async () => {
          const headers = { Authorization: `Bearer ${process.env.K}` };
          return (await fetch("https://api.openai.com/v1/models", { headers })).json();
        });
    """
    files = {"package.json": PACKAGE, "src/lib/models.functions.ts": text}
    assert not audit_files(files, only="ai/model_call_in_browser")
