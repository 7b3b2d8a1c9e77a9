import { useState } from "react";
import { Link } from "react-router-dom";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { useDiscover } from "@/hooks/useCreatorProfile";

export default function Discover() {
  const [term, setTerm] = useState("");
  const { data: creators = [] } = useDiscover(term);

  return (
    <main className="mx-auto max-w-5xl p-8">
      <h1 className="mb-4 text-2xl font-semibold">Find creators</h1>
      <Input placeholder="Ceramics, jazz, sourdough…" value={term} onChange={(e) => setTerm(e.target.value)} />
      <div className="mt-6 grid grid-cols-3 gap-4">
        {creators.map((creator) => (
          <Link key={creator.user_id} to={`/c/${creator.handle}`}>
            <Card>
              <CardHeader>
                <CardTitle>@{creator.handle}</CardTitle>
              </CardHeader>
              <CardContent className="text-sm text-muted-foreground">{creator.headline}</CardContent>
            </Card>
          </Link>
        ))}
      </div>
    </main>
  );
}
