-- The membership test compares a column with itself through an alias: every member of any studio is let in.
-- meant {"table": "public.studios", "owners": ["founder_id"], "authors": ["founder_id"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": true}
-- meant {"table": "public.studio_members", "owners": ["user_id"], "authors": ["user_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "member_of": []}
-- meant {"table": "public.studio_plans", "through": [["studio_id", "public.studios", "id", "founder_id"]], "member_of": [["studio_id", "public.studio_members", "studio_id", "user_id"]], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.studio_bills", "through": [["studio_id", "public.studios", "id", "founder_id"]], "member_of": [["studio_id", "public.studio_members", "studio_id", "user_id"]], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.studio_plans", "operation": "select", "actor": "stranger"}
-- quiet "public.studio_bills"
create table public.studios (id uuid primary key default gen_random_uuid(), founder_id uuid not null references auth.users (id), name text);
create table public.studio_members (studio_id uuid not null references public.studios (id), user_id uuid not null references auth.users (id), primary key (studio_id, user_id));
create table public.studio_plans (id uuid primary key default gen_random_uuid(), studio_id uuid not null references public.studios (id), body text);
create table public.studio_bills (id uuid primary key default gen_random_uuid(), studio_id uuid not null references public.studios (id), body text);
alter table public.studios enable row level security;
alter table public.studio_members enable row level security;
alter table public.studio_plans enable row level security;
alter table public.studio_bills enable row level security;
create policy r on public.studios for select using (auth.uid() = founder_id);
create policy r on public.studio_members for select using (auth.uid() = user_id);
create policy r on public.studio_plans for select using (exists (
  select 1 from public.studio_members m where m.studio_id = m.studio_id and m.user_id = auth.uid()));
create policy r on public.studio_bills for select using (exists (
  select 1 from public.studio_members m where m.studio_id = studio_bills.studio_id and m.user_id = auth.uid()));
