import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireUser, serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { code } = await req.json();
    const db = serviceClient();

    const { data: promo } = await db
      .from("promo_codes")
      .select("id, percent_off, uses, max_uses")
      .eq("code", code)
      .maybeSingle();
    if (!promo || promo.uses >= promo.max_uses) throw new Refusal(404, "This code is used up");

    const { data: earlier } = await db
      .from("promo_redemptions")
      .select("id")
      .eq("promo_id", promo.id)
      .eq("user_id", user.id)
      .maybeSingle();
    if (earlier) throw new Refusal(409, "You have used this code");

    await db.from("promo_redemptions").insert({ promo_id: promo.id, user_id: user.id });
    await db.from("promo_codes").update({ uses: promo.uses + 1 }).eq("id", promo.id);

    return json({ percentOff: promo.percent_off });
  } catch (error) {
    return refused(error);
  }
});
