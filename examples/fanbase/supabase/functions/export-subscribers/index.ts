import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.1";

serve(async (req) => {
  const url = new URL(req.url);
  const creatorId = url.searchParams.get("creatorId");

  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: subscriptions } = await supabase
    .from("subscriptions")
    .select("*, profiles(*)")
    .eq("creator_id", creatorId);

  const lines = (subscriptions ?? []).map((row) => [row.profiles.username, row.profiles.email, row.status].join(","));
  return new Response(["username,email,status", ...lines].join("\n"), {
    headers: { "Content-Type": "text/csv", "Access-Control-Allow-Origin": "*" },
  });
});
