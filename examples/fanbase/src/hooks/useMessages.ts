import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";

export function useConversations() {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["conversations", user?.id],
    enabled: Boolean(user),
    queryFn: async () => {
      const { data: conversations, error } = await supabase
        .from("conversations")
        .select("id, subject, last_message_at")
        .order("last_message_at", { ascending: false })
        .limit(100);
      if (error) throw error;

      return Promise.all(
        conversations.map(async (conversation) => {
          const { data: last } = await supabase
            .from("messages")
            .select("body, sender_id")
            .eq("conversation_id", conversation.id)
            .order("created_at", { ascending: false })
            .limit(1)
            .maybeSingle();
          const { count } = await supabase
            .from("messages")
            .select("id", { count: "exact", head: true })
            .eq("conversation_id", conversation.id)
            .is("read_at", null);
          return { ...conversation, preview: last?.body ?? "", unread: count ?? 0 };
        }),
      );
    },
  });
}

export function useThread(conversationId: string | null) {
  return useQuery({
    queryKey: ["thread", conversationId],
    enabled: Boolean(conversationId),
    queryFn: async () => {
      const { data, error } = await supabase
        .from("messages")
        .select("id, body, sender_id, created_at, profiles(username, avatar_url)")
        .eq("conversation_id", conversationId!)
        .order("created_at", { ascending: false })
        .limit(50);
      if (error) throw error;
      return data.reverse();
    },
  });
}

export function useSendMessage() {
  const { user } = useAuth();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ conversationId, body }: { conversationId: string; body: string }) => {
      const { error } = await supabase
        .from("messages")
        .insert({ conversation_id: conversationId, sender_id: user!.id, body });
      if (error) throw error;
    },
    onSuccess: (_data, { conversationId }) => client.invalidateQueries({ queryKey: ["thread", conversationId] }),
    onError: () => toast.error("The message was not sent."),
  });
}
