-- Whoever signs up must say what he is, and may say only that he reads; the twin lets him be an admin.
-- meant {"table": "public.readers", "owners": ["user_id"], "authors": ["user_id"], "pinned": ["role"], "public": false, "user_may_insert": true, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.free_readers", "owners": ["user_id"], "authors": ["user_id"], "pinned": ["role"], "public": false, "user_may_insert": true, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.free_readers", "operation": "insert", "actor": "stranger", "column": "role"}
-- quiet "public.readers"
create table public.readers (id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), role text not null check (role in ('reader', 'creator', 'admin')));
alter table public.readers enable row level security;
create policy r on public.readers for select using (auth.uid() = user_id);
create policy i on public.readers for insert with check (auth.uid() = user_id and role = 'reader');
create table public.free_readers (id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), role text not null check (role in ('reader', 'creator', 'admin')));
alter table public.free_readers enable row level security;
create policy r on public.free_readers for select using (auth.uid() = user_id);
create policy i on public.free_readers for insert with check (auth.uid() = user_id);
