import { useQuery } from "@tanstack/react-query";
import { toast } from "sonner";
import { Layout } from "@/components/dashboard/Layout";
import { Button } from "@/components/ui/button";
import { Cell, Head, Row, Table } from "@/components/ui/table";
import { supabase } from "@/integrations/supabase/client";
import { ago, money } from "@/lib/format";
import { call } from "@/lib/functions";

export default function AdminPayouts() {
  const { data: pending = [], refetch } = useQuery({
    queryKey: ["admin", "payouts"],
    queryFn: async () => {
      const { data, error } = await supabase
        .from("payouts")
        .select("id, amount_cents, created_at, creator_profiles(handle)")
        .eq("status", "pending")
        .order("created_at")
        .limit(100);
      if (error) throw error;
      return data;
    },
  });

  const approve = async (payoutId: string) => {
    try {
      await call("admin-approve-payout", { payoutId });
      refetch();
    } catch (error) {
      console.error("payout was not approved", error);
      toast.error("The payout could not be approved.");
    }
  };

  return (
    <Layout title="Payouts to be approved">
      <Table>
        <thead>
          <Row>
            <Head>Creator</Head>
            <Head>Amount</Head>
            <Head>Asked</Head>
            <Head />
          </Row>
        </thead>
        <tbody>
          {pending.map((payout) => (
            <Row key={payout.id}>
              <Cell>@{payout.creator_profiles?.handle}</Cell>
              <Cell>{money(payout.amount_cents)}</Cell>
              <Cell>{ago(payout.created_at)}</Cell>
              <Cell>
                <Button size="sm" onClick={() => approve(payout.id)}>
                  Approve
                </Button>
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Layout>
  );
}
