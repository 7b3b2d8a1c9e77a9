"""Figures that nobody counted."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/made_up_data"

SERVER = """
    import express from "express";
    const app = express();
    app.get("/dashboard", (req, res) => res.json(ANSWER));
"""


def found(answer: str) -> int:
    return len(audit_files({"server/index.ts": SERVER.replace("ANSWER", answer)}, only=NAME))


def test_a_figure_from_chance() -> None:
    assert found("{ views: Math.floor(Math.random() * 1000) }") == 1


def test_a_file_that_is_nowhere() -> None:
    assert found('{ clip: "https://example.com/clips/1.mp4" }') == 1


def test_a_code_may_come_from_chance() -> None:
    assert found("{ reference: Math.random().toString(36).slice(2) }") == 0


def test_a_figure_that_was_counted() -> None:
    assert found("{ views: counted.views }") == 0


def test_an_address_that_stands_in_for_a_setting() -> None:
    assert found('{ clip: `${process.env.MEDIA_URL || "https://example.com"}/1.mp4` }') == 0
