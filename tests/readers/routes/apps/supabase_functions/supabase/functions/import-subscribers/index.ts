import { corsHeaders, json } from "../_shared/cors.ts";
import { HttpError, requireUser, serviceClient } from "../_shared/auth.ts";

const withUser = (work: (req: Request, userId: string) => Promise<Response>) => async (req: Request) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });
  try {
    const user = await requireUser(req);
    return await work(req, user.id);
  } catch (error) {
    return json({ error: "Import failed" }, error instanceof HttpError ? error.status : 500);
  }
};

Deno.serve(
  withUser(async (req, userId) => {
    const form = await req.formData();
    const file = form.get("file") as File;
    if (file.size > 2_000_000) return json({ error: "The file is larger than 2 MB" }, 413);
    const emails = (await file.text()).split(/\r?\n/).filter((line) => line.includes("@")).slice(0, 5000);
    await serviceClient().from("subscribers").insert(emails.map((email) => ({ writer_id: userId, email })));
    return json({ imported: emails.length });
  }),
);
