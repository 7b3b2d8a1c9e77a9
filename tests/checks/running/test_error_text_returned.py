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
