import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";
import { call } from "@/lib/functions";

export function usePayouts() {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["payouts", user?.id],
    enabled: Boolean(user),
    queryFn: async () => {
      try {
        const { data } = await supabase
          .from("payouts")
          .select("id, amount_cents, status, created_at")
          .eq("creator_id", user!.id)
          .order("created_at", { ascending: false })
          .limit(50);
        return data ?? [];
      } catch {
        return [];
      }
    },
  });
}

export function useBalance() {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["balance", user?.id],
    enabled: Boolean(user),
    queryFn: async () => {
      const { data, error } = await supabase
        .from("creator_balances")
        .select("available_cents, pending_cents")
        .eq("creator_id", user!.id)
        .maybeSingle();
      if (error) throw error;
      return data ?? { available_cents: 0, pending_cents: 0 };
    },
  });
}

export function useWithdraw() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (cents: number) => call("withdraw-earnings", { cents, requestKey: crypto.randomUUID() }),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: ["payouts"] });
      client.invalidateQueries({ queryKey: ["balance"] });
    },
    onError: (error) => {
      console.error("withdrawal failed", error);
      toast.error("The withdrawal was refused.");
    },
  });
}
