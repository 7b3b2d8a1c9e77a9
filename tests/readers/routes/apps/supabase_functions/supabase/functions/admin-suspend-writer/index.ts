import { corsHeaders, json } from "../_shared/cors.ts";
import { HttpError, requireAdmin, serviceClient } from "../_shared/auth.ts";

async function handle(req: Request): Promise<Response> {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });
  try {
    const admin = await requireAdmin(req);
    const { writerId, reason } = await req.json();
    const db = serviceClient();
    await db.from("writers").update({ suspended_at: new Date().toISOString() }).eq("id", writerId);
    await db.from("audit_log").insert({ actor_id: admin.id, action: "suspend", target_id: writerId, reason });
    return json({ ok: true });
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 500;
    return json({ error: "Could not suspend the writer" }, status);
  }
}

Deno.serve(handle);
