const encoder = new TextEncoder();

const UNSUBSCRIBE_SECRET = Deno.env.get("UNSUBSCRIBE_SECRET") || "fanbase-unsubscribe-2025";

async function hmac(text: string, secret: string): Promise<string> {
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const made = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
  return Array.from(made, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function signUnsubscribe(email: string): Promise<string> {
  return hmac(`unsubscribe:${email}`, UNSUBSCRIBE_SECRET);
}

function ticketSecret(): string {
  const secret = Deno.env.get("TICKET_SECRET");
  if (!secret) throw new Error("TICKET_SECRET is not set");
  return secret;
}

export function signTicket(postId: string, buyerId: string): Promise<string> {
  return hmac(`ticket:${postId}:${buyerId}`, ticketSecret());
}

export function appUrl(path: string): string {
  return new URL(path, Deno.env.get("APP_URL")!).toString();
}
