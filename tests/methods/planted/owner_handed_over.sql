-- The owner column can be given to somebody else through a lax WITH CHECK; the twin's check holds it.
-- meant {"table": "public.moulds", "owners": ["owner_id"], "authors": ["owner_id"], "public": true, "user_may_insert": true, "user_may_update": true, "user_may_delete": true, "anon_may_insert": false}
-- meant {"table": "public.dies", "owners": ["owner_id"], "authors": ["owner_id"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": true, "anon_may_insert": false}
-- meant {"table": "public.stamps", "owners": ["owner_id"], "authors": ["owner_id"], "public": true, "user_may_insert": true, "user_may_update": true, "user_may_delete": true, "anon_may_insert": false}
-- leak {"object": "public.moulds", "operation": "update", "actor": "owner", "column": "owner_id"}
-- leak {"object": "public.dies", "operation": "update", "actor": "owner", "column": "owner_id"}
-- quiet "public.stamps"
create table public.moulds (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users (id), label text);
create table public.dies (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users (id), label text);
create table public.stamps (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users (id), label text);
alter table public.moulds enable row level security;
alter table public.dies enable row level security;
alter table public.stamps enable row level security;
create policy r on public.moulds for select using (true);
create policy r on public.dies for select using (auth.uid() = owner_id);
create policy r on public.stamps for select using (true);
create policy u on public.moulds for update using (auth.uid() = owner_id) with check (true);
create policy u on public.dies for update using (auth.uid() = owner_id) with check (true);
create policy u on public.stamps for update using (auth.uid() = owner_id);
