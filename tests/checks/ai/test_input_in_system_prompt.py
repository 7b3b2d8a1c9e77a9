"""Rules that users can rewrite."""

from __future__ import annotations

from tests.support import audit_files

NAME = "ai/input_in_system_prompt"

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


def messages(system: str) -> str:
    return (
        '{ model: "small", messages: [{ role: "system", content: '
        + system
        + ' }, { role: "user", content: body.text }] }'
    )


def test_a_users_text_in_the_rules() -> None:
    assert found(messages("`You write captions for ${body.bio}.`")) == 1


def test_fixed_rules() -> None:
    assert found(messages('"You write captions."')) == 0


def test_a_choice_between_fixed_texts() -> None:
    assert found(messages('`You write ${body.long ? "long" : "short"} captions.`')) == 0
