import { corsHeaders, json } from "../_shared/cors.ts";
import { refused, serviceClient } from "../_shared/auth.ts";
import { signUnsubscribe } from "../_shared/links.ts";

// The link in a letter carries its own signature, so no login is needed.
Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const { email, signature } = await req.json();
    if (signature !== (await signUnsubscribe(String(email)))) {
      return json({ error: "This link is not valid" }, 403);
    }
    await serviceClient().from("email_suppressions").upsert({ email, reason: "unsubscribed" });
    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
