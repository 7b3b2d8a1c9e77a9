-- The same trust, but a trigger on the accounts takes the forged part out again: nothing leaks.
-- meant {"table": "public.firing_logs", "owners": ["potter_id"], "authors": ["potter_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- quiet "public.firing_logs"
create table public.firing_logs (id uuid primary key default gen_random_uuid(), potter_id uuid not null references auth.users (id), heat int);
alter table public.firing_logs enable row level security;
create policy r on public.firing_logs for select using (auth.uid() = potter_id or (auth.jwt() -> 'user_metadata' ->> 'studio_role') = 'head');
create function public.keep_studio_role() returns trigger language plpgsql security definer as $$
begin
  if new.raw_user_meta_data ->> 'studio_role' is distinct from old.raw_user_meta_data ->> 'studio_role' then
    new.raw_user_meta_data := new.raw_user_meta_data - 'studio_role';
  end if;
  return new;
end $$;
create trigger keep_studio_role before update on auth.users for each row execute function public.keep_studio_role();
