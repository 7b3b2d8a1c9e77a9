-- Columns with the names that queries like to give to tables; places are open, the twin's are their owner's.
-- meant {"table": "public.places", "owners": ["finder"], "authors": ["finder"], "public": false}
-- meant {"table": "public.own_places", "owners": ["finder"], "authors": ["finder"], "public": false}
-- leak {"object": "public.places", "operation": "select", "actor": "anon"}
-- quiet "public.own_places"
create table public.places (id uuid primary key default gen_random_uuid(), finder uuid not null references auth.users (id), x numeric, y numeric);
alter table public.places enable row level security;
create policy r on public.places for select using (true);
create table public.own_places (id uuid primary key default gen_random_uuid(), finder uuid not null references auth.users (id), x numeric, y numeric);
alter table public.own_places enable row level security;
create policy r on public.own_places for select using (finder = auth.uid());
