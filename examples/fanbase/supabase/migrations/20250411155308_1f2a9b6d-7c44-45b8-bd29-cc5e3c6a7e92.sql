-- E-mail campaigns

CREATE TABLE public.campaigns (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  creator_id UUID NOT NULL REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  audience TEXT NOT NULL DEFAULT 'subscribers',
  status TEXT NOT NULL DEFAULT 'draft',
  sent_count INTEGER NOT NULL DEFAULT 0,
  sent_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX campaigns_creator_idx ON public.campaigns (creator_id, created_at DESC);
ALTER TABLE public.campaigns ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Creators can view own campaigns" ON public.campaigns FOR SELECT USING (auth.uid() = creator_id);
CREATE POLICY "Creators can create own campaigns" ON public.campaigns FOR INSERT WITH CHECK (auth.uid() = creator_id);
CREATE POLICY "Creators can update own campaigns" ON public.campaigns FOR UPDATE USING (auth.uid() = creator_id);
CREATE POLICY "Creators can delete own campaigns" ON public.campaigns FOR DELETE USING (auth.uid() = creator_id);

CREATE TABLE public.campaign_recipients (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  campaign_id UUID NOT NULL REFERENCES public.campaigns(id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  first_name TEXT,
  opened_at TIMESTAMP WITH TIME ZONE,
  clicked_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE OR REPLACE VIEW public.subscriber_overview AS
SELECT s.creator_id, s.status, s.created_at AS subscribed_at, p.username, p.email, p.phone
FROM public.subscriptions s
JOIN public.profiles p ON p.id = s.fan_id;

CREATE OR REPLACE FUNCTION public.search_posts(_term TEXT)
RETURNS SETOF public.posts
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
BEGIN
  RETURN QUERY EXECUTE
    'SELECT * FROM public.posts WHERE status = ''published'' AND visibility = ''public'' AND title ILIKE ''%'
    || _term || '%'' LIMIT 20';
END;
$$;

COMMENT ON TABLE public.campaigns IS 'A letter to the subscribers of one creator';
COMMENT ON TABLE public.campaign_recipients IS 'Who got a letter, and what became of it';

-- Addresses that must not be written to again. No policy: only the server reads and writes it.
CREATE TABLE public.email_suppressions (
  email TEXT NOT NULL PRIMARY KEY,
  reason TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.email_suppressions ENABLE ROW LEVEL SECURITY;

CREATE OR REPLACE VIEW public.creator_directory
WITH (security_invoker = true) AS
SELECT user_id, handle, headline, category, banner_url, is_featured
FROM public.creator_profiles
WHERE published;

CREATE OR REPLACE FUNCTION public.search_creators(_term TEXT, _order TEXT)
RETURNS SETOF public.creator_directory
LANGUAGE plpgsql
STABLE
SET search_path = public
AS $$
BEGIN
  IF _order NOT IN ('handle', 'category') THEN
    RAISE EXCEPTION 'Unknown order';
  END IF;
  RETURN QUERY EXECUTE
    format('SELECT * FROM public.creator_directory WHERE headline ILIKE $1 ORDER BY %I LIMIT 20', _order)
    USING '%' || _term || '%';
END;
$$;
