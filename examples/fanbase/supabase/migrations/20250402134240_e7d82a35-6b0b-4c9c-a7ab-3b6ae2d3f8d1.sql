-- Balances, ledger, payouts, tips, promo codes

CREATE TABLE public.creator_balances (
  creator_id UUID NOT NULL PRIMARY KEY REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  available_cents BIGINT NOT NULL DEFAULT 0,
  pending_cents BIGINT NOT NULL DEFAULT 0,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE TABLE public.ledger_entries (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  creator_id UUID NOT NULL REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('subscription', 'purchase', 'tip', 'payout', 'refund')),
  amount_cents BIGINT NOT NULL,
  source_id TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX ledger_entries_creator_idx ON public.ledger_entries (creator_id, created_at DESC);

CREATE TABLE public.payout_accounts (
  creator_id UUID NOT NULL PRIMARY KEY REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  stripe_account_id TEXT NOT NULL UNIQUE,
  country TEXT NOT NULL,
  charges_enabled BOOLEAN NOT NULL DEFAULT false,
  payouts_enabled BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE TABLE public.payouts (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  creator_id UUID NOT NULL REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'paid', 'failed')),
  request_key TEXT UNIQUE,
  stripe_transfer_id TEXT UNIQUE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  paid_at TIMESTAMP WITH TIME ZONE
);

CREATE INDEX payouts_creator_idx ON public.payouts (creator_id, created_at DESC);

CREATE TABLE public.tips (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  creator_id UUID NOT NULL REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  fan_id UUID REFERENCES public.profiles(id) ON DELETE SET NULL,
  amount DOUBLE PRECISION NOT NULL,
  message TEXT,
  stripe_session_id TEXT UNIQUE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX tips_creator_idx ON public.tips (creator_id, created_at DESC);
CREATE INDEX tips_fan_id_idx ON public.tips (fan_id);

CREATE TABLE public.promo_codes (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  creator_id UUID NOT NULL REFERENCES public.creator_profiles(user_id) ON DELETE CASCADE,
  code TEXT NOT NULL UNIQUE,
  percent_off INTEGER NOT NULL CHECK (percent_off BETWEEN 1 AND 100),
  max_uses INTEGER NOT NULL DEFAULT 100,
  uses INTEGER NOT NULL DEFAULT 0,
  expires_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX promo_codes_creator_idx ON public.promo_codes (creator_id);

CREATE TABLE public.promo_redemptions (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  promo_id UUID NOT NULL REFERENCES public.promo_codes(id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX promo_redemptions_promo_idx ON public.promo_redemptions (promo_id);
CREATE INDEX promo_redemptions_user_idx ON public.promo_redemptions (user_id);

CREATE TABLE public.webhook_events (
  id TEXT NOT NULL PRIMARY KEY,
  provider TEXT NOT NULL,
  kind TEXT NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.creator_balances ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.payout_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.payouts ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.tips ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.promo_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.promo_redemptions ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhook_events ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Creators can view own balance"
ON public.creator_balances FOR SELECT
TO authenticated
USING (creator_id = (SELECT auth.uid()));

CREATE POLICY "Service role can manage balances"
ON public.creator_balances FOR ALL
USING (true)
WITH CHECK (true);

CREATE POLICY "Creators can view own ledger"
ON public.ledger_entries FOR SELECT
TO authenticated
USING (creator_id = (SELECT auth.uid()));

CREATE POLICY "Service role can manage ledger"
ON public.ledger_entries FOR ALL
TO service_role
USING (true)
WITH CHECK (true);

CREATE POLICY "Creators can view own payout account"
ON public.payout_accounts FOR SELECT
TO authenticated
USING (creator_id = (SELECT auth.uid()));

CREATE POLICY "Creators can view own payouts"
ON public.payouts FOR SELECT
TO authenticated
USING (creator_id = (SELECT auth.uid()) OR public.has_role((SELECT auth.uid()), 'admin'));

CREATE POLICY "Creators and tippers can view tips"
ON public.tips FOR SELECT
TO authenticated
USING ((SELECT auth.uid()) IN (creator_id, fan_id));

CREATE POLICY "Creators manage own promo codes"
ON public.promo_codes FOR ALL
TO authenticated
USING (creator_id = (SELECT auth.uid()))
WITH CHECK (creator_id = (SELECT auth.uid()));

CREATE POLICY "Users can view own redemptions"
ON public.promo_redemptions FOR SELECT
TO authenticated
USING (user_id = (SELECT auth.uid()));

CREATE POLICY "Service role full access to webhook events"
ON public.webhook_events FOR ALL
USING ((SELECT auth.role()) = 'service_role')
WITH CHECK ((SELECT auth.role()) = 'service_role');

CREATE OR REPLACE FUNCTION public.credit_creator_balance(_creator_id UUID, _cents BIGINT)
RETURNS VOID
LANGUAGE sql
SECURITY DEFINER
SET search_path = public
AS $$
  INSERT INTO public.creator_balances (creator_id, available_cents) VALUES (_creator_id, _cents)
  ON CONFLICT (creator_id)
  DO UPDATE SET available_cents = creator_balances.available_cents + excluded.available_cents, updated_at = now()
$$;

CREATE OR REPLACE FUNCTION public.get_creator_earnings(_creator_id UUID)
RETURNS TABLE (month DATE, kind TEXT, cents BIGINT)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT date_trunc('month', created_at)::date, kind, sum(amount_cents)::bigint
  FROM public.ledger_entries WHERE creator_id = _creator_id GROUP BY 1, 2 ORDER BY 1 DESC
$$;

COMMENT ON TABLE public.creator_balances IS 'What a creator can withdraw, in cents';
COMMENT ON TABLE public.ledger_entries IS 'Every income and payout, one row per source';

-- Books a payout as paid. Only the server calls it.
CREATE OR REPLACE FUNCTION public.settle_payout(_payout_id UUID, _transfer_id TEXT)
RETURNS VOID
LANGUAGE sql
SECURITY DEFINER
SET search_path = public
AS $$
  UPDATE public.payouts SET status = 'paid', stripe_transfer_id = _transfer_id, paid_at = now()
  WHERE id = _payout_id AND status = 'pending'
$$;

REVOKE ALL ON FUNCTION public.settle_payout(UUID, TEXT) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION public.settle_payout(UUID, TEXT) TO service_role;

-- Books an income once: a second delivery of the same source changes nothing.
CREATE OR REPLACE FUNCTION public.book_income(_creator_id UUID, _kind TEXT, _cents BIGINT, _source_id TEXT)
RETURNS VOID
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
BEGIN
  INSERT INTO public.ledger_entries (creator_id, kind, amount_cents, source_id)
  VALUES (_creator_id, _kind, _cents, _source_id)
  ON CONFLICT (source_id) DO NOTHING;
  IF FOUND THEN
    INSERT INTO public.creator_balances (creator_id, available_cents) VALUES (_creator_id, _cents)
    ON CONFLICT (creator_id)
    DO UPDATE SET available_cents = creator_balances.available_cents + excluded.available_cents, updated_at = now();
  END IF;
END;
$$;

REVOKE ALL ON FUNCTION public.book_income(UUID, TEXT, BIGINT, TEXT) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION public.book_income(UUID, TEXT, BIGINT, TEXT) TO service_role;

-- Reserves the money of a payout under a row lock, so that two clicks cannot spend it twice.
CREATE OR REPLACE FUNCTION public.withdraw(_cents BIGINT, _request_key TEXT)
RETURNS UUID
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
DECLARE
  _available BIGINT;
  _payout UUID;
BEGIN
  IF auth.uid() IS NULL THEN
    RAISE EXCEPTION 'Please sign in';
  END IF;
  SELECT available_cents INTO _available FROM public.creator_balances WHERE creator_id = auth.uid() FOR UPDATE;
  IF _cents < 2000 OR _cents > COALESCE(_available, 0) THEN
    RAISE EXCEPTION 'That amount cannot be paid out';
  END IF;
  UPDATE public.creator_balances SET available_cents = available_cents - _cents WHERE creator_id = auth.uid();
  INSERT INTO public.payouts (creator_id, amount_cents, request_key) VALUES (auth.uid(), _cents, _request_key)
  RETURNING id INTO _payout;
  RETURN _payout;
END;
$$;

CREATE OR REPLACE FUNCTION public.get_my_earnings()
RETURNS TABLE (month DATE, kind TEXT, cents BIGINT)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT date_trunc('month', created_at)::date, kind, sum(amount_cents)::bigint
  FROM public.ledger_entries WHERE creator_id = auth.uid() GROUP BY 1, 2 ORDER BY 1 DESC
$$;
