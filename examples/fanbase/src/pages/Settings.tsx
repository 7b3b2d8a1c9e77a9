import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { Layout } from "@/components/dashboard/Layout";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { supabase } from "@/integrations/supabase/client";
import { call } from "@/lib/functions";

export default function Settings() {
  const [displayName, setDisplayName] = useState("");
  const [bio, setBio] = useState("");

  const save = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await call("update-profile", { display_name: displayName, bio });
      toast.success("Saved.");
    } catch (error) {
      console.error("profile was not saved", error);
      toast.error("Your profile could not be saved.");
    }
  };

  const polish = async () => {
    try {
      setBio((await call<{ bio: string }>("improve-bio", { bio })).bio);
    } catch (error) {
      console.error("bio was not polished", error);
      toast.error("The writing assistant is resting.");
    }
  };

  const changeAvatar = async (file: File) => {
    const form = new FormData();
    form.append("picture", file);
    const { error } = await supabase.functions.invoke("upload-avatar", { body: form });
    if (error) toast.error("The picture could not be changed.");
  };

  return (
    <Layout title="Settings">
      <form onSubmit={save} className="flex max-w-xl flex-col gap-4">
        <Input placeholder="Display name" value={displayName} onChange={(e) => setDisplayName(e.target.value)} />
        <Textarea placeholder="About you" value={bio} onChange={(e) => setBio(e.target.value)} />
        <input type="file" accept="image/png,image/jpeg" onChange={(e) => e.target.files?.[0] && changeAvatar(e.target.files[0])} />
        <div className="flex gap-2">
          <Button type="submit">Save</Button>
          <Button type="button" variant="outline" onClick={polish}>
            Polish with AI
          </Button>
        </div>
      </form>
      <Card className="mt-8 max-w-xl">
        <CardHeader>
          <CardTitle>Live streaming (preview)</CardTitle>
        </CardHeader>
        <CardContent>
          <Input readOnly value="sk_live_demo_stream_key_0001" aria-label="Stream key of the preview" />
        </CardContent>
      </Card>
    </Layout>
  );
}
