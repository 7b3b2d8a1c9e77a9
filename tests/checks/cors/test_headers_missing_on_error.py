"""Error answers that the browser hides."""

from __future__ import annotations

from tests.support import audit_files

NAME = "cors/headers_missing_on_error"

FUNCTION = """
    const headers = { "Access-Control-Allow-Origin": "*" };
    Deno.serve(async (req) => {
      if (req.method === "OPTIONS") return new Response(null, { headers });
      const { boat } = await req.json();
      if (!boat) return new Response(JSON.stringify({ error: "Which boat?" }), BAD);
      return new Response(JSON.stringify({ boat }), { headers });
    });
"""


def found(bad: str) -> int:
    return len(audit_files({"supabase/functions/book/index.ts": FUNCTION.replace("BAD", bad)}, only=NAME))


def test_the_error_lacks_them() -> None:
    assert found("{ status: 400 }") == 1


def test_other_headers_are_not_enough() -> None:
    assert found('{ status: 400, headers: { "Content-Type": "application/json" } }') == 1


def test_the_error_has_them() -> None:
    assert found("{ status: 400, headers }") == 0


def test_they_are_spread_in() -> None:
    assert found('{ status: 400, headers: { ...headers, "Content-Type": "application/json" } }') == 0


def test_a_function_for_servers_needs_none() -> None:
    code = """
        Deno.serve(async (req) => {
          if (!req.headers.get("x-key")) return new Response("no", { status: 401 });
          return new Response("yes");
        });
    """
    assert audit_files({"supabase/functions/nightly/index.ts": code}, only=NAME) == []
