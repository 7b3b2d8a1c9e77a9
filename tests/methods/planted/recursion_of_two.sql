-- Two tables ask each other's rules, so nobody reads either.
-- meant {"table": "public.rooms_a", "owners": ["host"], "authors": ["host"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.rooms_b", "owners": ["guest"], "authors": ["guest"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- broken {"object": "public.rooms_a", "operation": "select", "actor": "owner"}
create table public.rooms_a (id uuid primary key default gen_random_uuid(), host uuid not null references auth.users (id));
create table public.rooms_b (id uuid primary key default gen_random_uuid(), room uuid not null references public.rooms_a (id), guest uuid not null references auth.users (id));
alter table public.rooms_a enable row level security;
alter table public.rooms_b enable row level security;
create policy a on public.rooms_a for select using (host = auth.uid() or exists (select 1 from public.rooms_b b where b.room = rooms_a.id and b.guest = auth.uid()));
create policy b on public.rooms_b for select using (guest = auth.uid() or exists (select 1 from public.rooms_a a where a.id = rooms_b.room and a.host = auth.uid()));
