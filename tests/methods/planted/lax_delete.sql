-- Reading and changing are guarded, deleting is not.
-- meant {"table": "public.wheels", "owners": ["owner_id"], "authors": ["owner_id"], "public": true, "user_may_insert": true, "user_may_update": true, "user_may_delete": true, "anon_may_insert": false}
-- meant {"table": "public.ovens", "owners": ["owner_id"], "authors": ["owner_id"], "public": true, "user_may_insert": true, "user_may_update": true, "user_may_delete": true, "anon_may_insert": false}
-- leak {"object": "public.wheels", "operation": "delete", "actor": "stranger"}
-- quiet "public.ovens"
create table public.wheels (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users (id), label text);
create table public.ovens (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users (id), label text);
alter table public.wheels enable row level security;
alter table public.ovens enable row level security;
create policy r on public.wheels for select using (true);
create policy r on public.ovens for select using (true);
create policy u on public.wheels for update using (auth.uid() = owner_id);
create policy u on public.ovens for update using (auth.uid() = owner_id);
create policy d on public.wheels for delete to authenticated using (auth.uid() is not null);
create policy d on public.ovens for delete to authenticated using (auth.uid() = owner_id);
