-- pg_net: requests are noted down in its queue, none is ever sent, no answer ever comes.
-- Always there, as the scheduler is. The helper that writes is a definer's, as the platform makes these functions.
create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create table net.http_request_queue (
  id bigserial primary key,
  method text not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);
create table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (status net.request_status, message text, response net.http_response);

create function net._noted(method text, url text, params jsonb, headers jsonb, body bytea, timeout_milliseconds integer)
returns bigint language sql security definer set search_path = '' as $$
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    method,
    url || coalesce((select '?' || string_agg(key || '=' || value, '&') from jsonb_each_text(params)), ''),
    headers, body, coalesce(timeout_milliseconds, 5000)
  ) returning id
$$;
create function net.http_get(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000
) returns bigint language sql security definer set search_path = '' as $$
  select net._noted('GET', url, params, headers, null, timeout_milliseconds)
$$;
create function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}',
  headers jsonb default '{"Content-Type": "application/json"}', timeout_milliseconds integer default 5000
) returns bigint language sql security definer set search_path = '' as $$
  select net._noted('POST', url, params, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds)
$$;
create function net.http_delete(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000,
  body jsonb default null
) returns bigint language sql security definer set search_path = '' as $$
  select net._noted('DELETE', url, params, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds)
$$;
create function net.http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result language sql stable as $$
  select row('PENDING'::net.request_status, 'request is pending', null::net.http_response)::net.http_response_result
$$;
create function net._await_response(request_id bigint) returns boolean language sql stable as $$ select false $$;

revoke all on all functions in schema net from public;
revoke all on function net._noted from public;
grant execute on function net.http_get, net.http_post, net.http_delete, net.http_collect_response, net._await_response
  to supabase_functions_admin, postgres, anon, authenticated, service_role;
grant select, insert, update, delete on all tables in schema net to public; -- as the extension itself does
grant all on all sequences in schema net to public;

-- Database webhooks, made in the dashboard: a trigger that sends the row away.
create table supabase_functions.migrations (version text primary key, inserted_at timestamptz not null default now());
create table supabase_functions.hooks (
  id bigserial primary key,
  hook_table_id integer not null,
  hook_name text not null,
  created_at timestamptz not null default now(),
  request_id bigint
);
create function supabase_functions.http_request() returns trigger
language plpgsql security definer set search_path = supabase_functions as $$
declare
  url text := nullif(tg_argv[0], 'null');
  method text := nullif(tg_argv[1], 'null');
  headers jsonb := coalesce(nullif(tg_argv[2], 'null'), '{"Content-Type": "application/json"}')::jsonb;
  params jsonb := coalesce(nullif(tg_argv[3], 'null'), '{}')::jsonb;
  timeout integer := coalesce(nullif(tg_argv[4], 'null'), '1000')::integer;
  request bigint;
begin
  if url is null or method is null then
    raise exception '% argument is missing', case when url is null then 'url' else 'method' end;
  end if;
  if method = 'GET' then
    request := net.http_get(url, params, headers, timeout);
  elsif method = 'POST' then
    request := net.http_post(url, jsonb_build_object(
      'old_record', old, 'record', new, 'type', tg_op, 'table', tg_table_name, 'schema', tg_table_schema
    ), params, headers, timeout);
  else
    raise exception 'method argument % is invalid', method;
  end if;
  insert into supabase_functions.hooks (hook_table_id, hook_name, request_id) values (tg_relid::integer, tg_name, request);
  return new;
end $$;
alter table supabase_functions.migrations owner to supabase_functions_admin;
alter table supabase_functions.hooks owner to supabase_functions_admin;
alter function supabase_functions.http_request() owner to supabase_functions_admin;
revoke all on function supabase_functions.http_request() from public;
grant execute on function supabase_functions.http_request() to postgres, anon, authenticated, service_role;
grant all on all tables in schema supabase_functions to postgres, anon, authenticated, service_role;
grant all on all sequences in schema supabase_functions to postgres, anon, authenticated, service_role;
