import { useQuery } from "@tanstack/react-query";
import { toast } from "sonner";
import { Layout } from "@/components/dashboard/Layout";
import { Button } from "@/components/ui/button";
import { Cell, Head, Row, Table } from "@/components/ui/table";
import { supabaseAdmin } from "@/integrations/supabase/admin";
import { call } from "@/lib/functions";

export default function Admin() {
  const { data: creators = [], refetch } = useQuery({
    queryKey: ["admin", "creators"],
    queryFn: async () => {
      const { data, error } = await supabaseAdmin.from("profiles").select("id, username, email, role, is_verified");
      if (error) throw error;
      return data.filter((profile) => profile.role === "creator" && !profile.is_verified);
    },
  });

  const verify = async (id: string) => {
    await supabaseAdmin.from("profiles").update({ is_verified: true }).eq("id", id);
    refetch();
  };

  const remove = async (userId: string) => {
    try {
      await call("admin-delete-user", { userId });
      refetch();
    } catch (error) {
      console.error("user was not deleted", error);
      toast.error("The account could not be deleted.");
    }
  };

  return (
    <Layout title="Creators to be verified">
      <Table>
        <thead>
          <Row>
            <Head>Name</Head>
            <Head>E-mail</Head>
            <Head />
          </Row>
        </thead>
        <tbody>
          {creators.map((creator) => (
            <Row key={creator.id}>
              <Cell>{creator.username}</Cell>
              <Cell>{creator.email}</Cell>
              <Cell>
                <Button size="sm" onClick={() => verify(creator.id)}>
                  Verify
                </Button>
                <Button size="sm" variant="destructive" onClick={() => remove(creator.id)}>
                  Delete
                </Button>
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Layout>
  );
}
