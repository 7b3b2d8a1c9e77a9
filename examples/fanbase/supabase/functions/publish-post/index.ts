import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireUser, serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { postId } = await req.json();

    const { data: post } = await serviceClient()
      .from("posts")
      .update({ status: "published", publish_at: new Date().toISOString() })
      .eq("id", postId)
      .eq("creator_id", user.id)
      .select("id")
      .maybeSingle();
    if (!post) throw new Refusal(404, "No such post of yours");

    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
