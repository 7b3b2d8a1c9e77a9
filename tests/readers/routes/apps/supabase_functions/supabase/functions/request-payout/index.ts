import { corsHeaders, json } from "../_shared/cors.ts";
import { HttpError, requireUser, serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req: Request) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });
  try {
    const user = await requireUser(req);
    const body = await req.json();
    const { data, error } = await serviceClient().rpc("open_payout", {
      p_writer: user.id,
      p_amount_cents: body.amountCents,
      p_note: body.note ?? null,
    });
    if (error) return json({ error: "Payout could not be opened" }, 409);
    return json({ payoutId: data });
  } catch (error) {
    if (error instanceof HttpError) return json({ error: error.message }, error.status);
    console.error("request-payout failed", error);
    return json({ error: "Something went wrong" }, 500);
  }
});
