-- A view runs with its owner's rights and so past the policies; the twin runs with the caller's.
-- meant {"table": "public.sketches", "owners": ["artist_id"], "authors": ["artist_id"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": true}
-- leak {"object": "public.every_sketch", "operation": "select", "actor": "anon"}
-- leak {"object": "public.every_sketch", "operation": "update", "actor": "stranger"}
-- quiet "public.my_sketches"
-- quiet "public.sketches"
create table public.sketches (id uuid primary key default gen_random_uuid(), artist_id uuid not null references auth.users (id), title text not null);
alter table public.sketches enable row level security;
create policy p on public.sketches for all using (auth.uid() = artist_id) with check (auth.uid() = artist_id);
create view public.every_sketch as select id, artist_id, title from public.sketches;
create view public.my_sketches with (security_invoker = true) as select id, artist_id, title from public.sketches;
