import { corsHeaders } from "../_shared/cors.ts";
import { requireUser, serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { message, style } = await req.json();

    const { data: allowed } = await serviceClient().rpc("spend_ai_call", { _user_id: user.id, _allowance: 40 });
    if (!allowed) return new Response("Too many requests", { status: 429, headers: corsHeaders });

    const response = await fetch("https://ai.gateway.lovable.dev/v1/chat/completions", {
      method: "POST",
      headers: { Authorization: `Bearer ${Deno.env.get("LOVABLE_API_KEY")}`, "Content-Type": "application/json" },
      body: JSON.stringify({
        model: "google/gemini-2.5-flash",
        max_tokens: 200,
        messages: [
          { role: "system", content: `You answer fan mail for a creator. Style: ${style}. The fan wrote: ${message}` },
          { role: "user", content: "Write the reply." },
        ],
      }),
      signal: AbortSignal.timeout(30_000),
    });

    const { choices } = await response.json();
    return new Response(JSON.stringify({ reply: choices[0].message.content }), {
      headers: { ...corsHeaders, "Content-Type": "application/json" },
    });
  } catch (error) {
    console.error("suggest-reply failed", error);
    return new Response(JSON.stringify({ error: "No reply could be written" }), {
      status: 500,
      headers: { "Content-Type": "application/json" },
    });
  }
});
