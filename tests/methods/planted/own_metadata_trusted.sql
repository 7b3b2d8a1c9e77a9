-- A policy believes what the user may write into his own token; the twin asks the part that only the server writes.
-- meant {"table": "public.firing_logs", "owners": ["potter_id"], "authors": ["potter_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.firing_plans", "owners": ["potter_id"], "authors": ["potter_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.firing_logs", "operation": "select", "actor": "stranger", "row": "user_metadata"}
-- quiet "public.firing_plans"
create table public.firing_logs (id uuid primary key default gen_random_uuid(), potter_id uuid not null references auth.users (id), heat int);
create table public.firing_plans (id uuid primary key default gen_random_uuid(), potter_id uuid not null references auth.users (id), heat int);
alter table public.firing_logs enable row level security;
alter table public.firing_plans enable row level security;
create policy r on public.firing_logs for select using (auth.uid() = potter_id or (auth.jwt() -> 'user_metadata' ->> 'studio_role') = 'head');
create policy r on public.firing_plans for select using (auth.uid() = potter_id or (auth.jwt() -> 'app_metadata' ->> 'studio_role') = 'head');
