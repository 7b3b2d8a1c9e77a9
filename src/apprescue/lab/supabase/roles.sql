-- The roles of a Supabase project. They belong to the whole server: run once, again without harm.
-- The server's superuser is supabase_admin; postgres, under which migrations run, is none.
do $$
declare
  made text;
begin
  foreach made in array array[
    'postgres', 'anon', 'authenticated', 'service_role', 'authenticator', 'dashboard_user', 'pgbouncer',
    'supabase_auth_admin', 'supabase_storage_admin', 'supabase_realtime_admin', 'supabase_functions_admin',
    'supabase_replication_admin', 'supabase_read_only_user', 'pgsodium_keyiduser', 'pgsodium_keyholder', 'pgsodium_keymaker'
  ] loop
    if to_regrole(made) is null then
      execute format('create role %I', made);
    end if;
  end loop;
end $$;

-- On the platform postgres may replicate too; a laboratory has nobody to replicate to.
alter role postgres with login nosuperuser createdb createrole noreplication bypassrls inherit;
alter role anon with nologin inherit;
alter role authenticated with nologin inherit;
alter role service_role with nologin inherit bypassrls;
alter role authenticator with login noinherit;
alter role dashboard_user with nologin createdb createrole;
alter role pgbouncer with login;
alter role supabase_auth_admin with login noinherit createrole;
alter role supabase_storage_admin with login noinherit createrole;
alter role supabase_realtime_admin with nologin noinherit;
alter role supabase_functions_admin with login noinherit createrole;
alter role supabase_replication_admin with login;
alter role supabase_read_only_user with login bypassrls;

grant anon, authenticated, service_role to authenticator;
grant authenticator to supabase_storage_admin;
grant pg_read_all_data to supabase_read_only_user;
grant pgsodium_keyiduser, pgsodium_keyholder, pgsodium_keymaker to postgres with admin option;
grant pgsodium_keyholder to service_role;
-- pg_signal_backend, which the platform grants as well, is left out: it would end our other sessions.
grant pg_monitor, pg_read_all_data to postgres;
grant anon, authenticated, service_role to postgres with admin option;
grant authenticator to postgres with admin option, inherit false, set false; -- for "alter role authenticator set pgrst..."
-- The platform's own module (supautils) lets postgres make triggers on auth.users and policies on storage.objects
-- and realtime.messages though it does not own them. Being a member of their owners is what older projects had,
-- and the nearest thing that a plain server knows.
grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin, supabase_functions_admin to postgres;
grant set on parameter session_replication_role to postgres;
grant set on parameter "pgrst.db_schemas", "pgrst.db_extra_search_path", "pgrst.db_max_rows", "pgrst.db_pre_request",
  "pgrst.db_aggregates_enabled", "pgrst.db_plan_enabled", "pgrst.openapi_mode", "pgrst.jwt_secret" to postgres;

-- For all roles, and not for the database as on the platform: a copy of a database loses the settings of its template.
alter role all set search_path = "$user", public, extensions;
alter role supabase_auth_admin set search_path = auth; -- why a sign-up trigger without a search_path breaks
alter role supabase_storage_admin set search_path = storage;
alter role supabase_functions_admin set search_path = supabase_functions;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role all set "app.settings.jwt_secret" = 'a secret of the laboratory, known to everybody';
alter role all set "app.settings.jwt_exp" = '3600';
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
