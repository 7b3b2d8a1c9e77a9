-- What PostgreSQL knows of the sizes of your database, for `apprescue tune --statistics FILE`.
--
-- Run this in your production database, as its owner: in Supabase's SQL editor, or with
--
--     psql -XAtq -f statistics.sql "$DATABASE_URL" > statistics.json
--
-- It is one query that reads PostgreSQL's own tables of statistics and none of yours, and takes a moment. It runs on PostgreSQL 15 to 18.
-- The answer is one JSON text; save it to a file as it is (from the SQL editor: copy as JSON).
--
-- What is in it: the names of tables, indexes and columns; how many rows and pages there are; for each column the share
-- of nulls, the average width, how many values differ, and how often the most common ones occur. The values themselves
-- are told only for booleans, enums and smallint. Texts, ids, larger numbers, moments, addresses and JSON never leave
-- the database, not even as a bound of a range.
with relations as (
  select c.oid, n.nspname, c.relname, c.relkind, c.relpages, c.reltuples, c.relallvisible
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'm', 'i') and c.relpersistence <> 't'
     and n.nspname !~ '^pg_'
     and n.nspname not in (
       'information_schema', 'cron', 'extensions', 'graphql', 'graphql_public', 'net', 'pgbouncer', 'pgsodium',
       'pgsodium_masks', 'realtime', '_realtime', '_analytics', 'supabase_functions', 'supabase_migrations', 'vault')
), columns as (
  select r.nspname, r.relname, r.relkind, a.attnum, a.attname, s.inherited, s.null_frac, s.avg_width, s.n_distinct,
         s.correlation, s.most_common_freqs, s.elem_count_histogram, pg_catalog.format_type(t.oid, null) as type,
         case when t.typtype = 'e' or t.oid in ('bool'::regtype, 'int2'::regtype)
              then s.most_common_vals::text::text[] end as common_values,
         case when t.typtype = 'e' or t.oid in ('bool'::regtype, 'int2'::regtype)
              then s.histogram_bounds::text::text[] end as bounds
    from relations r
    join pg_catalog.pg_stats s on s.schemaname = r.nspname and s.tablename = r.relname
    join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attname = s.attname and not a.attisdropped
    join pg_catalog.pg_type t on t.oid = a.atttypid
)
select jsonb_build_object(
  'apprescue', 1,
  'server', current_setting('server_version_num')::int,
  'relations', (
    select coalesce(jsonb_agg(jsonb_build_object(
        'schema', nspname, 'name', relname, 'kind', relkind, 'pages', relpages, 'rows', reltuples,
        'visible', relallvisible,
        'length', case when relkind <> 'p' then pg_catalog.pg_relation_size(oid) / current_setting('block_size')::int end)
        order by nspname, relname), '[]') from relations),
  'columns', (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'schema', nspname, 'relation', relname, 'column', attname, 'number', attnum, 'of_index', relkind = 'i',
        'type', type, 'inherited', inherited, 'null_frac', null_frac, 'avg_width', avg_width,
        'n_distinct', n_distinct, 'correlation', correlation, 'most_common_freqs', to_jsonb(most_common_freqs),
        'most_common_vals', to_jsonb(common_values), 'histogram_bounds', to_jsonb(bounds),
        'elem_count_histogram', to_jsonb(elem_count_histogram)))
        order by nspname, relname, attnum, inherited), '[]') from columns)
) as statistics;
