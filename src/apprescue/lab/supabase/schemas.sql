-- The schemas and who may look into them.
create schema extensions;
create schema auth;
create schema storage;
create schema realtime;
create schema vault;
create schema cron;
create schema net;
create schema graphql;
create schema graphql_public;
create schema pgsodium;
create schema supabase_functions;
create schema supabase_migrations authorization postgres;

do $$
begin
  execute format('grant all on database %I to postgres, dashboard_user', current_database());
end $$;
alter schema public owner to postgres;
grant usage on schema public to anon, authenticated, service_role;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to postgres, dashboard_user;
grant usage on schema auth to anon, authenticated, service_role;
grant all on schema auth to postgres, dashboard_user, supabase_auth_admin;
grant usage on schema storage to anon, authenticated, service_role;
grant usage on schema storage to postgres with grant option;
grant all on schema storage to postgres, dashboard_user, supabase_storage_admin;
grant usage on schema realtime to anon, authenticated, service_role;
grant usage on schema realtime to postgres with grant option;
grant all on schema realtime to postgres, supabase_realtime_admin;
grant usage on schema graphql, graphql_public to anon, authenticated, service_role;
grant usage on schema graphql, graphql_public to postgres with grant option;
grant usage on schema vault to service_role;
grant usage on schema vault to postgres with grant option;
grant usage on schema cron to postgres with grant option;
grant usage on schema net to anon, authenticated, service_role, postgres, supabase_functions_admin;
grant usage on schema supabase_functions to postgres, anon, authenticated, service_role;
grant all on schema supabase_functions to supabase_functions_admin;
grant usage on schema pgsodium to pgsodium_keyiduser, pgsodium_keyholder;
