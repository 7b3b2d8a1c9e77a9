-- AND binds closer than OR: the private rows are open to all accounts; in the twin they are not.
-- meant {"table": "public.diaries", "owners": ["writer"], "authors": ["writer"], "public": true, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "public_when": "visibility = 'public'"}
-- meant {"table": "public.logbooks", "owners": ["writer"], "authors": ["writer"], "public": true, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "public_when": "visibility = 'public'"}
-- leak {"object": "public.diaries", "operation": "select", "actor": "stranger"}
-- quiet "public.logbooks"
create table public.diaries (id uuid primary key default gen_random_uuid(), writer uuid not null references auth.users (id), entry text not null, visibility text not null default 'private' check (visibility in ('private', 'public')));
create table public.logbooks (id uuid primary key default gen_random_uuid(), writer uuid not null references auth.users (id), entry text not null, visibility text not null default 'private' check (visibility in ('private', 'public')));
alter table public.diaries enable row level security;
alter table public.logbooks enable row level security;
create policy d on public.diaries for select using (writer = auth.uid() or visibility = 'public' or visibility = 'private' and auth.role() = 'authenticated');
create policy d on public.logbooks for select using (writer = auth.uid() or visibility = 'public');
