-- auth.role() = 'authenticated' lets every account in, whoever's row it is.
-- meant {"table": "public.invoices", "owners": ["customer_id"], "authors": ["customer_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.receipts", "owners": ["customer_id"], "authors": ["customer_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.invoices", "operation": "select", "actor": "stranger"}
-- denied {"object": "public.invoices", "operation": "select", "actor": "anon"}
-- quiet "public.receipts"
create table public.invoices (id uuid primary key default gen_random_uuid(), customer_id uuid not null references auth.users (id), total numeric);
create table public.receipts (id uuid primary key default gen_random_uuid(), customer_id uuid not null references auth.users (id), total numeric);
alter table public.invoices enable row level security;
alter table public.receipts enable row level security;
create policy r on public.invoices for select using (auth.role() = 'authenticated');
create policy r on public.receipts for select using (auth.role() = 'authenticated' and auth.uid() = customer_id);
