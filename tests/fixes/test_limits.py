"""Repairs of what costs money without end: long answers, calls that nobody counts."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

SDK = """
import OpenAI from "openai";
import { GoogleGenAI } from "@google/genai";
const openai = new OpenAI();
const ai = new GoogleGenAI({});
export async function caption(text) {
  const messages = [{ role: "user", content: text }];
  return CALL;
}
"""
PATH = "server/caption.ts"


def capped(call: str, **more: str) -> Repaired:
    return repaired("ai/cap_the_answer", {PATH: SDK.replace("CALL", call), **more})


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('openai.chat.completions.create({ model: "gpt-4o-mini", messages })', "messages, max_tokens: 4096 }"),
        ('openai.chat.completions.create({ model: "gpt-4", messages })', "messages, max_tokens: 2048 }"),
        ('openai.chat.completions.create({ model: "gpt-5-mini", messages })', "max_completion_tokens: 16384 }"),
        ('openai.responses.create({ model: "gpt-4.1", input: text })', "input: text, max_output_tokens: 4096 }"),
        (
            'ai.models.generateContent({ model: "gemini-2.5-flash", contents: text })',
            "contents: text, config: { maxOutputTokens: 16384 } }",
        ),
        (
            'ai.models.generateContent({ model: "gemini-2.0-flash", contents: text, config: { temperature: 0 } })',
            "config: { temperature: 0, maxOutputTokens: 4096 } }",
        ),
    ],
)
def test_an_answer_has_an_end(call: str, said: str) -> None:
    after = capped(call)
    assert not after.left
    assert said in after.files[PATH]


def test_a_body_that_is_sent_by_hand_gets_a_line() -> None:
    call = """fetch("https://openrouter.ai/api/v1/chat/completions", {
    method: "POST",
    body: JSON.stringify({
      model: "google/gemini-2.0-flash",
      messages,
    }),
  })"""
    after = capped(call)
    assert not after.left
    assert "      messages,\n      max_tokens: 4096,\n    })," in after.files[PATH]


def test_python_gets_an_argument() -> None:
    code = """
    from openai import OpenAI
    client = OpenAI()
    def caption(text):
        return client.chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": text}],
        )
    """
    after = repaired("ai/cap_the_answer", {"app/caption.py": code})
    assert not after.left
    assert '"content": text}],\n        max_tokens=4096,\n    )' in after.files["app/caption.py"]


@pytest.mark.parametrize(
    "call",
    [
        "openai.chat.completions.create({ model: process.env.MODEL, messages })",
        'openai.chat.completions.create({ model: "house-model", messages })',
        'ai.models.generateContent({ model: "gemini-2.5-flash-image", contents: text })',
        'openai.chat.completions.create({ model: "gpt-4o", messages, ...settings })',
        'openai.chat.completions.create({ model: "gpt-4o", messages, max_tokens: 90 })',
    ],
)
def test_what_is_not_known_or_ends_already_is_left(call: str) -> None:
    assert not capped(call).patches
