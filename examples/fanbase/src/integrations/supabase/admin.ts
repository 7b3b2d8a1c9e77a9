import { createClient } from "@supabase/supabase-js";
import type { Database } from "./types";

// The admin pages need to see every row.
export const supabaseAdmin = createClient<Database>(
  import.meta.env.VITE_SUPABASE_URL,
  import.meta.env.VITE_SUPABASE_SERVICE_ROLE_KEY,
  { auth: { persistSession: false } },
);
