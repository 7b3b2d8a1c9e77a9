"""Models that callers choose."""

from __future__ import annotations

from tests.support import audit_files

NAME = "ai/model_chosen_by_client"

ROUTE = """
    import OpenAI from "openai";
    const openai = new OpenAI();
    export async function POST(request: Request) {
      const body = await request.json();
      const answer = await openai.chat.completions.create(OPTIONS);
      return Response.json({ text: answer.choices[0].message.content });
    }
"""
PACKAGE = {"package.json": '{"dependencies": {"next": "15.0.0", "openai": "5.0.0"}}'}


def found(options: str) -> int:
    code = ROUTE.replace("OPTIONS", options)
    return len(audit_files({**PACKAGE, "app/api/caption/route.ts": code}, only=NAME))


def test_the_model_comes_from_the_request() -> None:
    assert found('{ model: body.model, messages: [{ role: "user", content: "hello" }] }') == 1


def test_the_length_comes_from_the_request() -> None:
    assert found('{ model: "small", max_tokens: body.length, messages: [] }') == 1


def test_only_the_text_comes_from_the_request() -> None:
    assert found('{ model: "small", messages: [{ role: "user", content: body.text }] }') == 0


def test_a_choice_from_a_list() -> None:
    assert found('{ model: body.good ? "large" : "small", messages: [] }') == 0
