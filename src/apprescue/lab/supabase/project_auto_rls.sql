-- What the platform makes where each new table is to get row level security; the event trigger is there already.
create or replace function public.rls_auto_enable() returns event_trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  null;
end $$;
