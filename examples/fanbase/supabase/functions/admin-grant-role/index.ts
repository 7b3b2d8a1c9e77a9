import { corsHeaders, json } from "../_shared/cors.ts";
import { refused, requireUser, serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    await requireUser(req);
    const { userId, role } = await req.json();

    const { error } = await serviceClient().from("user_roles").upsert({ user_id: userId, role });
    if (error) throw error;

    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
