-- Functions that do for any user id what they should do for the caller only.
-- meant {"table": "public.letters", "owners": ["sender_id", "receiver_id"], "authors": ["sender_id"], "public": false, "user_may_insert": true, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.purses", "owners": ["user_id"], "authors": ["user_id"], "public": false, "pinned": ["coins"], "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.inbox(uuid)", "operation": "call", "actor": "stranger"}
-- leak {"object": "public.add_coins(uuid,integer)", "operation": "call", "actor": "stranger"}
-- quiet "public.my_inbox(uuid)"
-- quiet "public.is_receiver(uuid,uuid)"
-- quiet "public.letters"
-- quiet "public.purses"
create table public.letters (id uuid primary key default gen_random_uuid(), sender_id uuid not null references auth.users (id), receiver_id uuid not null references auth.users (id), body text not null);
create table public.purses (user_id uuid primary key references auth.users (id), coins int not null default 0);
alter table public.letters enable row level security;
alter table public.purses enable row level security;
create policy r on public.letters for select using (auth.uid() in (sender_id, receiver_id));
create policy i on public.letters for insert with check (auth.uid() = sender_id);
create policy r on public.purses for select using (auth.uid() = user_id);
create function public.inbox(of_user uuid) returns table (letter uuid, body text) language sql security definer set search_path = '' as $$
  select l.id, l.body from public.letters l where l.receiver_id = of_user or l.sender_id = of_user $$;
create function public.my_inbox(of_user uuid) returns table (letter uuid, body text) language plpgsql security definer set search_path = '' as $$
begin
  if of_user is distinct from auth.uid() then raise exception 'not yours'; end if;
  return query select l.id, l.body from public.letters l where l.receiver_id = of_user;
end $$;
create function public.is_receiver(letter_id uuid, user_id uuid) returns boolean language sql security definer set search_path = '' as $$
  select exists (select 1 from public.letters l where l.id = letter_id and l.receiver_id = user_id) $$;
create function public.add_coins(target uuid, amount int) returns void language sql security definer set search_path = '' as $$
  update public.purses set coins = coins + amount where user_id = target $$;
