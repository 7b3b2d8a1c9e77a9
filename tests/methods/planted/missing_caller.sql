-- Where nobody is signed in the comparison falls back to the row itself, so a visitor reads every row.
-- meant {"table": "public.tickets", "owners": ["owner_ref"], "authors": ["owner_ref"], "public": false, "user_may_insert": true, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.damage_claims", "owners": ["owner_ref"], "authors": ["owner_ref"], "public": false, "user_may_insert": true, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.tickets", "operation": "select", "actor": "anon"}
-- quiet "public.damage_claims"
create table public.tickets (id text primary key default 'T-' || substr(md5(random()::text), 1, 10), owner_ref text not null default auth.uid()::text, complaint text not null);
create table public.damage_claims (id text primary key default 'C-' || substr(md5(random()::text), 1, 10), owner_ref text not null default auth.uid()::text, complaint text not null);
alter table public.tickets enable row level security;
alter table public.damage_claims enable row level security;
create policy t on public.tickets for select using (owner_ref = coalesce(auth.uid()::text, owner_ref));
create policy ti on public.tickets for insert to authenticated with check (owner_ref = auth.uid()::text);
create policy c on public.damage_claims for select using (owner_ref = coalesce(auth.uid()::text, ''));
create policy ci on public.damage_claims for insert to authenticated with check (owner_ref = auth.uid()::text);
