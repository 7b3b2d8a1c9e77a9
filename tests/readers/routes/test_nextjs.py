"""Who stands before a Next.js route: the many ways to write its middleware file."""

from __future__ import annotations

from textwrap import dedent

import pytest

from apprescue.readers.routes import nextjs
from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project

ROUTE = (
    "import { db } from '@/lib/db';\nexport async function GET() { return Response.json(await db.post.findMany()); }\n"
)


def guards(middleware: str, **files: str) -> dict[str, list[str]]:
    """The guards of `/api/posts` and `/api/open` behind a middleware file."""
    app = {"middleware.ts": dedent(middleware), "app/api/posts/route.ts": ROUTE, "app/api/open/route.ts": ROUTE}
    flow = Flow(Project(app | {f"{k}.ts": dedent(v) for k, v in files.items()}))
    return {r.path: [g.kind for g in r.guards] for r in (route_of(flow, e) for e in nextjs.read(flow))}


ONLY_POSTS = {"/api/posts": ["login"], "/api/open": []}
EVERY = {"/api/posts": ["login"], "/api/open": ["login"]}
NOTHING: dict[str, list[str]] = {"/api/posts": [], "/api/open": []}

CLERK = 'import { clerkMiddleware, createRouteMatcher } from "@clerk/nextjs/server";\n'
AUTH = 'import NextAuth from "next-auth";\n'


@pytest.mark.parametrize(
    ("middleware", "expected"),
    [
        (CLERK + "export default clerkMiddleware();", NOTHING),
        (
            CLERK + 'const mine = createRouteMatcher(["/api/posts(.*)"]);\n'
            "export default clerkMiddleware(async (auth, req) => { if (mine(req)) await auth.protect(); });",
            ONLY_POSTS,
        ),
        (
            CLERK + 'const open = createRouteMatcher(["/api/open"]);\n'
            "export default clerkMiddleware(async (auth, req) => {\n"
            "  const { userId, redirectToSignIn } = await auth();\n"
            "  if (!userId && !open(req)) return redirectToSignIn();\n});",
            ONLY_POSTS,
        ),
        ('export { default } from "next-auth/middleware";', EVERY),
        (
            'import { withAuth } from "next-auth/middleware";\n'
            "export default withAuth({ callbacks: { authorized: ({ token, req }) => "
            '{ if (req.nextUrl.pathname.startsWith("/api/open")) return true; return !!token; } } });',
            ONLY_POSTS,
        ),
        (
            AUTH + "export const { auth: middleware } = NextAuth({ callbacks: { authorized: ({ auth }) => !!auth } });",
            EVERY,
        ),
        (AUTH + "export const { auth: middleware } = NextAuth({ providers: [] });", NOTHING),
        (
            AUTH + "const { auth } = NextAuth({});\n"
            'export default auth((req) => { if (!req.auth && req.nextUrl.pathname !== "/api/open") '
            'return Response.redirect(new URL("/login", req.url)); });',
            ONLY_POSTS,
        ),
        (
            'import { NextResponse } from "next/server";\nimport { createServerClient } from "@supabase/ssr";\n'
            "async function update(request) {\n"
            "  const { data: { user } } = await createServerClient(URL, KEY, {}).auth.getUser();\n"
            '  if (!user && request.nextUrl.pathname.startsWith("/api/posts")) return NextResponse.redirect(new URL("/login", request.url));\n'
            "  return NextResponse.next({ request });\n}\n"
            "export async function middleware(request) { return await update(request); }",
            ONLY_POSTS,
        ),
        (
            'import { getToken } from "next-auth/jwt";\nimport { NextResponse } from "next/server";\n'
            "export async function middleware(req) { if (await getToken({ req })) return NextResponse.next(); "
            'return NextResponse.redirect(new URL("/login", req.url)); }\n'
            'export const config = { matcher: ["/((?!api/open).*)"] };',
            ONLY_POSTS,
        ),
    ],
)
def test_middleware(middleware: str, expected: dict[str, list[str]]) -> None:
    assert guards(middleware) == expected


def test_a_wrapper_that_only_says_who_calls_is_no_guard() -> None:
    route = 'import { auth } from "@/auth";\nexport const GET = auth(async (req) => Response.json(await db.post.findMany()));\n'
    auth = 'import NextAuth from "next-auth";\nexport const { auth } = NextAuth({});\n'
    flow = Flow(Project({"app/api/mine/route.ts": route, "auth.ts": auth}))
    assert [[g.kind for g in route_of(flow, e).guards] for e in nextjs.read(flow)] == [[]]


def test_actions_of_a_client_that_asks_who_calls() -> None:
    text = """
        "use server";
        import { createSafeActionClient } from "next-safe-action";
        import { getServerSession } from "next-auth";
        const client = createSafeActionClient().use(async ({ next }) => {
          const session = await getServerSession();
          if (!session) throw new Error("Please sign in");
          return next({ ctx: { user: session.user } });
        });
        export const rename = client.schema(Name).action(async ({ parsedInput }) => db.room.update({ data: parsedInput }));
    """
    flow = Flow(Project({"app/actions.ts": dedent(text).lstrip()}))
    (route,) = [route_of(flow, e) for e in nextjs.read(flow)]
    assert (str(route), [g.kind for g in route.guards]) == ("POST app/actions.ts#rename", ["login"])
