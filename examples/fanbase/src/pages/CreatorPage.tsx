import { useEffect, useState } from "react";
import { useParams } from "react-router-dom";
import { toast } from "sonner";
import { AboutBlock } from "@/components/AboutBlock";
import { TierCard } from "@/components/TierCard";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { useCreatorProfile, useCreatorTiers } from "@/hooks/useCreatorProfile";
import { useFeed } from "@/hooks/usePosts";
import { call } from "@/lib/functions";

export default function CreatorPage() {
  const { handle } = useParams();
  const [page, setPage] = useState(0);
  const { data: creator, isLoading } = useCreatorProfile(handle);
  const { data: tiers = [] } = useCreatorTiers(creator?.user_id);
  const { data: posts = [] } = useFeed(creator?.user_id, page);

  const firstPost = posts[0]?.id;
  useEffect(() => {
    if (firstPost) call("track-view", { postId: firstPost }).catch(() => console.warn("view was not counted"));
  }, [firstPost]);

  const tip = async (cents: number) => {
    try {
      const { url } = await call<{ url: string }>("create-tip", { handle, cents });
      window.location.assign(url);
    } catch {
      toast.error("The tip jar is closed for the moment.");
    }
  };

  if (isLoading) return <p className="p-8">One moment…</p>;
  if (!creator) return <p className="p-8">There is no creator of that name.</p>;

  return (
    <main className="mx-auto max-w-4xl p-8">
      {creator.banner_url && <img src={creator.banner_url} alt="" className="mb-6 h-48 w-full rounded-lg object-cover" />}
      <h1 className="text-3xl font-bold">@{creator.handle}</h1>
      <p className="mt-2 text-muted-foreground">{creator.headline}</p>
      {creator.about_html && <AboutBlock html={creator.about_html} />}
      <div className="my-6 flex gap-2">
        {[300, 500, 1000].map((cents) => (
          <Button key={cents} variant="outline" onClick={() => tip(cents)}>
            Tip ${cents / 100}
          </Button>
        ))}
      </div>
      <div className="grid grid-cols-3 gap-4">
        {tiers.map((tier) => (
          <TierCard key={tier.id} tier={tier} />
        ))}
      </div>
      <div className="mt-8 flex flex-col gap-4">
        {posts.map((post) => (
          <Card key={post.id}>
            <CardHeader>
              <CardTitle>{post.title}</CardTitle>
            </CardHeader>
            <CardContent>
              <Badge>{post.visibility}</Badge>
            </CardContent>
          </Card>
        ))}
        <Button variant="ghost" onClick={() => setPage(page + 1)}>
          More
        </Button>
      </div>
    </main>
  );
}
