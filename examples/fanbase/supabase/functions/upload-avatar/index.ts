import { corsHeaders, json } from "../_shared/cors.ts";
import { Refusal, refused, requireUser, serviceClient } from "../_shared/auth.ts";

const KINDS: Record<string, string> = { "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp" };
const LIMIT = 2 * 1024 * 1024;

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  try {
    const user = await requireUser(req);
    const picture = (await req.formData()).get("picture");
    if (!(picture instanceof File)) throw new Refusal(400, "Please choose a picture");
    if (picture.size > LIMIT) throw new Refusal(413, "A picture has at most 2 MB");
    const ending = KINDS[picture.type];
    if (!ending) throw new Refusal(415, "Please choose a PNG, JPEG or WebP");

    const { data, error } = await serviceClient()
      .storage.from("avatars")
      .upload(`${user.id}/${crypto.randomUUID()}.${ending}`, picture, { contentType: picture.type });
    if (error) throw error;

    return json({ path: data.path });
  } catch (error) {
    return refused(error);
  }
});
