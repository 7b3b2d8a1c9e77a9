import { useQuery } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";

export function useCreatorProfile(handle: string | undefined) {
  return useQuery({
    queryKey: ["creator", handle],
    enabled: Boolean(handle),
    queryFn: async () => {
      const { data, error } = await supabase
        .from("creator_profiles")
        .select("*")
        .eq("handle", handle!)
        .maybeSingle();
      if (error) throw error;
      return data;
    },
  });
}

export function useCreatorTiers(creatorId: string | undefined) {
  return useQuery({
    queryKey: ["tiers", creatorId],
    enabled: Boolean(creatorId),
    queryFn: async () => {
      const { data, error } = await supabase
        .from("tiers")
        .select("id, name, description, price_cents")
        .eq("creator_id", creatorId!)
        .eq("is_active", true)
        .order("position")
        .limit(12);
      if (error) throw error;
      return data;
    },
  });
}

export function useDiscover(term: string) {
  return useQuery({
    queryKey: ["discover", term],
    queryFn: async () => {
      const { data, error } = await supabase
        .from("creator_profiles")
        .select("user_id, handle, headline, category, banner_url")
        .eq("published", true)
        .or(`handle.ilike.%${term}%,headline.ilike.%${term}%`)
        .limit(24);
      if (error) throw error;
      return data;
    },
  });
}

export function useCategory(category: string) {
  return useQuery({
    queryKey: ["category", category],
    queryFn: async () => {
      const { data, error } = await supabase
        .from("creator_profiles")
        .select("user_id, handle, headline, banner_url")
        .eq("published", true)
        .ilike("category", `%${category}%`)
        .limit(24);
      if (error) throw error;
      return data;
    },
  });
}
