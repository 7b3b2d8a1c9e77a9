create function url_encode(data bytea) returns text language sql immutable as $$
  select translate(encode(data, 'base64'), E'+/=\n', '-_')
$$;
create function url_decode(data text) returns bytea language sql immutable as $$
  select decode(translate(data, '-_', '+/') || repeat('=', mod(4 - mod(length(data), 4), 4)), 'base64')
$$;
create function algorithm_sign(signables text, secret text, algorithm text) returns text language sql immutable as $$
  select @extschema@.url_encode(@extschema:pgcrypto@.hmac(signables, secret, case algorithm
    when 'HS256' then 'sha256' when 'HS384' then 'sha384' when 'HS512' then 'sha512' else ''
  end))
$$;
create function sign(payload json, secret text, algorithm text default 'HS256') returns text language sql immutable as $$
  with signed as (
    select @extschema@.url_encode(convert_to('{"alg":"' || algorithm || '","typ":"JWT"}', 'UTF8'))
      || '.' || @extschema@.url_encode(convert_to(payload::text, 'UTF8')) as data
  )
  select data || '.' || @extschema@.algorithm_sign(data, secret, algorithm) from signed
$$;
create function try_cast_double(inp text) returns double precision language plpgsql immutable as $$
begin
  return inp::double precision;
exception when others then
  return null;
end $$;
create function verify(token text, secret text, algorithm text default 'HS256')
returns table (header json, payload json, valid boolean) language sql immutable as $$
  with parts as (
    select string_to_array(token, '.') as part
  ), opened as (
    select part,
      convert_from(@extschema@.url_decode(part[1]), 'UTF8')::json as head,
      convert_from(@extschema@.url_decode(part[2]), 'UTF8')::json as body
    from parts
  )
  select head, body,
    part[3] = @extschema@.algorithm_sign(part[1] || '.' || part[2], secret, algorithm)
    and tstzrange(
      to_timestamp(@extschema@.try_cast_double(body ->> 'nbf')), to_timestamp(@extschema@.try_cast_double(body ->> 'exp'))
    ) @> current_timestamp
  from opened
$$;
