import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";
import { call } from "@/lib/functions";

export function useCampaigns(status: string) {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["campaigns", user?.id, status],
    enabled: Boolean(user),
    queryFn: async () => {
      const { data, error } = await supabase
        .from("campaigns")
        .select("id, subject, status, sent_count, created_at")
        .eq("creator_id", user!.id)
        .eq("status", status)
        .order("created_at", { ascending: false })
        .limit(50);
      if (error) throw error;
      return data;
    },
  });
}

export function useCreateCampaign() {
  const { user } = useAuth();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (letter: { subject: string; body: string }) => {
      const { error } = await supabase.from("campaigns").insert({ ...letter, creator_id: user!.id });
      if (error) throw error;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["campaigns"] }),
    onError: (error) => {
      console.error("campaign was not saved", error);
      toast.error("The campaign could not be saved.");
    },
  });
}

export function useSendCampaign() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (letter: { campaignId: string; greeting: string; message: string }) => call("send-campaign", letter),
    onSuccess: () => client.invalidateQueries({ queryKey: ["campaigns"] }),
    onError: () => toast.error("The campaign could not be sent."),
  });
}
