import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { supabase } from "@/integrations/supabase/client";
import { call } from "@/lib/functions";

export function useTeams() {
  return useQuery({
    queryKey: ["teams"],
    queryFn: async () => {
      const { data, error } = await supabase
        .from("teams")
        .select("id, name, team_members(role, profiles(username, avatar_url))")
        .order("name")
        .limit(20);
      if (error) throw error;
      return data;
    },
  });
}

export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (invite: { teamId: string; email: string; role: "manager" | "editor" }) => call("invite-member", invite),
    onSuccess: () => {
      toast.success("The invitation is on its way.");
      client.invalidateQueries({ queryKey: ["teams"] });
    },
    onError: () => toast.error("The invitation could not be sent."),
  });
}
