import { useState } from "react";
import { Layout } from "@/components/dashboard/Layout";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { useCampaigns, useCreateCampaign, useSendCampaign } from "@/hooks/useCampaigns";
import { plural } from "@/lib/format";

export default function Campaigns() {
  const [subject, setSubject] = useState("");
  const [body, setBody] = useState("");
  const [greeting, setGreeting] = useState("Hello");
  const { data: drafts = [] } = useCampaigns("draft");
  const { data: sent = [] } = useCampaigns("sent");
  const create = useCreateCampaign();
  const send = useSendCampaign();

  return (
    <Layout title="Campaigns">
      <div className="flex max-w-xl flex-col gap-3">
        <Input placeholder="Subject" value={subject} onChange={(e) => setSubject(e.target.value)} />
        <Input placeholder="Greeting" value={greeting} onChange={(e) => setGreeting(e.target.value)} />
        <Textarea placeholder="Your letter" value={body} onChange={(e) => setBody(e.target.value)} />
        <Button onClick={() => create.mutate({ subject, body })}>Save</Button>
      </div>
      <div className="mt-8 grid grid-cols-2 gap-4">
        {drafts.map((campaign) => (
          <Card key={campaign.id}>
            <CardHeader>
              <CardTitle>{campaign.subject}</CardTitle>
            </CardHeader>
            <CardContent>
              <Button size="sm" onClick={() => send.mutate({ campaignId: campaign.id, greeting, message: body })}>
                Send now
              </Button>
            </CardContent>
          </Card>
        ))}
        {sent.map((campaign) => (
          <Card key={campaign.id}>
            <CardHeader>
              <CardTitle>{campaign.subject}</CardTitle>
            </CardHeader>
            <CardContent className="text-sm text-muted-foreground">
              Sent to {plural(campaign.sent_count, "reader")}
            </CardContent>
          </Card>
        ))}
      </div>
    </Layout>
  );
}
