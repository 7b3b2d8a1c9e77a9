import { useState } from "react";
import { Layout } from "@/components/dashboard/Layout";
import { StatCard } from "@/components/dashboard/StatCard";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Cell, Head, Row, Table } from "@/components/ui/table";
import { useBalance, usePayouts, useWithdraw } from "@/hooks/usePayouts";
import { ago, money } from "@/lib/format";

export default function Payouts() {
  const [dollars, setDollars] = useState("");
  const { data: balance } = useBalance();
  const { data: payouts = [] } = usePayouts();
  const withdraw = useWithdraw();

  return (
    <Layout title="Payouts">
      <div className="grid grid-cols-2 gap-4">
        <StatCard label="Available" value={money(balance?.available_cents ?? 0)} />
        <StatCard label="Pending" value={money(balance?.pending_cents ?? 0)} />
      </div>
      <div className="my-6 flex max-w-sm gap-2">
        <Input placeholder="Amount in dollars" value={dollars} onChange={(e) => setDollars(e.target.value)} />
        <Button onClick={() => withdraw.mutate(Math.round(Number(dollars) * 100))} disabled={withdraw.isPending}>
          Withdraw
        </Button>
      </div>
      <Table>
        <thead>
          <Row>
            <Head>Amount</Head>
            <Head>Status</Head>
            <Head>Asked</Head>
          </Row>
        </thead>
        <tbody>
          {payouts.map((payout) => (
            <Row key={payout.id}>
              <Cell>{money(payout.amount_cents)}</Cell>
              <Cell>
                <Badge>{payout.status}</Badge>
              </Cell>
              <Cell>{ago(payout.created_at)}</Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Layout>
  );
}
