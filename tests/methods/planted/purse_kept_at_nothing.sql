-- A purse that a trigger starts at nothing, whatever its owner says; the twin takes what he says.
-- meant {"table": "public.purses", "owners": ["user_id"], "authors": ["user_id"], "pinned": ["coins"], "public": false, "user_may_insert": true, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.free_purses", "owners": ["user_id"], "authors": ["user_id"], "pinned": ["coins"], "public": false, "user_may_insert": true, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.free_purses", "operation": "insert", "actor": "stranger", "column": "coins"}
-- quiet "public.purses"
create table public.purses (id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), coins numeric(10,2) default 0);
alter table public.purses enable row level security;
create policy r on public.purses for select using (auth.uid() = user_id);
create policy i on public.purses for insert with check (auth.uid() = user_id);
create function public.start_at_nothing() returns trigger language plpgsql set search_path = '' as $$
begin
  if current_user in ('anon', 'authenticated') then new.coins := 0; end if;
  return new;
end $$;
create trigger start_at_nothing before insert on public.purses for each row execute function public.start_at_nothing();
create table public.free_purses (id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), coins numeric(10,2) default 0);
alter table public.free_purses enable row level security;
create policy r on public.free_purses for select using (auth.uid() = user_id);
create policy i on public.free_purses for insert with check (auth.uid() = user_id);
