-- What a project has from its first day. Made as postgres, who may take them away again; vault and graphql are but
-- names here, for what the files before have made.
set role postgres;
create extension pgcrypto with schema extensions;
create extension "uuid-ossp" with schema extensions;
create extension pgjwt with schema extensions;
create extension pg_stat_statements with schema extensions;
create extension supabase_vault with schema vault;
create extension pg_graphql with schema graphql;
create extension pgsodium with schema pgsodium; -- of older projects
reset role;
