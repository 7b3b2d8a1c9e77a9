-- AI captions, moderation, settings

CREATE TABLE public.caption_drafts (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  creator_id UUID NOT NULL REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  prompt TEXT NOT NULL,
  caption TEXT NOT NULL,
  tone TEXT,
  used_in_post UUID REFERENCES public.posts(id) ON DELETE SET NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX caption_drafts_creator_idx ON public.caption_drafts (creator_id, created_at DESC);
CREATE INDEX caption_drafts_used_in_post_idx ON public.caption_drafts (used_in_post);
ALTER TABLE public.caption_drafts ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Creators manage own captions"
ON public.caption_drafts FOR ALL
USING (auth.uid() = creator_id)
WITH CHECK (auth.uid() = creator_id);

CREATE TABLE public.ai_usage (
  user_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  day DATE NOT NULL DEFAULT current_date,
  calls INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, day)
);

ALTER TABLE public.ai_usage ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Users can view own AI usage"
ON public.ai_usage FOR SELECT
TO authenticated
USING (user_id = (SELECT auth.uid()));

-- Counts a call and tells whether it is still within the day's allowance.
CREATE OR REPLACE FUNCTION public.spend_ai_call(_user_id UUID, _allowance INTEGER)
RETURNS BOOLEAN
LANGUAGE sql
SECURITY DEFINER
SET search_path = public
AS $$
  INSERT INTO public.ai_usage (user_id, calls) VALUES (_user_id, 1)
  ON CONFLICT (user_id, day) DO UPDATE SET calls = ai_usage.calls + 1
  RETURNING calls <= _allowance
$$;

REVOKE ALL ON FUNCTION public.spend_ai_call(UUID, INTEGER) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION public.spend_ai_call(UUID, INTEGER) TO service_role;

CREATE TABLE public.reports (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  reporter_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  post_id UUID REFERENCES public.posts(id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'open',
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX reports_reporter_idx ON public.reports (reporter_id);
CREATE INDEX reports_post_idx ON public.reports (post_id);
ALTER TABLE public.reports ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Users can report in their own name"
ON public.reports FOR INSERT
TO authenticated
WITH CHECK (reporter_id = (SELECT auth.uid()) AND status = 'open');

CREATE POLICY "Reporters and moderators can view reports"
ON public.reports FOR SELECT
TO authenticated
USING (
  reporter_id = (SELECT auth.uid())
  OR public.has_role((SELECT auth.uid()), 'moderator')
  OR public.has_role((SELECT auth.uid()), 'admin')
);

CREATE TABLE public.audit_log (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  actor_id UUID REFERENCES public.profiles(id) ON DELETE SET NULL,
  action TEXT NOT NULL,
  target TEXT,
  detail JSONB,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX audit_log_actor_idx ON public.audit_log (actor_id);
ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

CREATE POLICY "System can insert audit entries"
ON public.audit_log FOR INSERT
WITH CHECK (true);

CREATE POLICY "Admins can view audit log"
ON public.audit_log FOR SELECT
TO authenticated
USING (public.has_role((SELECT auth.uid()), 'admin'));

CREATE TABLE public.platform_settings (
  key TEXT NOT NULL PRIMARY KEY,
  value JSONB NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.platform_settings ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Admins manage platform settings"
ON public.platform_settings FOR ALL
TO authenticated
USING (public.is_admin())
WITH CHECK (public.is_admin());

CREATE TABLE public.feature_flags (
  name TEXT NOT NULL PRIMARY KEY,
  enabled BOOLEAN NOT NULL DEFAULT false
);

ALTER TABLE public.feature_flags ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Feature flags are public"
ON public.feature_flags FOR SELECT
USING (true);

CREATE POLICY "Admins switch feature flags"
ON public.feature_flags FOR ALL
TO authenticated
USING (public.has_role((SELECT auth.uid()), 'admin'))
WITH CHECK (public.has_role((SELECT auth.uid()), 'admin'));

CREATE OR REPLACE FUNCTION public.set_featured(_creator_id UUID, _featured BOOLEAN)
RETURNS VOID
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
BEGIN
  IF NOT public.has_role(auth.uid(), 'admin') THEN
    RAISE EXCEPTION 'Admins only';
  END IF;
  UPDATE public.creator_profiles SET is_featured = _featured WHERE user_id = _creator_id;
END;
$$;
