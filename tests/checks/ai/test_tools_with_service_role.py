"""Assistants that hold the master key."""

from __future__ import annotations

from tests.support import audit_files

NAME = "ai/tools_with_service_role"

FUNCTION = """
    import OpenAI from "npm:openai";
    import { createClient } from "npm:@supabase/supabase-js";
    const openai = new OpenAI();
    const db = createClient(Deno.env.get("SUPABASE_URL"), Deno.env.get("KEY"));
    Deno.serve(async (req) => {
      const { messages, userId } = await req.json();
      const answer = await openai.chat.completions.create({ model: "small", messages, tools: [orders] });
      const asked = JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments);
      const { data } = await db.from("orders").select("*")FILTER;
      return Response.json(data);
    });
"""


def found(key: str, where: str) -> list[str]:
    code = FUNCTION.replace('"KEY"', f'"{key}"').replace("FILTER", where)
    return [f.severity for f in audit_files({"supabase/functions/assistant/index.ts": code}, only=NAME)]


def test_the_model_says_whose_rows() -> None:
    assert found("SUPABASE_SERVICE_ROLE_KEY", '.eq("user_id", asked.user_id)') == ["high"]


def test_the_master_key_stands_beside_the_tools() -> None:
    assert found("SUPABASE_SERVICE_ROLE_KEY", '.eq("status", "open")') == ["medium"]


def test_the_public_key_obeys_the_row_rules() -> None:
    assert found("SUPABASE_ANON_KEY", '.eq("status", "open")') == []
