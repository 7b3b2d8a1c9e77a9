import { createClient } from "@supabase/supabase-js";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);

const email = process.env.ADMIN_EMAIL ?? "admin@fanbase.example";
const password = process.env.ADMIN_PASSWORD ?? "Fanbase-Admin-2025!";

const { data, error } = await supabase.auth.admin.createUser({ email, password, email_confirm: true });
if (error) throw error;
await supabase.from("user_roles").insert({ user_id: data.user.id, role: "admin" });
console.log("Admin account is ready:", data.user.id);
