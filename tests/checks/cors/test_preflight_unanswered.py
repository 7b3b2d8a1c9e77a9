"""Functions that answer the browser nothing."""

from __future__ import annotations

from tests.support import audit_files

NAME = "cors/preflight_unanswered"

PAGE = 'await supabase.functions.invoke("book", { body: { boat } });'
ANSWERS = """
    Deno.serve(async (req) => {
      if (req.method === "OPTIONS") return new Response(null, { headers });
      return new Response("booked", { headers });
    });
"""
SILENT = 'Deno.serve(async () => new Response("booked"));'


def found(page: str, function: str) -> int:
    files = {"src/Book.tsx": page, "supabase/functions/book/index.ts": function}
    return len(audit_files(files, only=NAME))


def test_a_page_calls_and_gets_no_answer() -> None:
    assert found(PAGE, SILENT) == 1


def test_the_function_answers() -> None:
    assert found(PAGE, ANSWERS) == 0


def test_no_page_calls_it() -> None:
    assert found("export const nothing = 1;", SILENT) == 0
