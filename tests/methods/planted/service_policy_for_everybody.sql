-- "Service role" in the policy's name and no TO: it holds for everybody. The twin says TO service_role.
-- meant {"table": "public.charges", "owners": ["payer_id"], "authors": ["payer_id"], "public": false, "pinned": ["state"], "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.refunds", "owners": ["payer_id"], "authors": ["payer_id"], "public": false, "pinned": ["state"], "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.charges", "operation": "insert", "actor": "anon"}
-- leak {"object": "public.charges", "operation": "update", "actor": "anon"}
-- leak {"object": "public.charges", "operation": "insert", "actor": "stranger", "row": "own"}
-- quiet "public.refunds"
create table public.charges (id uuid primary key default gen_random_uuid(), payer_id uuid not null references auth.users (id), state text not null default 'open');
create table public.refunds (id uuid primary key default gen_random_uuid(), payer_id uuid not null references auth.users (id), state text not null default 'open');
alter table public.charges enable row level security;
alter table public.refunds enable row level security;
create policy "Service role adds charges" on public.charges for insert with check (true);
create policy "Service role changes charges" on public.charges for update using (true);
create policy "Own charges" on public.charges for select using (auth.uid() = payer_id);
create policy "Service role does all" on public.refunds for all to service_role using (true) with check (true);
create policy "Own refunds" on public.refunds for select using (auth.uid() = payer_id);
