import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireAdmin, serviceClient } from "../_shared/auth.ts";
import { stripe } from "../_shared/stripe.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const admin = await requireAdmin(req);
    const { payoutId } = await req.json();
    const db = serviceClient();

    const { data: payout } = await db
      .from("payouts")
      .select("id, creator_id, amount_cents")
      .eq("id", payoutId)
      .eq("status", "pending")
      .maybeSingle();
    if (!payout) throw new Refusal(404, "No such pending payout");

    const { data: account } = await db
      .from("payout_accounts")
      .select("stripe_account_id")
      .eq("creator_id", payout.creator_id)
      .eq("payouts_enabled", true)
      .maybeSingle();
    if (!account) throw new Refusal(409, "The creator has no payout account");

    const transfer = await stripe.transfers.create(
      { amount: payout.amount_cents, currency: "usd", destination: account.stripe_account_id },
      { idempotencyKey: `payout-${payout.id}` },
    );
    await db.rpc("settle_payout", { _payout_id: payout.id, _transfer_id: transfer.id });
    await db.from("audit_log").insert({ actor_id: admin.id, action: "payout.approved", target: payout.id });

    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
