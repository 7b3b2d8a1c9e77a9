import { supabase } from "@/integrations/supabase/client";

/** Calls an edge function with the session of whoever is signed in. */
export async function call<T>(name: string, body: object): Promise<T> {
  const { data, error } = await supabase.functions.invoke<T>(name, { body: body as Record<string, unknown> });
  if (error) throw error;
  return data as T;
}
