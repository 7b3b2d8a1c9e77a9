-- The rows are public and one column is not; in the twin that column is not granted.
-- meant {"table": "public.hosts", "owners": ["id"], "authors": ["id"], "public": true, "secret": ["phone"], "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- meant {"table": "public.coaches", "owners": ["id"], "authors": ["id"], "public": true, "secret": ["phone"], "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- leak {"object": "public.hosts", "operation": "select", "actor": "anon", "column": "phone"}
-- quiet "public.coaches"
create table public.hosts (id uuid primary key references auth.users (id), name text, phone text not null);
create table public.coaches (id uuid primary key references auth.users (id), name text, phone text not null);
alter table public.hosts enable row level security;
alter table public.coaches enable row level security;
create policy r on public.hosts for select using (true);
create policy r on public.coaches for select using (true);
revoke select on public.coaches from anon, authenticated;
grant select (id, name) on public.coaches to anon, authenticated;
