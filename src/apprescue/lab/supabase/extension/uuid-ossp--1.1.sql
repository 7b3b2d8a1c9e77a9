create function uuid_nil() returns uuid language sql immutable strict parallel safe as $$
  select '00000000-0000-0000-0000-000000000000'::uuid
$$;
create function uuid_ns_dns() returns uuid language sql immutable strict parallel safe as $$
  select '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid
$$;
create function uuid_ns_url() returns uuid language sql immutable strict parallel safe as $$
  select '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::uuid
$$;
create function uuid_ns_oid() returns uuid language sql immutable strict parallel safe as $$
  select '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::uuid
$$;
create function uuid_ns_x500() returns uuid language sql immutable strict parallel safe as $$
  select '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::uuid
$$;
create function uuid_generate_v4() returns uuid language sql volatile strict parallel safe as $$
  select pg_catalog.gen_random_uuid()
$$;

-- RFC 4122: the first sixteen bytes of a digest, with the version and the variant written over them.
create function _uuid_sha1(data bytea) returns bytea language plpgsql immutable strict parallel safe as $$
-- with: sha1
$$;
create function _uuid_of(bytes bytea, version integer) returns uuid language sql immutable strict parallel safe as $$
  select encode(set_byte(set_byte(substring(bytes from 1 for 16),
    6, (get_byte(bytes, 6) & 15) | (version << 4)), 8, (get_byte(bytes, 8) & 63) | 128), 'hex')::uuid
$$;
create function uuid_generate_v3(namespace uuid, name text) returns uuid
language sql immutable strict parallel safe as $$
  select @extschema@._uuid_of(decode(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), 'hex'), 3)
$$;
create function uuid_generate_v5(namespace uuid, name text) returns uuid
language sql immutable strict parallel safe as $$
  select @extschema@._uuid_of(@extschema@._uuid_sha1(uuid_send(namespace) || convert_to(name, 'UTF8')), 5)
$$;

-- By the clock: tenths of microseconds since 1582-10-15; the same node for all of v1, a random one for v1mc.
create function _uuid_timed(node bytea) returns uuid language plpgsql volatile strict parallel safe as $$
declare
  ticks bigint := (extract(epoch from clock_timestamp()) * 10000000)::bigint + 122192928000000000 + (random() * 9)::int;
  hex text := lpad(to_hex(ticks), 16, '0');
begin
  return @extschema@._uuid_of(
    decode(substring(hex from 9 for 8) || substring(hex from 5 for 4) || substring(hex from 1 for 4), 'hex')
    || substring(uuid_send(pg_catalog.gen_random_uuid()) from 1 for 2) || node, 1
  );
end $$;
create function uuid_generate_v1() returns uuid language sql volatile strict parallel safe as $$
  select @extschema@._uuid_timed('\x020000000001')
$$;
create function uuid_generate_v1mc() returns uuid language sql volatile strict parallel safe as $$
  select @extschema@._uuid_timed('\x03'::bytea || substring(uuid_send(pg_catalog.gen_random_uuid()) from 1 for 5))
$$;
