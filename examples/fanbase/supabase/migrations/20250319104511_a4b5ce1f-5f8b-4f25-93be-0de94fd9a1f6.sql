-- Posts, media, likes, comments, purchases

CREATE TABLE public.posts (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  creator_id UUID NOT NULL REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  body TEXT,
  visibility TEXT NOT NULL DEFAULT 'subscribers' CHECK (visibility IN ('public', 'subscribers', 'paid')),
  status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'scheduled', 'published')),
  price_cents INTEGER CHECK (price_cents > 0),
  cover_url TEXT,
  publish_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX posts_creator_created_idx ON public.posts (creator_id, created_at DESC);
ALTER TABLE public.posts ENABLE ROW LEVEL SECURITY;

CREATE TABLE public.purchases (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  buyer_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  post_id UUID NOT NULL REFERENCES public.posts(id) ON DELETE CASCADE,
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  stripe_session_id TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  UNIQUE (buyer_id, post_id)
);

CREATE INDEX purchases_post_id_idx ON public.purchases (post_id);
ALTER TABLE public.purchases ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Buyers can view own purchases"
ON public.purchases FOR SELECT
TO authenticated
USING (buyer_id = (SELECT auth.uid()));

CREATE POLICY "Service role records purchases"
ON public.purchases FOR INSERT
TO service_role
WITH CHECK (true);

CREATE OR REPLACE FUNCTION public.has_purchased(_post_id UUID)
RETURNS BOOLEAN
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (SELECT 1 FROM public.purchases WHERE buyer_id = auth.uid() AND post_id = _post_id)
$$;

CREATE POLICY "Posts are visible to their audience"
ON public.posts FOR SELECT
USING (
  status = 'published' AND (
    visibility = 'public'
    OR (visibility = 'subscribers' AND public.is_subscriber(creator_id))
    OR (visibility = 'paid' AND public.has_purchased(id))
  )
);

CREATE POLICY "Creators can view own posts"
ON public.posts FOR SELECT
TO authenticated
USING (creator_id = (SELECT auth.uid()));

CREATE POLICY "Creators can write own posts"
ON public.posts FOR INSERT
TO authenticated
WITH CHECK (creator_id = (SELECT auth.uid()));

CREATE POLICY "Creators can change own posts"
ON public.posts FOR UPDATE
TO authenticated
USING (creator_id = (SELECT auth.uid()))
WITH CHECK (creator_id = (SELECT auth.uid()));

CREATE POLICY "Creators can delete own posts"
ON public.posts FOR DELETE
TO authenticated
USING (creator_id = (SELECT auth.uid()));

CREATE TABLE public.post_media (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  post_id UUID NOT NULL REFERENCES public.posts(id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'video', 'audio')),
  storage_path TEXT NOT NULL,
  download_url TEXT,
  position INTEGER NOT NULL DEFAULT 0,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX post_media_post_id_idx ON public.post_media (post_id);
ALTER TABLE public.post_media ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Post media are viewable by everyone"
ON public.post_media FOR SELECT
USING (true);

CREATE POLICY "Creators manage media of own posts"
ON public.post_media FOR ALL
TO authenticated
USING (EXISTS (SELECT 1 FROM public.posts p WHERE p.id = post_id AND p.creator_id = (SELECT auth.uid())))
WITH CHECK (EXISTS (SELECT 1 FROM public.posts p WHERE p.id = post_id AND p.creator_id = (SELECT auth.uid())));

CREATE TABLE public.post_likes (
  post_id UUID NOT NULL REFERENCES public.posts(id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  PRIMARY KEY (post_id, user_id)
);

CREATE INDEX post_likes_user_id_idx ON public.post_likes (user_id);
ALTER TABLE public.post_likes ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Likes are public"
ON public.post_likes FOR SELECT
USING (true);

CREATE POLICY "Users can like in their own name"
ON public.post_likes FOR INSERT
TO authenticated
WITH CHECK (user_id = (SELECT auth.uid()));

CREATE POLICY "Users can take back own likes"
ON public.post_likes FOR DELETE
TO authenticated
USING (user_id = (SELECT auth.uid()));

CREATE TABLE public.comments (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  post_id UUID NOT NULL REFERENCES public.posts(id) ON DELETE CASCADE,
  author_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  body TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.comments ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Comments are visible with their post"
ON public.comments FOR SELECT
USING (EXISTS (SELECT 1 FROM public.posts p WHERE p.id = post_id));

CREATE POLICY "Signed-in users can comment"
ON public.comments FOR INSERT
TO authenticated
WITH CHECK ((SELECT auth.uid()) IS NOT NULL);

CREATE POLICY "Authors can delete own comments"
ON public.comments FOR DELETE
TO authenticated
USING (author_id = (SELECT auth.uid()));

CREATE TABLE public.post_stats (
  post_id UUID NOT NULL PRIMARY KEY REFERENCES public.posts(id) ON DELETE CASCADE,
  views BIGINT NOT NULL DEFAULT 0,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.post_stats ENABLE ROW LEVEL SECURITY;

CREATE POLICY "View counts are public"
ON public.post_stats FOR SELECT
USING (true);

-- Counts one view and nothing else, so anybody may call it.
CREATE OR REPLACE FUNCTION public.increment_post_views(_post_id UUID)
RETURNS VOID
LANGUAGE sql
SECURITY DEFINER
SET search_path = public
AS $$
  INSERT INTO public.post_stats (post_id, views)
  SELECT id, 1 FROM public.posts WHERE id = _post_id AND status = 'published'
  ON CONFLICT (post_id) DO UPDATE SET views = post_stats.views + 1, updated_at = now()
$$;
