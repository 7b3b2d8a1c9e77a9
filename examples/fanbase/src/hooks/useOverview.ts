import { useQuery } from "@tanstack/react-query";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";

export function useOverview() {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["overview", user?.id],
    enabled: Boolean(user),
    queryFn: async () => {
      const { count: subscribers } = await supabase
        .from("subscriptions")
        .select("id", { count: "exact", head: true })
        .eq("creator_id", user!.id)
        .eq("status", "active");
      const { count: posts } = await supabase
        .from("posts")
        .select("id", { count: "exact", head: true })
        .eq("creator_id", user!.id);
      const { data: balance } = await supabase
        .from("creator_balances")
        .select("available_cents")
        .eq("creator_id", user!.id)
        .maybeSingle();
      const { count: unread } = await supabase
        .from("notifications")
        .select("id", { count: "exact", head: true })
        .eq("user_id", user!.id)
        .is("read_at", null);
      return {
        subscribers: subscribers ?? 0,
        posts: posts ?? 0,
        availableCents: balance?.available_cents ?? 0,
        unread: unread ?? 0,
      };
    },
  });
}

export function useEarnings() {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["earnings", user?.id],
    enabled: Boolean(user),
    queryFn: async () => {
      const [months, tips] = await Promise.all([
        supabase.rpc("get_my_earnings"),
        supabase
          .from("tips")
          .select("id, amount, message, created_at")
          .eq("creator_id", user!.id)
          .order("created_at", { ascending: false })
          .limit(10),
      ]);
      if (months.error) throw months.error;
      if (tips.error) throw tips.error;
      return { months: months.data.slice(0, 12), tips: tips.data };
    },
  });
}
