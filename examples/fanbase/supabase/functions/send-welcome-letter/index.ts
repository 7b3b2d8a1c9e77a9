import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireUser, serviceClient } from "../_shared/auth.ts";
import { appUrl, signUnsubscribe } from "../_shared/links.ts";
import { escapeHtml, sendBatch } from "../_shared/mail.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const { campaignId, note } = await req.json();
    const db = serviceClient();

    const { data: campaign } = await db
      .from("campaigns")
      .select("id, subject, creator_id")
      .eq("id", campaignId)
      .maybeSingle();
    if (!campaign) throw new Refusal(404, "No such campaign");
    if (campaign.creator_id !== user.id) throw new Refusal(403, "Not your campaign");

    const { data: recipients } = await db
      .from("campaign_recipients")
      .select("email, first_name")
      .eq("campaign_id", campaign.id)
      .order("created_at")
      .limit(100);
    const emails = (recipients ?? []).map((recipient) => recipient.email);
    const { data: blocked } = await db.from("email_suppressions").select("email").in("email", emails).limit(100);
    const silent = new Set((blocked ?? []).map((row) => row.email));

    const letters = await Promise.all(
      (recipients ?? [])
        .filter((recipient) => !silent.has(recipient.email))
        .map(async (recipient) => ({
          to: recipient.email,
          subject: campaign.subject,
          html:
            `<p>Hello ${escapeHtml(recipient.first_name ?? "there")},</p><p>${escapeHtml(String(note))}</p>` +
            `<p><a href="${appUrl(`/unsubscribe?email=${encodeURIComponent(recipient.email)}`)}` +
            `&amp;sig=${await signUnsubscribe(recipient.email)}">Unsubscribe</a></p>`,
        })),
    );
    await sendBatch(letters);

    console.info("welcome letters sent", { campaign: campaign.id, count: letters.length });
    return json({ sent: letters.length });
  } catch (error) {
    return refused(error);
  }
});
