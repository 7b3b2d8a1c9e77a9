"""Agents that never stop."""

from __future__ import annotations

from tests.support import audit_files

NAME = "ai/model_loop_without_end"


def found(head: str) -> int:
    code = f"""
        import OpenAI from "openai";
        const openai = new OpenAI();
        export async function agent(messages) {{
          let done = false;
          {head} {{
            const answer = await openai.chat.completions.create({{ model: "small", messages }});
            done = answer.choices[0].finish_reason === "stop";
          }}
        }}
    """
    return len(audit_files({"server/agent.ts": code}, only=NAME))


def test_until_it_says_so() -> None:
    assert found("while (!done)") == 1


def test_a_fixed_number_of_turns() -> None:
    assert found("for (let turn = 0; turn < 8 && !done; turn++)") == 0


def test_once_for_each_of_a_list() -> None:
    assert found("for (const message of messages)") == 0
