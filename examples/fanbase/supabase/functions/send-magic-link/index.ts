import { corsHeaders, json } from "../_shared/cors.ts";
import { refused, serviceClient } from "../_shared/auth.ts";
import { appUrl } from "../_shared/links.ts";
import { sendMail } from "../_shared/mail.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const { email } = await req.json();
    const { data } = await serviceClient().auth.admin.generateLink({ type: "magiclink", email });
    if (data.properties) {
      const link = appUrl(`/auth/confirm?token=${data.properties.hashed_token}`);
      await sendMail(email, "Your sign-in link", `<p><a href="${link}">Sign in to Fanbase</a></p>`);
    }
    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
