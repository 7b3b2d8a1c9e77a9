import { corsHeaders } from "../_shared/cors.ts";
import { refused, requireUser, serviceClient } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { data: entries } = await serviceClient()
      .from("ledger_entries")
      .select("created_at, kind, amount_cents")
      .eq("creator_id", user.id)
      .order("created_at", { ascending: false })
      .limit(5000);

    const lines = (entries ?? []).map((row) => [row.created_at, row.kind, row.amount_cents].join(","));
    return new Response(["date,kind,cents", ...lines].join("\n"), {
      headers: { ...corsHeaders, "Content-Type": "text/csv" },
    });
  } catch (error) {
    return refused(error);
  }
});
