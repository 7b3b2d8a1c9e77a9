-- Anybody who is signed in writes in somebody else's name; the twin asks whose name it is.
-- meant {"table": "public.reviews", "owners": ["reviewer_id"], "authors": ["reviewer_id"], "public": true, "user_may_insert": true, "user_may_update": false, "user_may_delete": false, "anon_may_insert": false}
-- meant {"table": "public.ratings", "owners": ["reviewer_id"], "authors": ["reviewer_id"], "public": true, "user_may_insert": true, "user_may_update": false, "user_may_delete": false, "anon_may_insert": false}
-- leak {"object": "public.reviews", "operation": "insert", "actor": "stranger", "row": "forged"}
-- quiet "public.ratings"
create table public.reviews (
  id uuid primary key default gen_random_uuid(), reviewer_id uuid not null references auth.users (id), stars int not null check (stars between 1 and 5));
alter table public.reviews enable row level security;
create policy r on public.reviews for select using (true);
create policy i on public.reviews for insert to authenticated with check (auth.uid() is not null);
create table public.ratings (
  id uuid primary key default gen_random_uuid(), reviewer_id uuid not null references auth.users (id), stars int not null check (stars between 1 and 5));
alter table public.ratings enable row level security;
create policy r on public.ratings for select using (true);
create policy i on public.ratings for insert to authenticated with check (auth.uid() = reviewer_id);
