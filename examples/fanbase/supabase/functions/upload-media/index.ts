import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { corsHeaders, json } from "../_shared/cors.ts";
import { refused, requireUser, serviceClient } from "../_shared/auth.ts";

serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    await requireUser(req);
    const form = await req.formData();
    const file = form.get("file") as File;

    const { data, error } = await serviceClient()
      .storage.from("post-media")
      .upload(file.name, file, { contentType: file.type, upsert: true });
    if (error) throw error;

    return json({ path: data.path });
  } catch (error) {
    return refused(error);
  }
});
