"""Answers of any length."""

from __future__ import annotations

from tests.support import audit_files

NAME = "ai/answer_without_length_limit"


def found(more: str) -> int:
    code = f"""
        import OpenAI from "openai";
        const openai = new OpenAI();
        export async function caption(text) {{
          const messages = [{{ role: "user", content: text }}];
          return openai.chat.completions.create({{ model: "small", messages{more} }});
        }}
    """
    return len(audit_files({"server/caption.ts": code}, only=NAME))


def test_no_limit() -> None:
    assert found("") == 1


def test_a_limit() -> None:
    assert found(", max_tokens: 200") == 0


def test_settings_from_elsewhere_say_nothing() -> None:
    assert found(", ...settings") == 0


def test_pictures_have_no_length() -> None:
    code = """
        import OpenAI from "openai";
        const openai = new OpenAI();
        export const draw = (prompt) => openai.images.generate({ model: "image", prompt, size: "1024x1024" });
    """
    assert audit_files({"server/draw.ts": code}, only=NAME) == []
