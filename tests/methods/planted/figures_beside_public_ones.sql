-- A function adds up hidden sales of works that everybody sees; the twin counts the works, and who is listed pays nothing.
-- meant {"table": "public.works", "owners": ["maker"], "authors": ["maker"], "public": true, "user_may_insert": true, "user_may_update": true, "anon_may_insert": false}
-- meant {"table": "public.work_sales", "owners": ["buyer"], "authors": ["buyer"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.earned_by(uuid)", "operation": "call", "actor": "anon"}
-- quiet "public.works_by(uuid)"
-- quiet "public.works"
-- quiet "public.work_sales"
create table public.works (id uuid primary key default gen_random_uuid(), maker uuid not null references auth.users (id), title text not null);
create table public.work_sales (id uuid primary key default gen_random_uuid(), work uuid not null references public.works (id), buyer uuid not null references auth.users (id), cents int not null);
alter table public.works enable row level security;
alter table public.work_sales enable row level security;
create policy r on public.works for select using (true);
create policy w on public.works for insert to authenticated with check (maker = auth.uid());
create policy u on public.works for update to authenticated using (maker = auth.uid());
create policy r on public.work_sales for select to authenticated using (buyer = auth.uid());
create function public.earned_by(p_maker uuid) returns bigint language sql stable security definer set search_path = '' as $$
  select coalesce(sum(s.cents), 0)::bigint from public.work_sales s join public.works w on w.id = s.work where w.maker = p_maker $$;
create function public.works_by(p_maker uuid) returns bigint language sql stable security definer set search_path = '' as $$
  select count(*) from public.works w where w.maker = p_maker $$;
