-- A definer function runs whatever it is given; the twin is for the service role.
-- meant {"table": "public.ledgers", "owners": ["owner_id"], "authors": ["owner_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.exec_sql(text)", "operation": "call", "actor": "anon"}
-- quiet "public.run_report(text)"
-- quiet "public.ledgers"
create table public.ledgers (id uuid primary key default gen_random_uuid(), owner_id uuid not null references auth.users (id), cents int);
alter table public.ledgers enable row level security;
create policy r on public.ledgers for select using (auth.uid() = owner_id);
create function public.exec_sql(query text) returns void language plpgsql security definer as $$ begin execute query; end $$;
create function public.run_report(query text) returns void language plpgsql security definer as $$ begin execute query; end $$;
revoke execute on function public.run_report(text) from public, anon, authenticated;
