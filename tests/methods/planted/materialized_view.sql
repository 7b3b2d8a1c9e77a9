-- A materialized view knows no policies; the twin is not granted to the clients.
-- meant {"table": "public.sales", "owners": ["seller_id"], "authors": ["seller_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.sales_by_seller", "operation": "select", "actor": "anon"}
-- quiet "public.sales_for_staff"
-- quiet "public.sales"
create table public.sales (id uuid primary key default gen_random_uuid(), seller_id uuid not null references auth.users (id), cents int not null, buyer_name text not null);
alter table public.sales enable row level security;
create policy r on public.sales for select using (auth.uid() = seller_id);
create materialized view public.sales_by_seller as select seller_id, buyer_name, sum(cents) as cents from public.sales group by 1, 2;
create materialized view public.sales_for_staff as select seller_id, buyer_name, sum(cents) as cents from public.sales group by 1, 2;
revoke all on public.sales_for_staff from anon, authenticated;
