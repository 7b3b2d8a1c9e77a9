import { corsHeaders, json } from "../_shared/cors.ts";
import { refused, requireAdmin, serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const admin = await requireAdmin(req);
    const { userId } = await req.json();
    const db = serviceClient();

    const { error } = await db.auth.admin.deleteUser(userId);
    if (error) throw error;
    await db.from("audit_log").insert({ actor_id: admin.id, action: "user.deleted", target: userId });

    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
