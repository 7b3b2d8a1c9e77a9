import { createClient } from "@supabase/supabase-js";

function demand(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

const supabase = createClient(demand("SUPABASE_URL"), demand("SUPABASE_SERVICE_ROLE_KEY"));

const { data, error } = await supabase.auth.admin.createUser({
  email: demand("MODERATOR_EMAIL"),
  password: demand("MODERATOR_PASSWORD"),
  email_confirm: true,
});
if (error) throw error;
await supabase.from("user_roles").insert({ user_id: data.user.id, role: "moderator" });
console.log("Moderator account is ready:", data.user.id);
