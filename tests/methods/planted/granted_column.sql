-- Rights are given by column, and one too many; the twin leaves it out.
-- meant {"table": "public.vendors", "owners": ["id"], "authors": ["id"], "public": true, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "secret": ["iban"], "anon_may_insert": false}
-- meant {"table": "public.couriers", "owners": ["id"], "authors": ["id"], "public": true, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "secret": ["iban"], "anon_may_insert": false}
-- leak {"object": "public.vendors", "operation": "select", "actor": "anon", "column": "iban"}
-- quiet "public.couriers"
create table public.vendors (id uuid primary key references auth.users (id), display_name text not null, iban text not null);
create table public.couriers (id uuid primary key references auth.users (id), display_name text not null, iban text not null);
alter table public.vendors enable row level security;
alter table public.couriers enable row level security;
create policy v on public.vendors for select using (true);
create policy v on public.couriers for select using (true);
revoke all on public.vendors, public.couriers from anon, authenticated;
grant select (id, display_name, iban) on public.vendors to anon, authenticated;
grant select (id, display_name) on public.couriers to anon, authenticated;
