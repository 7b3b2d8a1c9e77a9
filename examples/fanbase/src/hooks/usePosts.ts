import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";
import type { TablesInsert } from "@/integrations/supabase/types";
import { call } from "@/lib/functions";

export function usePosts() {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["posts", user?.id],
    enabled: Boolean(user),
    queryFn: async () => {
      const { data, error } = await supabase
        .from("posts")
        .select("id, title, body, visibility, status, price_cents, created_at")
        .eq("creator_id", user!.id)
        .order("created_at", { ascending: false });
      if (error) throw error;
      return data;
    },
  });
}

export function useFeed(creatorId: string | undefined, page: number) {
  return useQuery({
    queryKey: ["feed", creatorId, page],
    enabled: Boolean(creatorId),
    queryFn: async () => {
      const { data, error } = await supabase
        .from("posts")
        .select("id, title, visibility, cover_url, created_at")
        .eq("creator_id", creatorId!)
        .eq("status", "published")
        .order("created_at", { ascending: false })
        .range(page * 12, page * 12 + 11);
      if (error) throw error;
      return data;
    },
  });
}

export function useWritePost() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (post: TablesInsert<"posts">) => {
      const { error } = await supabase.from("posts").insert(post);
      if (error) throw error;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["posts"] }),
    onError: () => toast.error("The post could not be saved."),
  });
}

export function usePublishPost() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (postId: string) => call("publish-post", { postId }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["posts"] }),
    onError: () => toast.error("The post could not be published."),
  });
}

export function useDeletePost() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (postId: string) => call("delete-post", { postId }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["posts"] }),
    onError: () => toast.error("The post could not be deleted."),
  });
}
