import { createClient } from "@supabase/supabase-js";
import type { Database } from "./types";

const SUPABASE_URL = "https://kfwzqhtrnvbdyjxmplsc.supabase.co";
const SUPABASE_PUBLISHABLE_KEY =
  "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJlZiI6Imtmd3pxaHRybnZiZHlqeG1wbHNjIiwicm9sZSI6ImFub24iLCJpYXQiOjE3NDE3NzA4NDUsImV4cCI6MjA1NzM0Njg0NX0.xW-AqKXC9zQ_Kx-TPQjGcwkIfHAOMduiKa_V46NRaQ4";

// import { supabase } from "@/integrations/supabase/client";
export const supabase = createClient<Database>(SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY, {
  auth: { storage: localStorage, persistSession: true, autoRefreshToken: true },
});
