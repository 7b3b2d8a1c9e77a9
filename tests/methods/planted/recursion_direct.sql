-- A policy asks its own table: every reader gets an error. The twin asks through a definer function.
-- meant {"table": "public.circle_members", "owners": ["user_id"], "authors": ["user_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.ring_members", "owners": ["user_id"], "authors": ["user_id"], "public": false, "member_of": [["ring", "public.ring_members", "ring", "user_id"]], "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- broken {"object": "public.circle_members", "operation": "select", "actor": "owner", "detail": "public.circle_members → public.circle_members"}
-- quiet "public.ring_members"
create table public.circle_members (id uuid primary key default gen_random_uuid(), circle int not null, user_id uuid not null references auth.users (id));
create table public.ring_members (id uuid primary key default gen_random_uuid(), ring int not null, user_id uuid not null references auth.users (id));
alter table public.circle_members enable row level security;
alter table public.ring_members enable row level security;
create policy r on public.circle_members for select using (circle in (select c.circle from public.circle_members c where c.user_id = auth.uid()));
create function public.my_rings() returns setof int language sql stable security definer set search_path = '' as $$
  select ring from public.ring_members where user_id = auth.uid() $$;
create policy r on public.ring_members for select using (auth.uid() = user_id or ring in (select public.my_rings()) and false);
revoke execute on function public.my_rings() from public, anon;
