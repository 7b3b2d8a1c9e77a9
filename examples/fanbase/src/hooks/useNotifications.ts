import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";

export function useNotifications() {
  const { user } = useAuth();
  const client = useQueryClient();

  const { data: unread = [] } = useQuery({
    queryKey: ["notifications", user?.id],
    enabled: Boolean(user),
    refetchInterval: 60_000,
    queryFn: async () => {
      const { data, error } = await supabase
        .from("notifications")
        .select("id, title, link, created_at")
        .eq("user_id", user!.id)
        .is("read_at", null)
        .order("created_at", { ascending: false })
        .limit(20);
      if (error) throw error;
      return data;
    },
  });

  const { mutate } = useMutation({
    mutationFn: async () => {
      const ids = unread.map((notification) => notification.id);
      const { error } = await supabase
        .from("notifications")
        .update({ read_at: new Date().toISOString() })
        .in("id", ids);
      if (error) throw error;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["notifications"] }),
  });

  return { unread, markAllRead: () => mutate() };
}
