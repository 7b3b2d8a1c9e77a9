"""Which guards a route has: those that hold wherever it answers, not those that stand somewhere in its code."""

from __future__ import annotations

from textwrap import dedent

import pytest

from apprescue.model.place import Code
from apprescue.source.endpoint import NEXT, REQUEST, RESPONSE, Endpoint, Middleware, request, route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project


def guards(text: str, middleware: str = "", path: str = "/x") -> list[str]:
    """The guards of `handler` behind `middleware`, those that fail open with a question mark."""
    text = 'import { getServerSession } from "next-auth";\nimport jwt from "jsonwebtoken";\n' + dedent(text)
    flow = Flow(Project({"app.ts": text}))
    handler, before = flow.exported("app.ts", "handler"), flow.exported("app.ts", middleware)
    assert handler is not None
    given = (request("GET", path), RESPONSE, NEXT)
    found = Endpoint("GET", path, "test", Code("app.ts"), handler, [Middleware(before)] if before else [], given)
    return [g.kind + "?" * g.fail_open for g in route_of(flow, found).guards]


def test_a_helper_that_answers_nobody_is_no_guard() -> None:
    text = """
        async function viewer() {
          const session = await getServerSession();
          if (!session) return null;
          return db.profile.findUnique({ where: { id: session.user.id } });
        }
        export async function handler() {
          const who = await viewer();
          %s
          return Response.json(await db.post.findMany());
        }
    """
    assert guards(text % "") == []
    assert guards(text % "if (!who) return Response.json({}, { status: 401 });") == ["login"]
    assert guards(text % "if (!who) return Response.json([]);") == ["login"]


def test_a_swallowed_error_lets_in() -> None:
    text = """
        export async function handler(req) {
          let user = null;
          try { user = jwt.verify(req.headers.token, KEY); } catch (error) { %s }
          return Response.json(await db.post.findMany());
        }
    """
    assert guards(text % "") == []
    assert guards(text % "return new Response('no', { status: 401 });") == ["login"]


def test_a_guard_of_one_branch_is_none_of_the_route() -> None:
    text = """
        export async function handler(req) {
          const session = await getServerSession();
          if (req.query.all) {
            if (!session) return Response.json({}, { status: 401 });
            return Response.json(await db.post.findMany());
          }
          return Response.json(await db.draft.findMany());
        }
    """
    assert guards(text) == []


def test_work_inside_of_the_guarded_branch() -> None:
    text = """
        export async function handler(req) {
          const session = await getServerSession();
          if (session) {
            if (session.user.role !== "admin") return Response.json({}, { status: 403 });
            return Response.json(await db.post.findMany());
          }
          return Response.json({ error: "Please sign in" });
        }
    """
    assert guards(text) == ["login", "role"]


def test_answers_that_are_sent_and_not_given_back() -> None:
    text = """
        export async function handler(req, res) {
          try {
            if (!req.user) { res.status(401).json({ error: "no" }); return; }
            res.json(await db.post.findMany());
          } catch (error) {
            res.json({ error: error.message });
          }
        }
    """
    assert guards(text) == ["login"]


def test_either_way_somebody_is_asked() -> None:
    text = """
        export async function handler(req) {
          if (req.headers["x-key"] !== process.env.KEY) {
            const session = await getServerSession();
            if (!session) return Response.json({}, { status: 401 });
          }
          return Response.json(await db.post.findMany());
        }
    """
    assert guards(text) == ["login"]


@pytest.mark.parametrize(("path", "expected"), [("/api/posts", ["login"]), ("/api/login", [])])
def test_middleware_that_lets_some_addresses_through(path: str, expected: list[str]) -> None:
    text = """
        const OPEN = new Set(["/api/login"]);
        export function guard(req, res, next) {
          if (OPEN.has(req.path) || req.method === "OPTIONS") return next();
          if (!req.user) return res.status(401).end();
          next();
        }
        export const handler = (req, res) => res.json(db.post.findMany());
    """
    assert guards(text, "guard", path) == expected


def test_methods_of_one_object_call_each_other() -> None:
    text = """
        const controller = {
          list(req, res) { return this.all(req, res); },
          all(req, res) { if (!req.user) return res.sendStatus(401); res.json(db.post.findMany()); },
        };
        export const handler = (req, res) => controller.list(req, res);
    """
    assert guards(text) == ["login"]


@pytest.mark.parametrize("test", ["SECRET", "SECRET && SECRET !== 'changeme'"])
def test_a_secret_that_may_be_missing(test: str) -> None:
    text = f"""
        const SECRET = process.env.HOOK_SECRET;
        export async function handler(req) {{
          if ({test}) {{
            if (req.headers["x-hook"] !== SECRET) return Response.json({{}}, {{ status: 403 }});
          }}
          return Response.json(await db.post.create({{ data: req.body }}));
        }}
    """
    assert guards(text) == ["secret?"]


def test_a_row_found_by_a_token_is_a_secret() -> None:
    text = """
        export async function handler(req) {
          const link = await db.link.findFirst({ where: { tokenHash: hash(req.body.token) } });
          if (!link) return Response.json({}, { status: 400 });
          return Response.json(await db.user.update({ where: { id: link.userId }, data: {} }));
        }
    """
    assert guards(text) == ["secret"]


def test_a_token_that_is_used_up_is_a_secret() -> None:
    text = """
        async function consume(raw) {
          const { count } = await db.token.updateMany({ where: { tokenHash: hash(raw), usedAt: null }, data: {} });
          if (count === 0) return null;
          const row = await db.token.findUnique({ where: { tokenHash: hash(raw) } });
          return row?.userId ?? null;
        }
        export async function handler(req) {
          const id = await consume(req.body.token);
          if (!id) return Response.json({}, { status: 400 });
          return Response.json(await db.user.update({ where: { id }, data: {} }));
        }
    """
    assert set(guards(text)) == {"secret"}


def test_a_request_knows_its_own_parts_only() -> None:
    assert REQUEST.fields is None
    assert request("GET").fields is not None


def test_a_token_that_nobody_verified_is_no_guard() -> None:
    text = """
        import { createClient } from "@supabase/supabase-js";
        const db = createClient(URL, KEY);
        export async function handler(req) {
          const claims = JSON.parse(atob(req.headers.authorization.split(".")[1]));
          const { data: isAdmin } = await db.rpc("has_role", { _user_id: claims.sub, _role: "admin" });
          if (!isAdmin) throw new Error("Admins only");
          return Response.json(await db.auth.admin.deleteUser(req.body.id));
        }
    """
    assert guards(text) == []


def test_a_provider_that_is_asked_whether_it_sent_this() -> None:
    text = """
        async function genuine(headers, body) {
          const asked = { body: JSON.stringify({ id: headers.id, body }) };
          const answer = await fetch(`${BASE}/v1/notifications/verify-webhook-signature`, asked);
          if (!answer.ok) return false;
          return (await answer.json()).verification_status === "SUCCESS";
        }
        export async function handler(req) {
          if (!(await genuine(req.headers, req.body))) return new Response("no", { status: 401 });
          return Response.json(await db.order.update({ where: { id: req.body.id } }));
        }
    """
    assert guards(text) == ["signature"]


def test_a_cookie_that_anybody_can_make_fails_open() -> None:
    text = """
        export async function handler(req) {
          if (req.cookies.unlocked !== "yes") return new Response("no", { status: 401 });
          return Response.json(await db.order.findMany());
        }
    """
    assert guards(text) == ["secret?"]


@pytest.mark.parametrize(("header", "expected"), [("upgrade", []), ("x-internal-key", ["secret"])])
def test_headers_that_are_shown_to_be_let_in(header: str, expected: list[str]) -> None:
    text = f"""
        export async function handler(req) {{
          if (req.headers["{header}"] !== "abc") return new Response("no", {{ status: 400 }});
          return Response.json(await db.order.findMany());
        }}
    """
    assert guards(text) == expected
