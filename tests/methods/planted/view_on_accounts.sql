-- A view shows the accounts themselves; the twin shows what a profile shows anyway.
-- meant {"table": "public.profiles", "owners": ["id"], "authors": ["id"], "public": true, "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- leak {"object": "public.people", "operation": "select", "actor": "anon"}
-- quiet "public.public_profiles"
-- quiet "public.profiles"
create table public.profiles (id uuid primary key references auth.users (id), username text, about text);
alter table public.profiles enable row level security;
create policy r on public.profiles for select using (true);
create policy u on public.profiles for update using (auth.uid() = id);
create view public.people as select u.id, u.email, p.username from auth.users u left join public.profiles p on p.id = u.id;
create view public.public_profiles as select id, username from public.profiles;
revoke insert, update, delete on public.public_profiles from anon, authenticated;
