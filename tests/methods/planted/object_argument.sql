-- A function takes whose purse it changes out of a JSON argument; the twin takes only the words from there.
-- meant {"table": "public.wallets", "owners": ["holder"], "authors": ["holder"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "pinned": ["coins"]}
-- leak {"object": "public.update_wallet(jsonb)", "operation": "call", "actor": "stranger"}
-- quiet "public.relabel_wallet(jsonb)"
-- quiet "public.wallets"
create table public.wallets (holder uuid primary key references auth.users (id), coins int not null default 0, label text);
alter table public.wallets enable row level security;
create policy w on public.wallets for select to authenticated using (holder = auth.uid());
create function public.update_wallet(payload jsonb) returns void language plpgsql security definer set search_path = '' as $$
begin
  update public.wallets set coins = (payload ->> 'coins')::int where holder = (payload ->> 'holder')::uuid;
end $$;
create function public.relabel_wallet(payload jsonb) returns void language plpgsql security definer set search_path = '' as $$
begin
  update public.wallets set label = payload ->> 'label' where holder = auth.uid();
end $$;
