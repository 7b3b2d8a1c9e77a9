import { useState } from "react";
import { Layout } from "@/components/dashboard/Layout";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { useInvite, useTeams } from "@/hooks/useTeam";

export default function Team() {
  const [email, setEmail] = useState("");
  const { data: teams = [] } = useTeams();
  const invite = useInvite();

  return (
    <Layout title="Team">
      {teams.map((team) => (
        <Card key={team.id} className="mb-4 max-w-xl">
          <CardHeader>
            <CardTitle>{team.name}</CardTitle>
          </CardHeader>
          <CardContent>
            {team.team_members.map((member) => (
              <p key={member.profiles?.username} className="py-1 text-sm">
                {member.profiles?.username} <Badge>{member.role}</Badge>
              </p>
            ))}
            <div className="mt-3 flex gap-2">
              <Input placeholder="E-mail" value={email} onChange={(e) => setEmail(e.target.value)} />
              <Button onClick={() => invite.mutate({ teamId: team.id, email, role: "editor" })}>Invite</Button>
            </div>
          </CardContent>
        </Card>
      ))}
    </Layout>
  );
}
