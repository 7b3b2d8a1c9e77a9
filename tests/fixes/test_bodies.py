"""Repairs of what is stored as it came."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired

FUNCTION = "supabase/functions/tip/index.ts"
TABLE = """
create type public.mood as enum ('glad', 'sad');
create table public.tips (
  id uuid primary key, fan uuid not null, amount numeric not null check (amount > 0), stars integer,
  mood public.mood, open boolean, day date, note text
);
"""
TIP = """
import { createClient } from "npm:@supabase/supabase-js@2";
const corsHeaders = { "Access-Control-Allow-Origin": "https://fans.example" };
const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
Deno.serve(async (req) => {
  const { fan, amount, stars, mood, open, day: when, note } = await req.json();
  const { error } = await db.from("tips").insert({ fan, amount, stars, mood, open, day: when, note });
  if (error) return new Response(JSON.stringify({ error: "It failed" }), { status: 500, headers: corsHeaders });
  return new Response("ok", { headers: corsHeaders });
});
"""
NEXT = """
import { NextResponse } from "next/server";
import { createClient } from "@supabase/supabase-js";
const db = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
export async function POST(request: Request) {
  const body = await request.json();
  await db.from("tips").insert({ fan: body.fan, amount: body.amount, mood: body.mood, open: body.open });
  return NextResponse.json({ message: "Thank you" });
}
"""
ROUTE = "src/app/api/tips/route.ts"


def checked(path: str, code: str, **more: str) -> Repaired:
    files = {path: code, "supabase/migrations/20250101000000_a.sql": TABLE, **more}
    return repaired("input/check_the_body", files)


def test_plain_tests_by_what_the_columns_take() -> None:
    after = checked(FUNCTION, TIP)
    assert not after.left
    text = after.files[FUNCTION]
    assert (
        """
  const fits =
    /^[0-9a-f-]{36}$/i.test(String(fan)) &&
    Number.isFinite(Number(amount)) && Number(amount) > 0 &&
    (stars == null || Number.isInteger(Number(stars))) &&
    (mood == null || ["glad", "sad"].includes(String(mood))) &&
    (open == null || ["true", "false"].includes(String(open))) &&
    (when == null || !Number.isNaN(Date.parse(String(when))));
  if (!fits) {
    return new Response(JSON.stringify({ error: "Please check: fan, amount, stars, mood, open, day" }), {
      status: 400,
      headers: { ...corsHeaders, "Content-Type": "application/json" },
    });
  }
"""
        in text
    )


def test_zod_where_the_app_has_it() -> None:
    after = checked(ROUTE, NEXT, **{"package.json": '{"dependencies": {"next": "15.0.0", "zod": "^3.23.0"}}'})
    assert not after.left
    text = after.files[ROUTE]
    assert 'import { z } from "zod";' in text
    assert (
        """
  const checked = z.object({
    fan: z.string().regex(/^[0-9a-f-]{36}$/i),
    amount: z.coerce.number().gt(0),
    mood: z.enum(["glad", "sad"]).nullish(),
    open: z.union([z.boolean(), z.enum(["true", "false"])]).nullish(),
  }).safeParse(body);
  if (!checked.success) {
    return NextResponse.json({ message: "Please check: fan, amount, mood, open" }, { status: 400 });
  }
"""
        in text
    )


def test_what_is_written_only_sometimes_may_be_left_out() -> None:
    code = TIP.replace("const { error }", 'if (when) await db.from("tips").insert({ amount });\n  const { error }')
    code = code.replace("fan, amount, stars, mood, open, day: when, note })", "note })")
    assert (
        "const fits = amount == null || (Number.isFinite(Number(amount)) && Number(amount) > 0);"
        in checked(FUNCTION, code).files[FUNCTION]
    )


def test_express_answers_as_its_file_does() -> None:
    code = """
        import express from "express";
        import { createClient } from "@supabase/supabase-js";
        const db = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
        const app = express();
        app.use(express.json());
        app.post("/tips", async (req, res): Promise<void> => {
          const { amount } = req.body;
          await db.from("tips").update({ amount }).eq("fan", req.user.id);
          res.json({ ok: true });
        });
    """
    text = checked("server/index.ts", code).files["server/index.ts"]
    assert '  if (!fits) {\n    res.status(400).json({ error: "Please check: amount" });\n    return;\n  }\n' in text


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("await req.json();", "await bodyOf(req);"),
        ("const corsHeaders = {", "const corsHeaders = headersFor({"),
        ("  const { fan", "  const other = await req.json();\n  const { fan"),
    ],
)
def test_a_door_that_is_not_known_is_left(was: str, now: str) -> None:
    code = TIP.replace(was, now)
    code = code.replace('example" };', 'example" });') if "headersFor" in now else code
    assert not checked(FUNCTION, code).patches
