import { useState } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { money } from "@/lib/format";
import { call } from "@/lib/functions";

interface Props {
  tier: { id: string; name: string; description: string | null; price_cents: number };
}

export function TierCard({ tier }: Props) {
  const [busy, setBusy] = useState(false);

  const subscribe = async () => {
    setBusy(true);
    try {
      const { url } = await call<{ url: string }>("subscribe-to-tier", { tierId: tier.id });
      window.location.assign(url);
    } catch (error) {
      console.error("checkout could not start", error);
      toast.error("The checkout could not be opened. Please try again.");
      setBusy(false);
    }
  };

  return (
    <Card>
      <CardHeader>
        <CardTitle>{tier.name}</CardTitle>
      </CardHeader>
      <CardContent>
        <p className="mb-4 text-sm text-muted-foreground">{tier.description}</p>
        <Button onClick={subscribe} disabled={busy}>
          Join for {money(tier.price_cents)} a month
        </Button>
      </CardContent>
    </Card>
  );
}
