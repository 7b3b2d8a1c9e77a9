import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router-dom";
import { toast } from "sonner";
import { Layout } from "@/components/dashboard/Layout";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { useAuth } from "@/hooks/useAuth";
import { useWritePost } from "@/hooks/usePosts";
import { supabase } from "@/integrations/supabase/client";
import { mediaUrl } from "@/lib/links";

export default function PostEditor() {
  const { user } = useAuth();
  const navigate = useNavigate();
  const write = useWritePost();
  const [title, setTitle] = useState("");
  const [body, setBody] = useState("");
  const [visibility, setVisibility] = useState("subscribers");
  const [price, setPrice] = useState("");
  const [cover, setCover] = useState<string | null>(null);

  const uploadCover = async (file: File) => {
    const form = new FormData();
    form.append("file", file);
    const { data, error } = await supabase.functions.invoke<{ path: string }>("upload-media", { body: form });
    if (error || !data) return toast.error("The picture could not be uploaded.");
    setCover(mediaUrl(data.path));
  };

  const save = (event: FormEvent) => {
    event.preventDefault();
    write.mutate(
      {
        creator_id: user!.id,
        title,
        body,
        visibility,
        cover_url: cover,
        price_cents: visibility === "paid" ? Math.round(Number(price) * 100) : null,
      },
      { onSuccess: () => navigate("/posts") },
    );
  };

  return (
    <Layout title="New post">
      <form onSubmit={save} className="flex max-w-2xl flex-col gap-4">
        <Input placeholder="Title" value={title} onChange={(e) => setTitle(e.target.value)} required />
        <Textarea placeholder="What is new?" value={body} onChange={(e) => setBody(e.target.value)} />
        <select value={visibility} onChange={(e) => setVisibility(e.target.value)} className="rounded-md border p-2">
          <option value="public">For everybody</option>
          <option value="subscribers">For subscribers</option>
          <option value="paid">For buyers of this post</option>
        </select>
        {visibility === "paid" && (
          <Input placeholder="Price in dollars" value={price} onChange={(e) => setPrice(e.target.value)} />
        )}
        <input type="file" accept="image/*" onChange={(e) => e.target.files?.[0] && uploadCover(e.target.files[0])} />
        <Button type="submit" disabled={write.isPending}>
          Save draft
        </Button>
      </form>
    </Layout>
  );
}
