-- pg_graphql: its door is there, nothing is behind it. Data is reached through tables all the same.
create function graphql.resolve(
  query text, variables jsonb default '{}', "operationName" text default null, extensions jsonb default null
) returns jsonb language sql stable as $$
  select jsonb_build_object('data', null, 'errors', jsonb_build_array(jsonb_build_object('message', 'not answered here')))
$$;
create function graphql_public.graphql(
  "operationName" text default null, query text default null, variables jsonb default null, extensions jsonb default null
) returns jsonb language sql as $$
  select graphql.resolve(query := query, variables := coalesce(variables, '{}'), "operationName" := "operationName",
                         extensions := extensions)
$$;
create function graphql.comment_directive(comment_ text) returns jsonb language sql immutable as $$
  select coalesce(substring(comment_ from '@graphql\((.*)\)')::jsonb, '{}')
$$;
create sequence graphql.seq_schema_version cycle;
create function graphql.get_schema_version() returns integer language sql security definer set search_path = '' as $$
  select last_value::integer from graphql.seq_schema_version
$$;
create function graphql.increment_schema_version() returns event_trigger
language plpgsql security definer set search_path = '' as $$ begin perform nextval('graphql.seq_schema_version'); end $$;
grant all on all functions in schema graphql, graphql_public to postgres, anon, authenticated, service_role;
grant all on all sequences in schema graphql to postgres, anon, authenticated, service_role;
