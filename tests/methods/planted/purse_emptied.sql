-- A function takes from anybody's purse what is in it; the twin takes from the caller's own.
-- meant {"table": "public.purses", "owners": ["holder"], "authors": ["holder"], "pinned": ["coins"], "public": false, "user_may_insert": false, "user_may_update": false}
-- leak {"object": "public.take_coins(uuid,integer)", "operation": "call", "actor": "anon"}
-- quiet "public.take_own_coins(integer)"
create table public.purses (holder uuid primary key references auth.users (id), coins int not null default 0 check (coins >= 0));
alter table public.purses enable row level security;
create policy r on public.purses for select using (holder = auth.uid());
create function public.take_coins(p_holder uuid, p_amount int) returns boolean language plpgsql security definer set search_path = '' as $$
begin
  if (select coins from public.purses where holder = p_holder) < p_amount then return false; end if;
  update public.purses set coins = coins - p_amount where holder = p_holder;
  return found;
end $$;
create function public.take_own_coins(p_amount int) returns boolean language plpgsql security definer set search_path = '' as $$
begin
  update public.purses set coins = coins - p_amount where holder = auth.uid() and coins >= p_amount;
  return found;
end $$;
