-- Teams: a creator's editors and managers

CREATE TABLE public.teams (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  owner_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX teams_owner_idx ON public.teams (owner_id);

CREATE TABLE public.team_members (
  team_id UUID NOT NULL REFERENCES public.teams(id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  role TEXT NOT NULL DEFAULT 'editor' CHECK (role IN ('owner', 'manager', 'editor')),
  joined_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  PRIMARY KEY (team_id, user_id)
);

CREATE INDEX team_members_user_idx ON public.team_members (user_id);

CREATE TABLE public.team_invites (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  team_id UUID NOT NULL REFERENCES public.teams(id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  role TEXT NOT NULL DEFAULT 'editor' CHECK (role IN ('manager', 'editor')),
  token TEXT NOT NULL UNIQUE DEFAULT encode(extensions.gen_random_bytes(24), 'hex'),
  accepted_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX team_invites_team_idx ON public.team_invites (team_id);

CREATE TABLE public.team_notes (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  team_id UUID NOT NULL REFERENCES public.teams(id) ON DELETE CASCADE,
  author_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  body TEXT NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX team_notes_team_idx ON public.team_notes (team_id, created_at DESC);
CREATE INDEX team_notes_author_idx ON public.team_notes (author_id);

ALTER TABLE public.teams ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.team_members ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.team_invites ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.team_notes ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Owners manage own teams"
ON public.teams FOR ALL
TO authenticated
USING (owner_id = (SELECT auth.uid()))
WITH CHECK (owner_id = (SELECT auth.uid()));

CREATE POLICY "Members can view their team"
ON public.team_members FOR SELECT
TO authenticated
USING (team_id IN (SELECT team_id FROM public.team_members WHERE user_id = (SELECT auth.uid())));

CREATE POLICY "Anyone can view invites by token"
ON public.team_invites FOR SELECT
USING (true);

CREATE POLICY "Owners can invite"
ON public.team_invites FOR INSERT
TO authenticated
WITH CHECK (EXISTS (SELECT 1 FROM public.teams t WHERE t.id = team_id AND t.owner_id = (SELECT auth.uid())));

CREATE POLICY "Owners can read team notes"
ON public.team_notes FOR SELECT
TO authenticated
USING (EXISTS (SELECT 1 FROM public.teams t WHERE t.id = team_id AND t.owner_id = (SELECT auth.uid())));

CREATE POLICY "Owners can write team notes"
ON public.team_notes FOR INSERT
TO authenticated
WITH CHECK (
  author_id = (SELECT auth.uid())
  AND EXISTS (SELECT 1 FROM public.teams t WHERE t.id = team_id AND t.owner_id = (SELECT auth.uid()))
);
