import { Layout } from "@/components/dashboard/Layout";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Cell, Head, Row, Table } from "@/components/ui/table";
import { useAuth } from "@/hooks/useAuth";
import { useSubscribers } from "@/hooks/useSubscribers";
import { ago, plural } from "@/lib/format";

export default function Subscribers() {
  const { user } = useAuth();
  const { data: subscribers = [] } = useSubscribers();
  const exportUrl = `${import.meta.env.VITE_SUPABASE_URL}/functions/v1/export-subscribers?creatorId=${user?.id}`;

  return (
    <Layout
      title={plural(subscribers.length, "subscriber")}
      action={
        <Button variant="outline" asChild>
          <a href={exportUrl}>Export</a>
        </Button>
      }
    >
      <Table>
        <thead>
          <Row>
            <Head>Name</Head>
            <Head>Tier</Head>
            <Head>Status</Head>
            <Head>Since</Head>
          </Row>
        </thead>
        <tbody>
          {subscribers.map((subscriber) => (
            <Row key={subscriber.id}>
              <Cell>{subscriber.username}</Cell>
              <Cell>{subscriber.tier}</Cell>
              <Cell>
                <Badge>{subscriber.status}</Badge>
              </Cell>
              <Cell>{ago(subscriber.since)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Layout>
  );
}
