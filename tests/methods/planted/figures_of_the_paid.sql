-- A function adds up only what is booked, which no row of ours is by itself; the twin adds up the caller's own.
-- meant {"table": "public.till_entries", "owners": ["clerk"], "authors": ["clerk"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.till_of(uuid)", "operation": "call", "actor": "anon"}
-- quiet "public.own_till()"
-- quiet "public.till_entries"
create table public.till_entries (id uuid primary key default gen_random_uuid(), clerk uuid not null references auth.users (id), cents int not null, state text not null, kind text not null);
alter table public.till_entries enable row level security;
create policy s on public.till_entries for select to authenticated using (clerk = auth.uid());
create function public.till_of(p_clerk uuid) returns table (booked bigint, given bigint) language sql stable security definer set search_path = '' as $$
  select coalesce(sum(case when state = 'booked' and kind in ('sale', 'gift') then cents else 0 end), 0)::bigint,
         coalesce(sum(case when kind = 'voucher' then cents else 0 end), 0)::bigint
  from public.till_entries where clerk = p_clerk $$;
create function public.own_till() returns bigint language sql stable security definer set search_path = '' as $$
  select coalesce(sum(case when state = 'booked' then cents else 0 end), 0)::bigint from public.till_entries where clerk = auth.uid() $$;
