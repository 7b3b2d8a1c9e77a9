-- The sign-up trigger copies the role from what the new user says of himself; the twin's trigger does not.
-- meant {"table": "public.users", "owners": ["id"], "authors": ["id"], "public": true, "pinned": ["role"], "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- meant {"table": "public.settings", "owners": ["user_id"], "authors": ["user_id"], "public": false, "pinned": ["role"], "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- leak {"object": "public.users", "operation": "insert", "actor": "stranger", "column": "role", "row": "sign-up"}
-- quiet "public.settings"
create table public.users (id uuid primary key references auth.users (id), name text, role text not null default 'guest');
create table public.settings (user_id uuid primary key references auth.users (id), role text not null default 'guest');
alter table public.users enable row level security;
alter table public.settings enable row level security;
create policy r on public.users for select using (true);
create policy r on public.settings for select using (auth.uid() = user_id);
create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into public.users (id, name, role) values (new.id, new.raw_user_meta_data ->> 'name', coalesce(new.raw_user_meta_data ->> 'role', 'guest'));
  insert into public.settings (user_id) values (new.id);
  return new;
end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();
