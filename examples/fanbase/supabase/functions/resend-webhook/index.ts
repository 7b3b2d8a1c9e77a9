import { Webhook } from "https://esm.sh/svix@1.45.1";
import { serviceClient } from "../_shared/auth.ts";

interface MailEvent {
  type: string;
  data: { to: string[] };
}

Deno.serve(async (req) => {
  const secret = Deno.env.get("RESEND_WEBHOOK_SECRET");
  if (!secret) return new Response("Not configured", { status: 500 });

  let event: MailEvent;
  try {
    event = new Webhook(secret).verify(await req.text(), Object.fromEntries(req.headers)) as MailEvent;
  } catch {
    return new Response("Bad signature", { status: 400 });
  }

  if (event.type === "email.bounced" || event.type === "email.complained") {
    await serviceClient()
      .from("email_suppressions")
      .upsert(event.data.to.map((email) => ({ email, reason: event.type })));
  }
  return new Response("ok");
});
