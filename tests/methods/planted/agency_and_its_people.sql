-- An agency sets the rank of those whom it engages; the twin lets the engaged set their own.
-- meant {"table": "public.crew_members", "owners": ["agency", "worker"], "authors": ["agency"], "pinned": ["rank"], "granted": ["rank"], "public": false, "user_may_insert": true, "user_may_update": true}
-- meant {"table": "public.free_crew_members", "owners": ["agency", "worker"], "authors": ["agency"], "pinned": ["rank"], "granted": ["rank"], "public": false, "user_may_insert": true, "user_may_update": true}
-- leak {"object": "public.free_crew_members", "operation": "update", "actor": "owner", "column": "rank"}
-- quiet "public.crew_members"
create table public.crew_members (id uuid primary key default gen_random_uuid(), agency uuid not null references auth.users (id), worker uuid not null references auth.users (id), rank text not null);
alter table public.crew_members enable row level security;
create policy a on public.crew_members for all using (agency = auth.uid()) with check (agency = auth.uid());
create policy w on public.crew_members for select using (worker = auth.uid());
create table public.free_crew_members (id uuid primary key default gen_random_uuid(), agency uuid not null references auth.users (id), worker uuid not null references auth.users (id), rank text not null);
alter table public.free_crew_members enable row level security;
create policy a on public.free_crew_members for all using (agency = auth.uid()) with check (agency = auth.uid());
create policy w on public.free_crew_members for all using (worker = auth.uid()) with check (worker = auth.uid());
