import { serviceClient } from "../_shared/auth.ts";

// Called by pg_cron every Friday.
Deno.serve(async (req) => {
  const secret = Deno.env.get("CRON_SECRET");
  if (!secret || req.headers.get("x-cron-secret") !== secret) {
    return new Response("Forbidden", { status: 403 });
  }

  const db = serviceClient();
  const { data: readers } = await db.from("readers").select("email, first_name").eq("wants_digest", true).limit(500);
  const response = await fetch("https://api.resend.com/emails/batch", {
    method: "POST",
    headers: { Authorization: `Bearer ${Deno.env.get("RESEND_API_KEY")}`, "Content-Type": "application/json" },
    body: JSON.stringify(
      (readers ?? []).map((reader) => ({
        from: "Larkspur Letters <friday@larkspurletters.app>",
        to: reader.email,
        subject: "Your Friday digest",
        text: `Good morning ${reader.first_name}, here is what your writers published this week.`,
      })),
    ),
    signal: AbortSignal.timeout(15_000),
  });
  return new Response(response.ok ? "sent" : "failed", { status: response.ok ? 200 : 502 });
});
