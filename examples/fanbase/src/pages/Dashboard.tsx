import { Layout } from "@/components/dashboard/Layout";
import { StatCard } from "@/components/dashboard/StatCard";
import { Card, CardContent, CardHeader, CardTitle } from "@/components/ui/card";
import { BarChart } from "@/components/ui/chart";
import { useEarnings, useOverview } from "@/hooks/useOverview";
import { useRecentSubscribers } from "@/hooks/useSubscribers";
import { ago, money } from "@/lib/format";

const COLORS = { income: "hsl(338 72% 48%)" };

export default function Dashboard() {
  const { data: overview } = useOverview();
  const { data: earnings } = useEarnings();
  const { data: recent = [] } = useRecentSubscribers();

  const bars = (earnings?.months ?? []).map((row) => ({ label: row.month.slice(0, 7), cents: row.cents })).reverse();

  return (
    <Layout title="Overview">
      <div className="grid grid-cols-4 gap-4">
        <StatCard label="Subscribers" value={String(overview?.subscribers ?? "–")} hint="active" />
        <StatCard label="Posts" value={String(overview?.posts ?? "–")} />
        <StatCard label="To be paid out" value={overview ? money(overview.availableCents) : "–"} />
        <StatCard label="Unread" value={String(overview?.unread ?? "–")} hint="notifications" />
      </div>
      <div className="mt-6 grid grid-cols-2 gap-4">
        <Card>
          <CardHeader>
            <CardTitle>Income by month</CardTitle>
          </CardHeader>
          <CardContent>
            <BarChart values={bars} colors={COLORS} />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>New subscribers</CardTitle>
          </CardHeader>
          <CardContent>
            {recent.map((row) => (
              <p key={row.id} className="py-1 text-sm">
                {row.profiles?.username} joined {row.tiers?.name} {ago(row.created_at)}
              </p>
            ))}
          </CardContent>
        </Card>
      </div>
    </Layout>
  );
}
