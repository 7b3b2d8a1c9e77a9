"""Answers that are run."""

from __future__ import annotations

from tests.support import audit_files

NAME = "ai/model_output_trusted"


def found(use: str) -> int:
    code = f"""
        import OpenAI from "openai";
        const openai = new OpenAI();
        export async function report(question, db, box) {{
          const answer = await openai.chat.completions.create({{ model: "small", messages: [] }});
          const text = answer.choices[0].message.content;
          {use}
        }}
    """
    return len(audit_files({"server/report.ts": code}, only=NAME))


def test_the_answer_is_run_as_a_program() -> None:
    assert found("eval(text);") == 1


def test_the_answer_is_run_as_sql() -> None:
    assert found('await db.rpc("exec_sql", { query: text });') == 1


def test_the_answer_is_shown_as_text() -> None:
    assert found("box.textContent = text;") == 0


def test_a_program_of_ones_own() -> None:
    assert found('eval("1 + 1");') == 0


def test_a_pattern_is_searched_for_in_the_answer() -> None:
    assert found("const tag = /<(\\w+)>/g; const hit = tag.exec(text); box.textContent = hit[1];") == 0


def test_a_picture_that_the_model_described_is_asked_for() -> None:
    assert found("await replicate.run('maker/picture', { input: { prompt: text } });") == 0
    assert found("db.run(text);") == 1
