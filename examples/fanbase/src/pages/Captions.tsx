import { useState } from "react";
import { CaptionPreview } from "@/components/CaptionPreview";
import { Layout } from "@/components/dashboard/Layout";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import { useCaptions, useWriteCaption } from "@/hooks/useCaptions";
import { suggestHashtags } from "@/lib/openai";

export default function Captions() {
  const [prompt, setPrompt] = useState("");
  const [chosen, setChosen] = useState("");
  const [tags, setTags] = useState<string[]>([]);
  const { data: captions = [] } = useCaptions();
  const write = useWriteCaption();

  const use = async (caption: string) => {
    setChosen(caption);
    setTags(await suggestHashtags(caption));
  };

  return (
    <Layout title="Captions">
      <Textarea
        placeholder="Behind the scenes of the glaze test on Friday"
        value={prompt}
        onChange={(e) => setPrompt(e.target.value)}
      />
      <Button className="mt-3" onClick={() => write.mutate({ prompt, tone: "playful" })} disabled={write.isPending}>
        Write three captions
      </Button>
      {chosen && (
        <div className="my-4 flex flex-wrap gap-2">
          {tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
        </div>
      )}
      <div className="mt-6 grid grid-cols-2 gap-4">
        {captions.map((draft) => (
          <CaptionPreview key={draft.id} caption={draft.caption} onUse={use} />
        ))}
      </div>
    </Layout>
  );
}
