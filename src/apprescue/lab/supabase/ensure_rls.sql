-- A project may be set so that each new table of public gets row level security; the platform then makes
-- public.rls_auto_enable() and an event trigger for it. Such triggers are a superuser's to make, and would run with his
-- rights where an extension makes a table: so the trigger is ours, and does it for whoever has that function.
create function auth.laboratory_ensure_rls() returns event_trigger language plpgsql set search_path = '' as $$
declare
  made record;
begin
  if to_regprocedure('public.rls_auto_enable()') is null then
    return;
  end if;
  for made in
    select object_identity from pg_event_trigger_ddl_commands()
    where object_type in ('table', 'partitioned table') and schema_name = 'public' and not in_extension
  loop
    execute format('alter table if exists %s enable row level security', made.object_identity);
  end loop;
end $$;
create event trigger laboratory_ensure_rls on ddl_command_end
  when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
  execute function auth.laboratory_ensure_rls();
