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


def guards(middleware: str) -> dict[str, list[str]]:
    """The guards of `/api/posts` and `/api/open` behind a middleware file."""
    app = {"middleware.ts": dedent(middleware), "app/api/posts/route.ts": ROUTE, "app/api/open/route.ts": ROUTE}
    flow = Flow(Project(app))
    return {r.path: [g.kind for g in r.guards] for r in (route_of(flow, e) for e in nextjs.read(flow))}


ONLY_POSTS = {"/api/posts": ["login"], "/api/open": []}
EVERY = {"/api/posts": ["login"], "/api/open": ["login"]}
NOTHING: dict[str, list[str]] = {"/api/posts": [], "/api/open": []}

PROTECTS = """
    import { clerkMiddleware, createRouteMatcher } from "@clerk/nextjs/server";
    const mine = createRouteMatcher(["/api/posts(.*)"]);
    export default clerkMiddleware(async (auth, req) => { if (mine(req)) await auth.protect(); });
"""
SENDS_AWAY = """
    import { clerkMiddleware, createRouteMatcher } from "@clerk/nextjs/server";
    const open = createRouteMatcher(["/api/open"]);
    export default clerkMiddleware(async (auth, req) => {
      const { userId, redirectToSignIn } = await auth();
      if (!userId && !open(req)) return redirectToSignIn();
    });
"""
AUTHORIZED = """
    import { withAuth } from "next-auth/middleware";
    export default withAuth({
      callbacks: {
        authorized: ({ token, req }) => {
          if (req.nextUrl.pathname.startsWith("/api/open")) return true;
          return !!token;
        },
      },
    });
"""
CONFIGURED = """
    import NextAuth from "next-auth";
    export const { auth: middleware } = NextAuth({ callbacks: { authorized: ({ auth }) => !!auth } });
"""
WRAPPED = """
    import NextAuth from "next-auth";
    const { auth } = NextAuth({});
    export default auth((req) => {
      if (!req.auth && req.nextUrl.pathname !== "/api/open") return Response.redirect(new URL("/login", req.url));
    });
"""
UPDATES = """
    import { NextResponse } from "next/server";
    import { createServerClient } from "@supabase/ssr";
    async function update(request) {
      const { data: { user } } = await createServerClient(URL, KEY, {}).auth.getUser();
      if (!user && request.nextUrl.pathname.startsWith("/api/posts")) {
        return NextResponse.redirect(new URL("/login", request.url));
      }
      return NextResponse.next({ request });
    }
    export async function middleware(request) { return await update(request); }
"""
MATCHES = """
    import { getToken } from "next-auth/jwt";
    import { NextResponse } from "next/server";
    export async function middleware(req) {
      if (await getToken({ req })) return NextResponse.next();
      return NextResponse.redirect(new URL("/login", req.url));
    }
    export const config = { matcher: ["/((?!api/open).*)"] };
"""


@pytest.mark.parametrize(
    ("middleware", "expected"),
    [
        ('import { clerkMiddleware } from "@clerk/nextjs/server";\nexport default clerkMiddleware();', NOTHING),
        (PROTECTS, ONLY_POSTS),
        (SENDS_AWAY, ONLY_POSTS),
        ('export { default } from "next-auth/middleware";', EVERY),
        (AUTHORIZED, ONLY_POSTS),
        (CONFIGURED, EVERY),
        ('import NextAuth from "next-auth";\nexport const { auth: middleware } = NextAuth({});', NOTHING),
        (WRAPPED, ONLY_POSTS),
        (UPDATES, ONLY_POSTS),
        (MATCHES, ONLY_POSTS),
    ],
)
def test_middleware(middleware: str, expected: dict[str, list[str]]) -> None:
    assert guards(middleware) == expected


def test_a_wrapper_that_only_says_who_calls_is_no_guard() -> None:
    route = """
        import { auth } from "@/auth";
        export const GET = auth(async (req) => Response.json(await db.post.findMany()));
    """
    auth = 'import NextAuth from "next-auth";\nexport const { auth } = NextAuth({});\n'
    flow = Flow(Project({"app/api/mine/route.ts": dedent(route), "auth.ts": auth}))
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
        export const rename = client.schema(Name).action(async ({ parsedInput }) => {
          await db.room.update({ data: parsedInput });
        });
    """
    flow = Flow(Project({"app/actions.ts": dedent(text).lstrip()}))
    (route,) = [route_of(flow, e) for e in nextjs.read(flow)]
    assert (str(route), [g.kind for g in route.guards]) == ("POST app/actions.ts#rename", ["login"])
