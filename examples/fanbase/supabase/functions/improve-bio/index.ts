import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireUser, serviceClient } from "../_shared/auth.ts";

const MODEL = "google/gemini-2.5-flash";
const ALLOWANCE = 20;

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { bio } = await req.json();
    if (typeof bio !== "string" || bio.length > 2000) throw new Refusal(400, "A bio has at most 2000 characters");

    const { data: allowed } = await serviceClient().rpc("spend_ai_call", { _user_id: user.id, _allowance: ALLOWANCE });
    if (!allowed) throw new Refusal(429, "That was enough for today");

    const response = await fetch("https://ai.gateway.lovable.dev/v1/chat/completions", {
      method: "POST",
      headers: { Authorization: `Bearer ${Deno.env.get("LOVABLE_API_KEY")}`, "Content-Type": "application/json" },
      body: JSON.stringify({
        model: MODEL,
        max_tokens: 300,
        messages: [
          { role: "system", content: "You polish the short biographies of creators. Answer with the new text only." },
          { role: "user", content: bio },
        ],
      }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Refusal(502, "The writing assistant is resting");

    const { choices } = await response.json();
    return json({ bio: choices[0].message.content });
  } catch (error) {
    return refused(error);
  }
});
