import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.1";
import { corsHeaders, json } from "../_shared/cors.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  const token = req.headers.get("Authorization")?.split(" ")[1];
  if (!token) return json({ error: "Unauthorized" }, 401);

  const claims = JSON.parse(atob(token.split(".")[1]));
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

  const { data: role } = await supabase
    .from("user_roles")
    .select("role")
    .eq("user_id", claims.sub)
    .eq("role", "admin")
    .maybeSingle();
  if (!role) return json({ error: "Admins only" }, 403);

  const { userId, newPassword } = await req.json();
  const { error } = await supabase.auth.admin.updateUserById(userId, { password: newPassword });
  if (error) return json({ error: "The password was not changed" }, 400);

  return json({ ok: true });
});
