import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { corsHeaders, json } from "../_shared/cors.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  const { draft, tone } = await req.json();
  const answer = await fetch("https://ai.gateway.lovable.dev/v1/chat/completions", {
    method: "POST",
    headers: { Authorization: `Bearer ${Deno.env.get("LOVABLE_API_KEY")}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      model: "google/gemini-2.5-flash",
      max_tokens: 120,
      messages: [
        { role: "system", content: "You write subject lines for newsletters. Answer with five lines." },
        { role: "user", content: `Tone: ${tone}\n\n${String(draft).slice(0, 4000)}` },
      ],
    }),
  });
  const { choices } = await answer.json();
  return json({ subjects: choices[0].message.content.split("\n") });
});
