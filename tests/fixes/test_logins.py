"""Repairs of addresses that believe whoever calls, or ask nobody."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

RESET = """
import { createClient } from 'npm:@supabase/supabase-js@2'

Deno.serve(async (req) => {
  try {
    const token = req.headers.get('Authorization')!.replace('Bearer ', '')
    let userId: string | null = null
    try {
      const payload = JSON.parse(atob(token.split('.')[1]))
      userId = payload.sub ?? null
    } catch (e) {
      throw new Error('Bad token')
    }
    const url = Deno.env.get('SUPABASE_URL')!
    const supabase = createClient(url, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
    const { data: isAdmin } = await supabase.rpc('has_role', { _user_id: userId, _role: 'admin' })
    if (!isAdmin) {
      throw new Error('Admins only')
    }
    const { target, password } = await req.json()
    await supabase.auth.admin.updateUserById(target, { password })
    return new Response('done')
  } catch (error) {
    return new Response('no', { status: 400 })
  }
})
"""
ASKED = """\
      const tokenClient = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
      const { data: { user: tokenUser } } = await tokenClient.auth.getUser(token)
      if (!tokenUser) {
        throw new Error('Invalid token')
      }
      const payload = { sub: tokenUser.id }
"""
FUNCTION = "supabase/functions/reset/index.ts"
CONFIG = {"supabase/config.toml": 'project_id = "x"\n\n[functions.reset]\nverify_jwt = false\n'}


def test_a_token_taken_apart_is_asked_for_at_its_provider() -> None:
    done = repaired("access/verify_token", {FUNCTION: RESET, **CONFIG})
    assert done.left == []
    assert ASKED in done.files[FUNCTION]
    assert "atob" not in done.files[FUNCTION]


def test_outside_of_a_try_it_is_refused_as_a_missing_one() -> None:
    asked = "const token = req.headers.get('Authorization')?.split(' ')[1]\n"
    bare = RESET.replace("  try {\n    const token = req.headers.get('Authorization')!.replace('Bearer ', '')\n", "")
    bare = bare.replace("Deno.serve(async (req) => {\n", f"Deno.serve(async (req) => {{\n  {asked}  MISSING\n")
    bare = bare.replace("    try {\n      const payload", "      const payload")
    bare = bare.replace("    } catch (e) {\n      throw new Error('Bad token')\n    }\n", "")
    bare = bare.replace("  } catch (error) {\n    return new Response('no', { status: 400 })\n  }\n", "")
    refusal = "return new Response('sign in', { status: 401 })"
    done = repaired("access/verify_token", {FUNCTION: bare.replace("MISSING", f"if (!token) {refusal}"), **CONFIG})
    assert done.left == []
    assert f"if (!tokenUser) {{\n        {refusal}\n      }}" in done.files[FUNCTION]
    assert repaired("access/verify_token", {FUNCTION: bare.replace("MISSING", ""), **CONFIG}).edits == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("payload.sub ?? null", "payload.sub ?? payload.app_metadata.owner"),
        ("payload.sub ?? null", "find(payload) ?? payload.sub"),
    ],
)
def test_a_token_of_which_more_is_read_is_left(old: str, new: str) -> None:
    assert repaired("access/verify_token", {FUNCTION: RESET.replace(old, new), **CONFIG}).edits == 0


DECODED = """
import express from 'express';
import jwt from 'jsonwebtoken';
import { prisma } from './db';
const app = express();
app.post('/login', async (req, res) => {
  const user = await prisma.user.findFirst({ where: { email: req.body.email } });
  res.json({ id: jwt.verify(req.body.old, process.env.JWT_SECRET) });
});
app.get('/mine', async (req, res) => {
  try {
    const token = req.headers.authorization.split(' ')[1];
    const said = jwt.decode(token);
    res.json(await prisma.order.findMany({ where: { userId: said.userId } }));
  } catch {
    res.status(401).end();
  }
});
app.listen(3000);
"""


def test_a_decoded_token_is_verified_with_the_secret_of_the_app() -> None:
    done = repaired("access/verify_token", {"server.ts": DECODED})
    assert done.left == []
    assert "const said = jwt.verify(token, process.env.JWT_SECRET);" in done.files["server.ts"]


def test_without_a_secret_of_the_app_it_is_left() -> None:
    bare = DECODED.replace("jwt.verify(req.body.old, process.env.JWT_SECRET)", "user.id")
    assert repaired("access/verify_token", {"server.ts": bare}).edits == 0


NOTIFY = """
import { Resend } from "npm:resend@2.0.0";
const resend = new Resend(Deno.env.get("RESEND_API_KEY"));
Deno.serve(async (req) => {
  const { email, text } = await req.json();
  await resend.emails.send({ from: "us@acme.test", to: email, subject: "News", html: text });
  return new Response("sent");
});
"""
TRIGGER = """
create or replace function public.on_news() returns trigger language plpgsql security definer as $$
begin
  perform net.http_post(
    url := 'https://x.supabase.co/functions/v1/send-news',
    headers := jsonb_build_object('Authorization', 'Bearer ' || KEY),
    body := jsonb_build_object('email', new.email, 'text', new.body)
  );
  return new;
end;
$$;
"""
SERVICE, ANON = (
    "current_setting('app.settings.service_role_key', true)",
    "current_setting('app.settings.anon_key', true)",
)
NOTIFIED = {
    "supabase/functions/send-news/index.ts": NOTIFY,
    "supabase/config.toml": "[functions.send-news]\nverify_jwt = false\n",
    "supabase/migrations/1_news.sql": TRIGGER.replace("KEY", ANON),
    "supabase/migrations/2_news.sql": TRIGGER.replace("KEY", SERVICE),
}


def test_a_function_that_the_database_calls_with_the_servers_key_answers_to_it_alone() -> None:
    done = repaired("access/answer_server_only", NOTIFIED)
    assert done.left == []
    assert "!== `Bearer ${serverKey}`" in done.files["supabase/functions/send-news/index.ts"]
    assert "database holds the service role key" in done.patches[0].todo[0]


@pytest.mark.parametrize(
    "more",
    [
        {"supabase/migrations/3_news.sql": TRIGGER.replace("KEY", ANON)},
        {
            "supabase/migrations/3_news.sql": "select net.http_post(url := 'https://x.supabase.co/functions/v1/send-news');"
        },
        {"supabase/functions/more/index.ts": "await fetch(`${url}/functions/v1/send-news`, { headers: { key } });"},
    ],
)
def test_a_function_that_is_called_without_the_key_too_is_left(more: dict[str, str]) -> None:
    assert repaired("access/answer_server_only", {**NOTIFIED, **more}).edits == 0
