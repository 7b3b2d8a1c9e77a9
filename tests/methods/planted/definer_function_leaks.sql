-- A definer function hands out everybody's rows; the twin only the caller's.
-- meant {"table": "public.wages", "owners": ["worker_id"], "authors": ["worker_id"], "public": false, "secret": ["bank"], "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.all_wages()", "operation": "call", "actor": "anon"}
-- quiet "public.wages"
-- quiet "public.my_wages()"
create table public.wages (id uuid primary key default gen_random_uuid(), worker_id uuid not null references auth.users (id), cents int, bank text not null);
alter table public.wages enable row level security;
create policy r on public.wages for select using (auth.uid() = worker_id);
create function public.all_wages() returns setof public.wages language sql security definer set search_path = '' as $$ select * from public.wages $$;
create function public.my_wages() returns setof public.wages language sql security definer set search_path = '' as $$ select * from public.wages where worker_id = auth.uid() $$;
