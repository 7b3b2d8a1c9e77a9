"""Repairs of what costs money without end: long answers, calls that nobody counts."""

from __future__ import annotations

import pytest

from tests.fixes.support import Repaired, repaired
from tests.support import laboratory

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


FUNCTION = """
import { createClient } from "npm:@supabase/supabase-js@2";
const corsHeaders = { "Access-Control-Allow-Origin": "https://fans.example" };
Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });
  try {
    const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
    const token = req.headers.get("Authorization")?.replace("Bearer ", "") ?? "";
    const { data: { user } } = await db.auth.getUser(token);
    if (!user) return new Response("Please sign in", { status: 401, headers: corsHeaders });
    const { text } = await req.json();
    const answer = await fetch("https://api.openai.com/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model: "gpt-4o", max_tokens: 300, messages: [{ role: "user", content: text }] }),
    });
    return new Response(await answer.text(), { headers: corsHeaders });
  } catch {
    return new Response("It failed", { status: 500, headers: corsHeaders });
  }
});
"""
ENDLESS = "supabase/functions/caption/index.ts"
TABLE = "create table public.notes (id uuid primary key);\nalter table public.notes enable row level security;\n"
MIGRATION = "supabase/migrations/20250101000000_a.sql"


def limited(code: str = FUNCTION, **more: str) -> Repaired:
    return repaired("running/limit_calls", {ENDLESS: code, MIGRATION: TABLE, **more})


def test_the_database_counts_a_callers_calls() -> None:
    after = limited()
    assert not after.left
    text = after.files[ENDLESS]
    assert 'await db.rpc("rescue_take_call", {\n      who: user.id,\n      what: "caption",\n' in text
    assert text.index("status: 401") < text.index("rescue_take_call") < text.index("await req.json()")
    assert "status: 429,\n        headers: { ...corsHeaders," in text
    sql = after.files["supabase/migrations/20250101000001_count_costly_calls.sql"]
    assert "from public, anon, authenticated;" in sql


def test_a_second_function_uses_the_same_table() -> None:
    after = limited(**{"supabase/functions/reply/index.ts": FUNCTION})
    assert not after.left
    assert len([path for path in after.files if path.startswith("supabase/migrations/")]) == 2


def test_a_client_of_its_own_where_the_function_has_the_callers() -> None:
    after = limited(FUNCTION.replace("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_ANON_KEY"))
    assert not after.left
    assert "await callCounts.rpc(" in after.files[ENDLESS]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("const corsHeaders = {", "const corsHeaders = headersFor({"),
        ("if (!user) return", "if (!user && strict) return"),
    ],
)
def test_where_the_door_or_the_answer_is_not_known_nothing_is_done(was: str, now: str) -> None:
    code = FUNCTION.replace(was, now)
    assert not limited(code.replace('example" };', 'example" });') if "headersFor" in now else code).patches


def test_the_count_ends_starts_anew_and_is_the_servers_alone() -> None:
    after = limited().files
    made, undo = (next(text for path, text in after.items() if path.endswith(end)) for end in ("calls.sql", "undo.sql"))
    who = "00000000-0000-4000-8000-000000000001"
    taken = f"select public.rescue_take_call('{who}', '{{}}', 2, interval '1 hour')"
    server = laboratory()
    name = server.create()
    try:
        with server.connect(name) as session:
            session.run(f"insert into auth.users (id) values ('{who}');")
            session.run(made)
            assert [session.query(taken.format("a"))[0][0] for _ in range(4)] == [True, True, False, False]
            assert session.query(taken.format("b")) == [(True,)]
            session.run("update rescue.calls set since = now() - interval '2 hours';")
            assert [session.query(taken.format("a"))[0][0] for _ in range(3)] == [True, True, False]
            given = (
                "select has_function_privilege('{}', 'public.rescue_take_call(uuid,text,integer,interval)', 'execute')"
            )
            assert [session.query(given.format(one))[0][0] for one in ("anon", "authenticated", "service_role")] == [
                False, False, True]  # fmt: skip
            session.run(undo)
            assert session.query("select to_regclass('rescue.calls')") == [(None,)]
    finally:
        server.drop(name)


NEXT = """
import { NextResponse } from "next/server";
import OpenAI from "openai";
import { createClient } from "@/lib/supabase/server";
import { supabaseAdmin } from "@/lib/supabase/admin";
const openai = new OpenAI();

export async function POST(request: Request) {
  const supabase = await createClient();
  const { data: { user } } = await supabase.auth.getUser();
  if (!user) {
    return NextResponse.json({ error: "Please sign in" }, { status: 401 });
  }
  const { text } = await request.json();
  const answer = await openai.responses.create({ model: "gpt-4o", max_output_tokens: 300, input: text });
  await supabaseAdmin.from("notes").insert({ id: user.id });
  return NextResponse.json(answer.output_text);
}
"""
ROUTE = "src/app/api/captions/route.ts"
LOGIN = {
    "src/lib/supabase/server.ts": """
        import { createServerClient } from "@supabase/ssr";
        import { cookies } from "next/headers";
        export async function createClient() {
          const store = await cookies();
          return createServerClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY!, {
            cookies: { getAll: () => store.getAll() },
          });
        }
    """,
    "src/lib/supabase/admin.ts": """
        import { createClient } from "@supabase/supabase-js";
        export const supabaseAdmin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
    """,
}


def test_a_route_of_next_counts_by_the_client_that_it_imports() -> None:
    after = repaired("running/limit_calls", {ROUTE: NEXT, MIGRATION: TABLE, **LOGIN})
    assert not after.left
    text = after.files[ROUTE]
    assert 'await supabaseAdmin.rpc("rescue_take_call", {\n    who: user.id,\n    what: "captions",\n' in text
    told = '{ error: "Too many calls. Please try again later." }, { status: 429 });'
    assert f"  if (mayCall === false) {{\n    return NextResponse.json({told}\n" in text


def test_another_login_is_left() -> None:
    code = NEXT.replace(
        "const { data: { user } } = await supabase.auth.getUser()", "const user = await getCurrentUser()"
    )
    assert not repaired("running/limit_calls", {ROUTE: code, MIGRATION: TABLE, **LOGIN}).patches


SERVER = """
import express from "express";
import OpenAI from "openai";
import { Resend } from "resend";
import { signedIn } from "./auth";
const openai = new OpenAI();
const resend = new Resend(process.env.RESEND_API_KEY);
const app = express();
app.use(express.json());
app.post("/captions", signedIn, async (req, res) => {
  const answer = await openai.responses.create({ model: "gpt-4o", input: req.body.text, user: req.user.id });
  res.json({ text: answer.output_text });
});
app.listen(3000);
"""
MAILS = SERVER.replace("signedIn, async", "async").replace(
    'const answer = await openai.responses.create({ model: "gpt-4o", input: req.body.text, user: req.user.id });',
    'const answer = await resend.emails.send({ to: req.body.email, from: "us@fans.example", text: "Reset it" });',
)
AUTH = """
import jwt from "jsonwebtoken";
export function signedIn(req, res, next) {
  try {
    req.user = jwt.verify(req.headers.authorization.slice(7), process.env.JWT_SECRET);
    next();
  } catch {
    res.status(401).json({ error: "Sign in first" });
  }
}
"""


def requests(code: str = SERVER) -> Repaired:
    return repaired("running/limit_requests", {"server/index.ts": code, "server/auth.ts": AUTH})


def test_a_limiter_stands_behind_the_login() -> None:
    after = requests()
    assert not after.left
    text = after.files["server/index.ts"]
    assert 'import { callLimiter } from "./call-limiter";' in text
    assert 'app.post("/captions", signedIn, callLimiter, async' in text
    limiter = after.files["server/call-limiter.ts"]
    assert "const user = (req as unknown as { user?: { id?: unknown } }).user?.id;" in limiter


def test_a_mail_is_counted_by_its_address() -> None:
    after = requests(MAILS)
    assert not after.left
    assert 'app.post("/captions", callLimiter, async' in after.files["server/index.ts"]
    assert "const user = undefined;" in after.files["server/call-limiter.ts"]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("signedIn, async (req, res) => {", "async (req, res) => {\n  signedIn(req, res, () => {});"),
        ("user: req.user.id", "store: false"),
        ("signedIn, async", "signedIn, limitedByUs, async"),
    ],
)
def test_a_caller_that_is_not_known_before_the_handler_is_left(was: str, now: str) -> None:
    ours = "\nfunction limitedByUs(req, res, next) { if (busy(req.user.id)) return res.status(429).end(); next(); }\n"
    assert not requests(SERVER.replace(was, now) + (ours if "limited" in now else "")).patches


def test_mails_to_nobody_in_particular_are_left() -> None:
    assert not requests(MAILS.replace("req.body.email", '"team@fans.example"')).patches
