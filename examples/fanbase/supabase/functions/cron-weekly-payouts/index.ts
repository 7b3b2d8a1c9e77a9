import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.1";

serve(async (req) => {
  if (req.headers.get("Authorization") !== `Bearer ${Deno.env.get("CRON_SECRET")}`) {
    return new Response("Unauthorized", { status: 401 });
  }

  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: balances } = await supabase
    .from("creator_balances")
    .select("creator_id, available_cents")
    .gt("available_cents", 5000)
    .limit(500);

  const { data: created } = await supabase
    .from("payouts")
    .insert((balances ?? []).map((row) => ({ creator_id: row.creator_id, amount_cents: row.available_cents })))
    .select("id");

  return new Response(JSON.stringify({ created: created?.length ?? 0 }), {
    headers: { "Content-Type": "application/json" },
  });
});
