-- Newer projects: what is made in public from here on is open to the API only where a migration grants it.
-- (A function stays open to everybody: the platform's "revoke ... from public" for one schema takes nothing away.)
alter default privileges for role postgres in schema public
  revoke select, insert, update, delete on tables from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke usage, select on sequences from anon, authenticated, service_role;
alter default privileges for role postgres in schema public
  revoke execute on functions from anon, authenticated, service_role;
