import { corsHeaders, json } from "../_shared/cors.ts";
import { refused, requireUser, serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    await requireUser(req);
    const { postId } = await req.json();
    const db = serviceClient();

    const { data: media } = await db.from("post_media").select("storage_path").eq("post_id", postId).limit(100);
    await db.storage.from("post-media").remove((media ?? []).map((row) => row.storage_path));
    const { error } = await db.from("posts").delete().eq("id", postId);
    if (error) throw error;

    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
