-- No request leaves the laboratory: every answer is empty, its status is 0.
create domain http_method as text;
create type http_header as (field varchar, value varchar);
create type http_response as (status integer, content_type varchar, headers http_header[], content varchar);
create type http_request as (method http_method, uri varchar, headers http_header[], content_type varchar, content varchar);

create function http_header(field varchar, value varchar) returns http_header language sql as $$ select $1, $2 $$;
create function http(request http_request) returns http_response language sql as $$
  select row(0, null, null, null)::@extschema@.http_response
$$;
create function http_get(uri varchar) returns http_response language sql as $$ select @extschema@.http(null) $$;
create function http_get(uri varchar, data jsonb) returns http_response language sql as $$ select @extschema@.http(null) $$;
create function http_head(uri varchar) returns http_response language sql as $$ select @extschema@.http(null) $$;
create function http_post(uri varchar, content varchar, content_type varchar) returns http_response
language sql as $$ select @extschema@.http(null) $$;
create function http_post(uri varchar, data jsonb) returns http_response language sql as $$ select @extschema@.http(null) $$;
create function http_put(uri varchar, content varchar, content_type varchar) returns http_response
language sql as $$ select @extschema@.http(null) $$;
create function http_patch(uri varchar, content varchar, content_type varchar) returns http_response
language sql as $$ select @extschema@.http(null) $$;
create function http_delete(uri varchar) returns http_response language sql as $$ select @extschema@.http(null) $$;
create function http_delete(uri varchar, content varchar, content_type varchar) returns http_response
language sql as $$ select @extschema@.http(null) $$;
create function http_set_curlopt(curlopt varchar, value varchar) returns boolean language sql as $$ select true $$;
create function http_reset_curlopt() returns boolean language sql as $$ select true $$;
create function http_list_curlopt() returns table (curlopt text, value text) language sql as $$
  select null::text, null::text where false
$$;

-- Every byte but the plain ones as %XX, as in a query.
create function urlencode(string bytea) returns text language sql immutable strict as $$
  select coalesce(string_agg(case
    when get_byte(string, n) in (45, 46, 95) or chr(greatest(get_byte(string, n), 1)) ~ '^[A-Za-z0-9]$'
      then chr(get_byte(string, n))
    else '%' || upper(lpad(to_hex(get_byte(string, n)), 2, '0'))
  end, '' order by n), '') from generate_series(0, length(string) - 1) as n
$$;
create function urlencode(string varchar) returns text language sql immutable strict as $$
  select @extschema@.urlencode(convert_to(string, 'UTF8'))
$$;
create function urlencode(data jsonb) returns text language sql immutable strict as $$
  select string_agg(@extschema@.urlencode(key::varchar) || '=' || @extschema@.urlencode(value::varchar), '&')
  from jsonb_each_text(data)
$$;
create function bytea_to_text(data bytea) returns text language sql immutable strict as $$ select convert_from(data, 'UTF8') $$;
create function text_to_bytea(data text) returns bytea language sql immutable strict as $$ select convert_to(data, 'UTF8') $$;
