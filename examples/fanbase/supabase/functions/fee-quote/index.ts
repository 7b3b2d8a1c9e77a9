import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireUser } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    await requireUser(req);
    const { price } = await req.json();
    if (typeof price !== "string") throw new Refusal(400, "Please give a price");

    const feePercent = Number(Deno.env.get("PLATFORM_FEE_PERCENT"));
    const fee = parseFloat(price) * (feePercent / 100);
    return json({ fee, payout: parseFloat(price) - fee });
  } catch (error) {
    return refused(error);
  }
});
