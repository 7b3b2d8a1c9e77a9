-- Who gives a talk may not admit himself; the host of the evening may admit others (the twin), also who hosts and talks.
-- meant {"table": "public.evenings", "owners": ["host"], "authors": ["host"], "public": false}
-- meant {"table": "public.talks", "owners": ["speaker"], "authors": ["speaker"], "pinned": ["admitted"], "public": false, "user_may_insert": true, "user_may_update": true}
-- meant {"table": "public.lax_talks", "owners": ["speaker"], "authors": ["speaker"], "pinned": ["admitted"], "public": false, "user_may_insert": true, "user_may_update": true}
-- meant {"table": "public.envelopes", "owners": ["giver", "taker"], "authors": ["giver"], "pinned": ["cents"], "public": false, "user_may_insert": false}
-- leak {"object": "public.lax_talks", "operation": "update", "actor": "owner", "column": "admitted"}
-- leak {"object": "public.envelopes", "operation": "update", "actor": "owner", "column": "cents"}
-- quiet "public.talks"
create table public.evenings (id uuid primary key default gen_random_uuid(), host uuid not null references auth.users (id));
alter table public.evenings enable row level security;
create policy r on public.evenings for select using (host = auth.uid());
create table public.talks (id uuid primary key default gen_random_uuid(), evening uuid not null references public.evenings (id), speaker uuid not null references auth.users (id), admitted boolean not null default false);
alter table public.talks enable row level security;
create policy r on public.talks for select using (speaker = auth.uid());
create policy w on public.talks for update using (exists (select 1 from public.evenings e where e.id = talks.evening and e.host = auth.uid()));
create table public.lax_talks (id uuid primary key default gen_random_uuid(), evening uuid not null references public.evenings (id), speaker uuid not null references auth.users (id), admitted boolean not null default false);
alter table public.lax_talks enable row level security;
create policy r on public.lax_talks for select using (speaker = auth.uid());
create policy w on public.lax_talks for update using (exists (select 1 from public.evenings e where e.id = lax_talks.evening and e.host = auth.uid()));
create policy o on public.lax_talks for update using (speaker = auth.uid());
create table public.envelopes (id uuid primary key default gen_random_uuid(), giver uuid not null references auth.users (id), taker uuid not null references auth.users (id), cents int not null, opened boolean, state text not null check (state in ('new', 'opened', 'kept')));
alter table public.envelopes enable row level security;
create policy r on public.envelopes for select using (auth.uid() in (giver, taker));
create policy w on public.envelopes for update using (taker = auth.uid()) with check (taker = auth.uid());
