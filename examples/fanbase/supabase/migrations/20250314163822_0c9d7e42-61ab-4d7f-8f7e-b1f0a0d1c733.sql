-- Tiers and subscriptions

CREATE TABLE public.tiers (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  creator_id UUID NOT NULL REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  description TEXT,
  price_cents INTEGER NOT NULL CHECK (price_cents >= 100),
  currency TEXT NOT NULL DEFAULT 'usd',
  stripe_price_id TEXT,
  is_active BOOLEAN NOT NULL DEFAULT true,
  position INTEGER NOT NULL DEFAULT 0,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX tiers_creator_id_idx ON public.tiers (creator_id);
ALTER TABLE public.tiers ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Active tiers are public"
ON public.tiers FOR SELECT
USING (is_active OR creator_id = (SELECT auth.uid()));

CREATE POLICY "Creators manage own tiers"
ON public.tiers FOR ALL
TO authenticated
USING (creator_id = (SELECT auth.uid()))
WITH CHECK (creator_id = (SELECT auth.uid()));

CREATE TABLE public.subscriptions (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  fan_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  creator_id UUID NOT NULL REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  tier_id UUID NOT NULL REFERENCES public.tiers(id),
  status TEXT NOT NULL DEFAULT 'active',
  stripe_subscription_id TEXT UNIQUE,
  current_period_end TIMESTAMP WITH TIME ZONE,
  cancel_at_period_end BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX subscriptions_fan_id_idx ON public.subscriptions (fan_id);
CREATE INDEX subscriptions_creator_status_idx ON public.subscriptions (creator_id, status, created_at DESC);
CREATE INDEX subscriptions_tier_id_idx ON public.subscriptions (tier_id);
ALTER TABLE public.subscriptions ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Fans and creators can view their subscriptions"
ON public.subscriptions FOR SELECT
TO authenticated
USING ((SELECT auth.uid()) IN (fan_id, creator_id));

CREATE POLICY "Users can create their own subscriptions"
ON public.subscriptions FOR INSERT
TO authenticated
WITH CHECK (fan_id = (SELECT auth.uid()));

CREATE POLICY "Fans can cancel own subscriptions"
ON public.subscriptions FOR UPDATE
TO authenticated
USING (fan_id = (SELECT auth.uid()))
WITH CHECK (fan_id = (SELECT auth.uid()));

-- Cancelling is the only thing that a fan may change; all else is Stripe's word.
REVOKE UPDATE ON public.subscriptions FROM anon, authenticated;
GRANT UPDATE (cancel_at_period_end) ON public.subscriptions TO authenticated;

CREATE OR REPLACE FUNCTION public.is_subscriber(_creator_id UUID)
RETURNS BOOLEAN
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (
    SELECT 1 FROM public.subscriptions
    WHERE fan_id = auth.uid() AND creator_id = _creator_id AND status = 'active'
  )
$$;
