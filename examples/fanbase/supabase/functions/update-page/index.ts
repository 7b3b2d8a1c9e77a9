import { z } from "https://deno.land/x/zod@v3.23.8/mod.ts";
import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireUser, serviceClient } from "../_shared/auth.ts";

const Page = z
  .object({ headline: z.string().max(120), about: z.string().max(4000), website: z.string().url().max(200) })
  .partial()
  .strict();

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const page = Page.safeParse(await req.json());
    if (!page.success) throw new Refusal(400, "Please check the form");

    const { error } = await serviceClient().from("creator_profiles").update(page.data).eq("user_id", user.id);
    if (error) throw error;

    return json({ ok: true });
  } catch (error) {
    return refused(error);
  }
});
