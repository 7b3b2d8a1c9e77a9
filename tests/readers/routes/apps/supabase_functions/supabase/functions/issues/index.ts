import { z } from "https://deno.land/x/zod@v3.23.8/mod.ts";
import { corsHeaders, json } from "../_shared/cors.ts";
import { HttpError, requireUser, serviceClient } from "../_shared/auth.ts";

const Change = z.object({ title: z.string().max(140), body: z.string().max(40_000) });

async function ownIssue(id: string | null, userId: string) {
  const { data: issue } = await serviceClient().from("issues").select("id, writer_id").eq("id", id).maybeSingle();
  if (!issue) throw new HttpError(404, "No such issue");
  if (issue.writer_id !== userId) throw new HttpError(403, "Not your issue");
  return issue;
}

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });
  const id = new URL(req.url).searchParams.get("id");
  try {
    const user = await requireUser(req);
    if (req.method === "GET") {
      const { data } = await serviceClient()
        .from("issues")
        .select("id, title, status")
        .eq("writer_id", user.id)
        .order("created_at", { ascending: false })
        .limit(50);
      return json(data);
    }
    const issue = await ownIssue(id, user.id);
    if (req.method === "PATCH") {
      const change = Change.parse(await req.json());
      await serviceClient().from("issues").update(change).eq("id", issue.id);
      return json({ ok: true });
    }
    if (req.method === "DELETE") {
      await serviceClient().from("issues").delete().eq("id", issue.id);
      return json({ ok: true });
    }
    return json({ error: "Method not allowed" }, 405);
  } catch (error) {
    return json({ error: "Request failed" }, error instanceof HttpError ? error.status : 500);
  }
});
