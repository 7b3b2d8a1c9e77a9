-- A function takes the account as a text and deletes what is his; the twin deletes the caller's own.
-- meant {"table": "public.clients", "owners": ["agent"], "authors": ["agent"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": true}
-- leak {"object": "public.forget_agent(text)", "operation": "call", "actor": "stranger"}
-- leak {"object": "public.export_clients()", "operation": "call", "actor": "anon"}
-- quiet "public.forget_me(boolean)"
-- quiet "public.export_mine()"
-- quiet "public.clients"
create table public.clients (id uuid primary key default gen_random_uuid(), agent uuid not null references auth.users (id), full_name text not null, mobile text not null);
alter table public.clients enable row level security;
create policy c on public.clients for all to authenticated using (agent = auth.uid()) with check (agent = auth.uid());
create function public.export_clients() returns json language sql stable security definer set search_path = '' as $$ select coalesce(json_agg(c), '[]') from public.clients c $$;
create function public.export_mine() returns json language sql stable security definer set search_path = '' as $$ select coalesce(json_agg(c), '[]') from public.clients c where c.agent = auth.uid() $$;
create function public.forget_agent(agent_ref text) returns int language plpgsql security definer set search_path = '' as $$ declare n int; begin delete from public.clients where agent = agent_ref::uuid; get diagnostics n = row_count; return n; end $$;
create function public.forget_me(confirmed boolean) returns int language plpgsql security definer set search_path = '' as $$ declare n int; begin if not confirmed then return 0; end if; delete from public.clients where agent = auth.uid(); get diagnostics n = row_count; return n; end $$;
