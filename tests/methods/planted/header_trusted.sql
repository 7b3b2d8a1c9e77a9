-- A policy believes a header that the client sets.
-- meant {"table": "public.carts", "owners": ["buyer_id"], "authors": ["buyer_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.baskets", "owners": ["buyer_id"], "authors": ["buyer_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.carts", "operation": "select", "actor": "anon", "row": "header"}
-- quiet "public.baskets"
create table public.carts (id uuid primary key default gen_random_uuid(), buyer_id uuid not null references auth.users (id), goods text);
create table public.baskets (id uuid primary key default gen_random_uuid(), buyer_id uuid not null references auth.users (id), goods text);
alter table public.carts enable row level security;
alter table public.baskets enable row level security;
create policy r on public.carts for select using (buyer_id::text = (current_setting('request.headers', true)::json ->> 'x-buyer-id'));
create policy r on public.baskets for select using (buyer_id = auth.uid());
