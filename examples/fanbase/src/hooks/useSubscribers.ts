import { useQuery } from "@tanstack/react-query";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";

export interface Subscriber {
  id: string;
  status: string;
  since: string;
  username: string;
  tier: string;
}

export function useSubscribers() {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["subscribers", user?.id],
    enabled: Boolean(user),
    queryFn: async () => {
      const { data: subscriptions, error } = await supabase
        .from("subscriptions")
        .select("id, fan_id, tier_id, status, created_at")
        .eq("creator_id", user!.id)
        .order("created_at", { ascending: false })
        .limit(200);
      if (error) throw error;

      const subscribers: Subscriber[] = [];
      for (const row of subscriptions) {
        const { data: profile } = await supabase.from("profiles").select("username").eq("id", row.fan_id).single();
        const { data: tier } = await supabase.from("tiers").select("name").eq("id", row.tier_id).single();
        subscribers.push({
          id: row.id,
          status: row.status,
          since: row.created_at,
          username: profile?.username ?? "gone",
          tier: tier?.name ?? "–",
        });
      }
      return subscribers;
    },
  });
}

export function useRecentSubscribers() {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["subscribers", "recent", user?.id],
    enabled: Boolean(user),
    queryFn: async () => {
      const { data, error } = await supabase
        .from("subscriptions")
        .select("id, status, created_at, profiles(username, avatar_url), tiers(name)")
        .eq("creator_id", user!.id)
        .eq("status", "active")
        .order("created_at", { ascending: false })
        .limit(8);
      if (error) throw error;
      return data;
    },
  });
}
