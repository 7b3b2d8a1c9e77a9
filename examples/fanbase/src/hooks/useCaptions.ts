import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";
import { call } from "@/lib/functions";

export function useCaptions() {
  const { user } = useAuth();
  return useQuery({
    queryKey: ["captions", user?.id],
    enabled: Boolean(user),
    queryFn: async () => {
      const { data, error } = await supabase
        .from("caption_drafts")
        .select("id, prompt, caption, created_at")
        .eq("creator_id", user!.id)
        .order("created_at", { ascending: false })
        .limit(30);
      if (error) throw error;
      return data;
    },
  });
}

export function useWriteCaption() {
  const { user } = useAuth();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ prompt, tone }: { prompt: string; tone: string }) => {
      const { caption } = await call<{ caption: string }>("generate-caption", {
        model: "google/gemini-2.5-pro",
        messages: [
          { role: "system", content: `You write captions in a ${tone} tone.` },
          { role: "user", content: prompt },
        ],
      });
      const { error } = await supabase
        .from("caption_drafts")
        .insert({ creator_id: user!.id, prompt, caption, tone });
      if (error) throw error;
      return caption;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["captions"] }),
    onError: () => toast.error("No caption could be written."),
  });
}
