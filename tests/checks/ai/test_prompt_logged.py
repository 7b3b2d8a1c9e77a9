"""Conversations in the log."""

from __future__ import annotations

from tests.support import audit_files

NAME = "ai/prompt_logged"


def found(log: str) -> int:
    code = f"""
        import OpenAI from "openai";
        const openai = new OpenAI();
        export async function caption(messages) {{
          const answer = await openai.chat.completions.create({{ model: "small", messages }});
          {log}
          return answer;
        }}
    """
    return len(audit_files({"server/caption.ts": code}, only=NAME))


def test_the_whole_answer() -> None:
    assert found('console.log("answer", answer);') == 1


def test_its_text() -> None:
    assert found("console.log(`answer: ${answer.choices[0].message.content}`);") == 1


def test_the_cost() -> None:
    assert found("console.log(answer.usage);") == 0


def test_the_length() -> None:
    assert found("console.log(answer.choices.length);") == 0
