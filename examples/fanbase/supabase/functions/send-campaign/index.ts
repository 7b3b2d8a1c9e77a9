import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.1";
import { corsHeaders, json } from "../_shared/cors.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const token = req.headers.get("Authorization")?.replace("Bearer ", "") ?? "";
  const { data: { user } } = await supabase.auth.getUser(token);
  if (!user) return json({ error: "Please sign in" }, 401);

  const { campaignId, greeting, message } = await req.json();

  const { data: campaign } = await supabase
    .from("campaigns")
    .select("id, subject, creator_id")
    .eq("id", campaignId)
    .single();

  const { data: recipients } = await supabase
    .from("campaign_recipients")
    .select("id, email, first_name")
    .eq("campaign_id", campaignId);

  for (const recipient of recipients ?? []) {
    const { data: blocked } = await supabase
      .from("email_suppressions")
      .select("email")
      .eq("email", recipient.email)
      .maybeSingle();
    if (blocked) continue;

    await fetch("https://api.resend.com/emails", {
      method: "POST",
      headers: { Authorization: `Bearer ${Deno.env.get("RESEND_API_KEY")}`, "Content-Type": "application/json" },
      body: JSON.stringify({
        from: "Fanbase <campaigns@fanbase.example>",
        to: [recipient.email],
        subject: campaign.subject,
        html: `<h1>${greeting} ${recipient.first_name}</h1><div>${message}</div>`,
      }),
    });
    console.log(`Campaign mail sent to ${recipient.email}`);
  }

  await supabase
    .from("campaigns")
    .update({ status: "sent", sent_count: recipients?.length ?? 0, sent_at: new Date().toISOString() })
    .eq("id", campaignId);

  return json({ sent: recipients?.length ?? 0 });
});
