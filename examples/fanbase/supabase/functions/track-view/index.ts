import { corsHeaders, json } from "../_shared/cors.ts";
import { refused, serviceClient } from "../_shared/auth.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

// Counts a view of a public page: no login, and nothing that the caller says is stored.
Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const { postId } = await req.json();
    if (!UUID.test(postId)) return json({ error: "Unknown post" }, 400);
    await serviceClient().rpc("increment_post_views", { _post_id: postId });
    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
