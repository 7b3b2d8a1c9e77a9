import { createClient, type SupabaseClient, type User } from "https://esm.sh/@supabase/supabase-js@2.49.1";
import { json } from "./cors.ts";

export class Refusal extends Error {
  constructor(
    public status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Goes round row level security: use it only behind a check of who is asking. */
export function serviceClient(): SupabaseClient {
  return createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {
    auth: { persistSession: false },
  });
}

/** Sees what the caller may see. */
export function callerClient(req: Request): SupabaseClient {
  return createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization") ?? "" } },
    auth: { persistSession: false },
  });
}

export async function requireUser(req: Request): Promise<User> {
  const token = req.headers.get("Authorization")?.replace("Bearer ", "");
  if (!token) throw new Refusal(401, "Please sign in");
  const { data, error } = await serviceClient().auth.getUser(token);
  if (error || !data.user) throw new Refusal(401, "Please sign in");
  return data.user;
}

export async function requireAdmin(req: Request): Promise<User> {
  const user = await requireUser(req);
  const { data: role } = await serviceClient()
    .from("user_roles")
    .select("id")
    .eq("user_id", user.id)
    .eq("role", "admin")
    .maybeSingle();
  if (!role) throw new Refusal(403, "Admins only");
  return user;
}

/** The answer to an error: the caller reads why only where it was a refusal of ours. */
export function refused(error: unknown): Response {
  if (error instanceof Refusal) return json({ error: error.message }, error.status);
  console.error("Unexpected error", error);
  return json({ error: "Something went wrong. Please try again." }, 500);
}
