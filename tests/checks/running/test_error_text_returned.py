"""Errors that strangers read."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/error_text_returned"

SERVER = """
    import express from "express";
    const app = express();
    app.post("/book", async (req, res) => {
      try {
        await book(req.body);
        res.json({ ok: true });
      } catch (error) {
        console.error(error);
        res.status(500).json(ANSWER);
      }
    });
"""


def found(answer: str) -> int:
    return len(audit_files({"server/index.ts": SERVER.replace("ANSWER", answer)}, only=NAME))


def test_the_message_goes_out() -> None:
    assert found("{ error: error.message }") == 1


def test_the_message_in_a_sentence_goes_out() -> None:
    assert found("{ error: `It failed: ${error.message}` }") == 1


def test_a_text_of_ones_own() -> None:
    assert found('{ error: "Booking failed. Please try again." }') == 0


def test_a_choice_between_texts_of_ones_own() -> None:
    assert found('{ error: error.code === "23505" ? "Already booked" : "Booking failed" }') == 0


def test_a_handler_for_all_errors() -> None:
    code = """
        import express from "express";
        const app = express();
        app.use((err, req, res, next) => res.status(500).json({ error: err.message }));
    """
    assert len(audit_files({"server/index.ts": code}, only=NAME)) == 1


def test_what_a_schema_says_is_for_the_user() -> None:
    code = """
        import express from "express";
        import { z } from "zod";
        const app = express();
        const shape = z.object({ boat: z.string() });
        app.post("/book", (req, res) => {
          const result = shape.safeParse(req.body);
          if (!result.success) return res.status(400).json({ error: result.error.issues });
          res.json({ ok: true });
        });
    """
    assert audit_files({"server/index.ts": code}, only=NAME) == []


def test_an_error_that_the_app_wrote_itself() -> None:
    code = SERVER.replace("console.error(error);", 'if (error.message?.includes("fully booked")) { return WHEN; }')
    code = code.replace("WHEN", "res.status(409).json({ error: error.message })").replace(
        "ANSWER", '{ error: "Sorry" }'
    )
    assert audit_files({"server/index.ts": code}, only=NAME) == []


def test_a_schemas_errors_where_nobody_follows_the_request() -> None:
    code = """
        import { z } from "zod";
        export function install(app) {
          app.post("/book", (req, res) => {
            const result = z.object({ boat: z.string() }).safeParse(req.body);
            if (!result.success) return res.status(400).json({ error: result.error.errors[0].message });
            res.json({ ok: true });
          });
        }
    """
    assert audit_files({"server/book.ts": code}, only=NAME) == []


def test_errors_of_a_kind_whose_texts_are_for_the_user() -> None:
    kind = "class Told extends Error {}\n"
    asked = SERVER.replace("console.error(error);", "if (error instanceof Told) return res.status(400).json(ANSWER);")
    for code, left in (
        (SERVER.replace("ANSWER", '{ error: error instanceof Told ? error.message : "Sorry" }'), 0),
        (SERVER.replace("ANSWER", '{ error: error instanceof Error ? error.message : "Sorry" }'), 1),
        (asked.replace("ANSWER", "{ error: error.message }", 1).replace("ANSWER", '{ error: "Sorry" }'), 0),
        (asked.replace("ANSWER", '{ error: "Told" }', 1).replace("ANSWER", "{ error: error.message }"), 1),
    ):
        assert len(audit_files({"server/index.ts": kind + code.replace("\n    ", "\n")}, only=NAME)) == left


def test_what_a_schema_refuses_is_for_the_user() -> None:
    code = SERVER.replace(
        "console.error(error);",
        "if (error instanceof z.ZodError) return res.status(400).json({ errors: error.errors });",
    ).replace("import express", 'import { z } from "zod";\n    import express')
    assert audit_files({"server/index.ts": code.replace("ANSWER", '{ error: "Sorry" }')}, only=NAME) == []
