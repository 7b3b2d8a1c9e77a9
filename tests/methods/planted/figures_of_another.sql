-- A function tells the sum of anybody's hidden rows; the twins tell the caller's own, and a number about all.
-- meant {"table": "public.sales_booked", "owners": ["dealer"], "authors": ["dealer"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.revenue_of(uuid)", "operation": "call", "actor": "anon"}
-- quiet "public.my_revenue()"
-- quiet "public.count_dealers()"
-- quiet "public.sales_booked"
create table public.sales_booked (id uuid primary key default gen_random_uuid(), dealer uuid not null references auth.users (id), cents int not null, sold_at timestamptz not null default now());
alter table public.sales_booked enable row level security;
create policy s on public.sales_booked for select to authenticated using (dealer = auth.uid());
create function public.revenue_of(p_dealer uuid) returns bigint language sql stable security definer set search_path = '' as $$
  select coalesce(sum(cents), 0)::bigint from public.sales_booked where dealer = p_dealer $$;
create function public.my_revenue() returns bigint language sql stable security definer set search_path = '' as $$
  select coalesce(sum(cents), 0)::bigint from public.sales_booked where dealer = auth.uid() $$;
create function public.count_dealers() returns bigint language sql stable security definer set search_path = '' as $$
  select count(distinct dealer) from public.sales_booked $$;
