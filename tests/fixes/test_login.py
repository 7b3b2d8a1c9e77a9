"""Repairs of addresses that answer to anybody."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

NOTIFY = """
import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { Resend } from "npm:resend@2.0.0";

const corsHeaders = { "Access-Control-Allow-Origin": "*" };
const resend = new Resend(Deno.env.get("RESEND_API_KEY"));

serve(async (req) => {
  if (req.method === "OPTIONS") {
    return new Response(null, { headers: corsHeaders });
  }

  const { email, text } = await req.json();
  await resend.emails.send({ from: "us@acme.test", to: email, subject: "News", html: text });
  return new Response("sent", { headers: corsHeaders });
});
"""
REFUND = """
import { createClient } from "npm:@supabase/supabase-js@2";
const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
Deno.serve(async (req) => {
  const { data: { user } } = await supabase.auth.getUser(req.headers.get("Authorization")!.replace("Bearer ", ""));
  if (!user) return new Response("no", { status: 401 });
  await supabase.functions.invoke("send-receipt", { body: { email: user.email, text: "paid back" } });
  return new Response("done");
});
"""
PAGE = """
import { supabase } from './client';
export const tell = () => supabase.functions.invoke('send-receipt', { body: {} });
"""
SCHEDULE = "select cron.schedule('tell', '0 8 * * *', $$select net.http_post(url := 'https://x.co/functions/v1/send-receipt')$$);"
APP = {
    "supabase/functions/send-receipt/index.ts": NOTIFY,
    "supabase/functions/refund/index.ts": REFUND,
    "supabase/config.toml": 'project_id = "x"\n\n[functions.send-receipt]\nverify_jwt = false\n',
}
GUARD = """  if (req.method === "OPTIONS") {
    return new Response(null, { headers: corsHeaders });
  }

  const serverKey = Deno.env.get("SUPABASE_SERVICE_ROLE_KEY");
  if (!serverKey || req.headers.get("Authorization") !== `Bearer ${serverKey}`) {
    return new Response(JSON.stringify({ error: "Unauthorized" }), {
      status: 401,
      headers: { ...corsHeaders, "Content-Type": "application/json" },
    });
  }

  const { email, text } = await req.json();
"""


def test_a_function_that_functions_call_answers_to_the_server_alone() -> None:
    done = repaired("access/answer_server_only", APP)
    assert done.left == []
    assert GUARD in done.files["supabase/functions/send-receipt/index.ts"]
    assert done.patches[0].todo


def test_a_function_that_nobody_calls_too() -> None:
    alone = {path: text for path, text in APP.items() if "refund" not in path}
    assert repaired("access/answer_server_only", alone).left == []


@pytest.mark.parametrize(
    "more",
    [
        {"src/tell.ts": PAGE},
        {"supabase/migrations/1_tell.sql": SCHEDULE.replace("net.", "my.")},
        {"src/any.ts": "export const call = (what: string) => fetch(`${url}/functions/v1/send-${what}`);\n"},
        {"supabase/functions/refund/index.ts": REFUND.replace("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_ANON_KEY")},
        {"app/lib/tell.dart": "await supabase.functions.invoke('send-receipt');\n"},
    ],
)
def test_what_others_call_is_left(more: dict[str, str]) -> None:
    done = repaired("access/answer_server_only", {**APP, **more})
    assert done.left
    assert done.edits == 0


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ("", "'Content-Type', 'application/json', "),
        (""", headers := '{"Content-Type": "application/json", "Authorization": "Bearer eyJ.anon"}'::jsonb""",
         "'Content-Type', 'application/json', "),
        (", headers := jsonb_build_object('X-From', 'clock', 'Authorization', 'Bearer ' || current_setting('app.key'))",
         "'X-From', 'clock', "),
    ],
)  # fmt: skip
def test_a_job_of_the_database_sends_the_key_from_then_on(headers: str, sent: str) -> None:
    planned = SCHEDULE.replace("send-receipt'", f"send-receipt'{headers}, body := '{{}}'::jsonb")
    done = repaired("access/answer_server_only", {**APP, "supabase/migrations/1_tell.sql": planned})
    assert done.left == []
    assert GUARD in done.files["supabase/functions/send-receipt/index.ts"]
    made = next(text for path, text in done.files.items() if "send_key" in path and "undo" not in path)
    secret = "(select decrypted_secret from vault.decrypted_secrets where name = 'service_role_key')"
    job = f"""select cron.schedule('tell', '0 8 * * *', $$select net.http_post(
    url := 'https://x.co/functions/v1/send-receipt',
    headers := jsonb_build_object({sent}'Authorization', 'Bearer ' || {secret}),
    body := '{{}}'::jsonb
  )$$);"""
    assert job in made
    assert planned in next(text for path, text in done.files.items() if "undo" in path)


def test_a_job_that_sends_the_key_stays_and_one_that_is_given_up_is_none() -> None:
    key = "(select decrypted_secret from vault.decrypted_secrets where name = 'service_role_key')"
    headers = f"headers := jsonb_build_object('Authorization', 'Bearer ' || {key})"
    keyed = SCHEDULE.replace("receipt'", f"receipt', {headers}")
    for text in (keyed, f"{SCHEDULE}\nselect cron.unschedule('tell');", f"/* {SCHEDULE} */ select 1;"):
        done = repaired("access/answer_server_only", {**APP, "supabase/migrations/1_tell.sql": text})
        assert done.left == []
        assert not any("send_key" in path for path in done.files)


def test_a_job_is_left_where_it_cannot_be_planned_anew() -> None:
    for text in (
        SCHEDULE.replace("$$select", "$$select net.http_get(url := 'https://y.co'); select"),
        SCHEDULE.replace("$$);", "$$ || 'select 1');"),
    ):
        assert repaired("access/answer_server_only", {**APP, "supabase/migrations/1_tell.sql": text}).edits == 0


def test_a_call_that_can_send_no_headers_is_made_by_the_other_extension() -> None:
    plain = SCHEDULE.replace("net.http_post(url := ", "extensions.http_post(").replace("')$$", "', '{}'::jsonb)$$")
    path = "supabase/migrations/1_tell.sql"
    assert repaired("access/answer_server_only", {**APP, path: plain}).edits == 0
    done = repaired("access/answer_server_only", {**APP, path: f"create extension if not exists pg_net;\n{plain}"})
    assert done.left == []
    assert any("$$select net.http_post(\n    url := 'https://x.co/" in text for text in done.files.values())
