import { corsHeaders, json } from "../_shared/cors.ts";
import { callerClient, Refusal, refused, requireUser } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { cents, requestKey } = await req.json();
    if (!Number.isInteger(cents) || typeof requestKey !== "string") throw new Refusal(400, "Please check the amount");

    // `withdraw` works on the balance of whoever calls, under a row lock, and takes each key once.
    const { data, error } = await callerClient(req).rpc("withdraw", { _cents: cents, _request_key: requestKey });
    if (error) throw new Refusal(409, "That amount cannot be paid out");

    console.info("withdrawal opened", { user: user.id, payout: data });
    return json({ payoutId: data });
  } catch (error) {
    return refused(error);
  }
});
