import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.1";
import { corsHeaders, json } from "../_shared/cors.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { token, userId, role } = await req.json();

  const { data: invite } = await supabase.from("team_invites").select("id, team_id").eq("token", token).single();
  if (!invite) return json({ error: "Unknown invitation" }, 404);

  await supabase.from("team_members").insert({ team_id: invite.team_id, user_id: userId, role });
  await supabase.from("team_invites").update({ accepted_at: new Date().toISOString() }).eq("id", invite.id);

  return json({ teamId: invite.team_id });
});
