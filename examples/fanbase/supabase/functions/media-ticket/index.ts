import { corsHeaders, json } from "../_shared/cors.ts";
import { callerClient, Refusal, refused, requireUser } from "../_shared/auth.ts";
import { signTicket } from "../_shared/links.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { postId } = await req.json();

    // Asked as the caller: row level security answers only for posts that this fan may see.
    const { data: post } = await callerClient(req).from("posts").select("id").eq("id", postId).maybeSingle();
    if (!post) throw new Refusal(404, "No such post");

    return json({ ticket: await signTicket(post.id, user.id) });
  } catch (error) {
    return refused(error);
  }
});
