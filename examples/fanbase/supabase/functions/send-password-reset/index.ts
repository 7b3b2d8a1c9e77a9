import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { corsHeaders, json } from "../_shared/cors.ts";
import { serviceClient } from "../_shared/auth.ts";
import { sendMail } from "../_shared/mail.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  const { email } = await req.json();
  const host = req.headers.get("x-forwarded-host") ?? req.headers.get("host");

  const { data } = await serviceClient().auth.admin.generateLink({ type: "recovery", email });
  if (data.properties) {
    const link = `https://${host}/reset-password?token=${data.properties.hashed_token}`;
    await sendMail(email, "Choose a new password", `<p><a href="${link}">Choose a new password</a></p>`);
  }
  return json({ ok: true });
});
