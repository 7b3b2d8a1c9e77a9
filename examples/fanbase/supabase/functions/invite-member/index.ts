import { z } from "https://deno.land/x/zod@v3.23.8/mod.ts";
import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireUser, serviceClient } from "../_shared/auth.ts";
import { appUrl } from "../_shared/links.ts";
import { escapeHtml, sendMail } from "../_shared/mail.ts";

const Invite = z.object({ teamId: z.string().uuid(), email: z.string().email(), role: z.enum(["manager", "editor"]) });

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const parsed = Invite.safeParse(await req.json());
    if (!parsed.success) throw new Refusal(400, "Please check the address");
    const { teamId, email, role } = parsed.data;

    const db = serviceClient();
    const { data: team } = await db.from("teams").select("id, name, owner_id").eq("id", teamId).maybeSingle();
    if (team?.owner_id !== user.id) throw new Refusal(403, "Only the owner invites");

    const { data: invite, error } = await db
      .from("team_invites")
      .insert({ team_id: team.id, email, role })
      .select("token")
      .single();
    if (error) throw error;

    await sendMail(
      email,
      "An invitation to Fanbase",
      `<p>You are invited to ${escapeHtml(team.name)}.</p><p><a href="${appUrl(`/join/${invite.token}`)}">Join</a></p>`,
    );
    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
