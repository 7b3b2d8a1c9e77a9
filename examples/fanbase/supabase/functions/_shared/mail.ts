const FROM = "Fanbase <hello@fanbase.example>";

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

export async function sendMail(to: string, subject: string, html: string): Promise<void> {
  const response = await fetch("https://api.resend.com/emails", {
    method: "POST",
    headers: { Authorization: `Bearer ${Deno.env.get("RESEND_API_KEY")}`, "Content-Type": "application/json" },
    body: JSON.stringify({ from: FROM, to: [to], subject, html }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`Mail was refused with ${response.status}`);
}

export interface Letter {
  to: string;
  subject: string;
  html: string;
}

/** Up to 100 letters in one request. */
export async function sendBatch(letters: Letter[]): Promise<void> {
  const response = await fetch("https://api.resend.com/emails/batch", {
    method: "POST",
    headers: { Authorization: `Bearer ${Deno.env.get("RESEND_API_KEY")}`, "Content-Type": "application/json" },
    body: JSON.stringify(letters.map((letter) => ({ from: FROM, ...letter, to: [letter.to] }))),
    signal: AbortSignal.timeout(20_000),
  });
  if (!response.ok) throw new Error(`Mail was refused with ${response.status}`);
}
