"""Callbacks that take any code."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/oauth_without_state"

CALLBACK = """
    export async function GET(request: Request) {
      const url = new URL(request.url);
      const code = url.searchParams.get("code");
      CHECK
      const answer = await fetch("https://photos.example/oauth/token", {
        method: "POST",
        body: JSON.stringify({ code, client_secret: process.env.PHOTOS_SECRET, grant_type: "authorization_code" }),
      });
      const token = await answer.json();
      await keep(token);
      return Response.json({ ok: true });
    }
"""
PACKAGE = {"package.json": '{"dependencies": {"next": "15.0.0"}}'}


def found(check: str) -> int:
    code = CALLBACK.replace("CHECK", check)
    return len(audit_files({**PACKAGE, "app/api/photos/callback/route.ts": code}, only=NAME))


def test_no_state_is_looked_at() -> None:
    assert found("") == 1


def test_the_state_is_compared() -> None:
    assert found('if (url.searchParams.get("state") !== saved) return new Response("no", { status: 400 });') == 0


def test_pkce_does_it_too() -> None:
    assert found("const code_verifier = jar.get('verifier');") == 0


def test_another_call_to_another_service() -> None:
    code = """
        export async function GET() {
          const answer = await fetch("https://weather.example/today");
          return Response.json(await answer.json());
        }
    """
    assert audit_files({**PACKAGE, "app/api/weather/route.ts": code}, only=NAME) == []
