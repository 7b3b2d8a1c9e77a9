-- Everybody may change a row if it is his afterwards, so he takes it; the twin asks whose it is before, too.
-- meant {"table": "public.listings", "owners": ["seller"], "authors": ["seller"], "public": true, "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- meant {"table": "public.auctions", "owners": ["seller"], "authors": ["seller"], "public": true, "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- leak {"object": "public.listings", "operation": "update", "actor": "stranger"}
-- quiet "public.auctions"
create table public.listings (id uuid primary key default gen_random_uuid(), seller uuid not null references auth.users (id), headline text not null);
create table public.auctions (id uuid primary key default gen_random_uuid(), seller uuid not null references auth.users (id), headline text not null);
alter table public.listings enable row level security;
alter table public.auctions enable row level security;
create policy "Everyone browses" on public.listings for select using (true);
create policy "Everyone browses" on public.auctions for select using (true);
create policy "Sellers edit" on public.listings for update to authenticated using (true) with check (seller = auth.uid());
create policy "Sellers edit" on public.auctions for update to authenticated using (seller = auth.uid()) with check (seller = auth.uid());
