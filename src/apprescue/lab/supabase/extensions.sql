-- What a project has from its first day. The markers (vault, graphql) stand for what the files above made.
create extension pgcrypto with schema extensions;
create extension "uuid-ossp" with schema extensions;
create extension pgjwt with schema extensions;
create extension pg_stat_statements with schema extensions;
create extension supabase_vault with schema vault;
create extension pg_graphql with schema graphql;
grant all on all tables in schema extensions to postgres with grant option;
grant all on all routines in schema extensions to postgres with grant option;
