-- The policy stands there and row level security was never switched on.
-- meant {"table": "public.waiting_list", "owners": ["person_id"], "authors": ["person_id"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": true}
-- meant {"table": "public.class_list", "owners": ["person_id"], "authors": ["person_id"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": true}
-- leak {"object": "public.waiting_list", "operation": "select", "actor": "anon"}
-- quiet "public.class_list"
create table public.waiting_list (id uuid primary key default gen_random_uuid(), person_id uuid not null references auth.users (id), phone text);
create table public.class_list (id uuid primary key default gen_random_uuid(), person_id uuid not null references auth.users (id), phone text);
alter table public.class_list enable row level security;
create policy p on public.waiting_list for all using (auth.uid() = person_id) with check (auth.uid() = person_id);
create policy p on public.class_list for all using (auth.uid() = person_id) with check (auth.uid() = person_id);
