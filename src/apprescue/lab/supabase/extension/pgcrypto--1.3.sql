-- Digests, keyed digests, random bytes and armor are the real thing. Ciphers and password hashes are stand-ins that
-- keep form and laws (what was encrypted comes back with the same key only; crypt(p, crypt(p, salt)) = crypt(p, salt))
-- and protect nothing: only the laboratory's dummies ever go through them.

create function _sha1(data bytea) returns bytea language plpgsql immutable strict parallel safe as $$
-- with: sha1
$$;

create function digest(data bytea, type text) returns bytea language plpgsql immutable strict parallel safe as $$
begin
  case lower(type)
    when 'sha256' then return sha256(data);
    when 'sha512' then return sha512(data);
    when 'sha384' then return sha384(data);
    when 'sha224' then return sha224(data);
    when 'md5' then return decode(md5(data), 'hex');
    when 'sha1' then return @extschema@._sha1(data);
    else raise exception 'Cannot use "%": No such hash algorithm', type using errcode = 'invalid_parameter_value';
  end case;
end $$;
create function digest(data text, type text) returns bytea language sql immutable strict parallel safe as $$
  select @extschema@.digest(convert_to(data, 'UTF8'), type)
$$;

-- RFC 2104.
create function hmac(data bytea, key bytea, type text) returns bytea
language plpgsql immutable strict parallel safe as $$
declare
  width int := case when lower(type) in ('sha384', 'sha512') then 128 else 64 end;
  inner_pad bytea;
  outer_pad bytea;
begin
  if length(key) > width then
    key := @extschema@.digest(key, type);
  end if;
  inner_pad := key || decode(repeat('00', width - length(key)), 'hex');
  outer_pad := inner_pad;
  for i in 0 .. width - 1 loop
    inner_pad := set_byte(inner_pad, i, get_byte(inner_pad, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(outer_pad, i) # 92);
  end loop;
  return @extschema@.digest(outer_pad || @extschema@.digest(inner_pad || data, type), type);
end $$;
create function hmac(data text, key text, type text) returns bytea language sql immutable strict parallel safe as $$
  select @extschema@.hmac(convert_to(data, 'UTF8'), convert_to(key, 'UTF8'), type)
$$;

create function gen_random_uuid() returns uuid language sql volatile parallel safe as $$
  select pg_catalog.gen_random_uuid()
$$;
create function gen_random_bytes(count integer) returns bytea language plpgsql volatile strict parallel safe as $$
declare
  made bytea := '';
begin
  if count not between 1 and 1024 then
    raise exception 'Length not in range' using errcode = 'external_routine_invocation_exception';
  end if;
  while length(made) < count loop
    made := made || sha256(uuid_send(pg_catalog.gen_random_uuid()) || uuid_send(pg_catalog.gen_random_uuid()));
  end loop;
  return substring(made from 1 for count);
end $$;

-- The alphabet of password hashes: as many signs as asked for, made of the given bytes.
create function _signs(data bytea, count integer) returns text language sql immutable strict parallel safe as $$
  select left(translate(encode(sha512(data), 'base64'), E'+=\n', '.'), count)
$$;
create function gen_salt(type text, iter_count integer) returns text language plpgsql volatile strict parallel safe as $$
declare
  random text := @extschema@._signs(@extschema@.gen_random_bytes(32), 22);
begin
  case lower(type)
    when 'bf' then
      iter_count := coalesce(nullif(iter_count, 0), 6);
      if iter_count not between 4 and 31 then
        raise exception 'gen_salt: Incorrect number of rounds' using errcode = 'invalid_parameter_value';
      end if;
      return '$2a$' || lpad(iter_count::text, 2, '0') || '$' || random;
    when 'md5' then return '$1$' || left(random, 8);
    when 'xdes' then return '_J9..' || left(random, 4);
    when 'des' then return left(random, 2);
    when 'sha256crypt' then return '$5$rounds=' || coalesce(nullif(iter_count, 0), 5000) || '$' || left(random, 16);
    when 'sha512crypt' then return '$6$rounds=' || coalesce(nullif(iter_count, 0), 5000) || '$' || left(random, 16);
    else raise exception 'gen_salt: Unknown salt algorithm' using errcode = 'invalid_parameter_value';
  end case;
end $$;
create function gen_salt(type text) returns text language sql volatile strict parallel safe as $$
  select @extschema@.gen_salt(type, 0)
$$;
-- One way and always the same, in the form of the salt's own scheme; the real ones are slow by design.
create function crypt(password text, salt text) returns text language plpgsql immutable strict parallel safe as $$
declare
  scheme text := coalesce(
    substring(salt from '^\$2[axy]\$\d\d\$[./A-Za-z0-9]{22}'),
    substring(salt from '^\$[156]\$(?:rounds=\d+\$)?[^$]{1,16}') || '$',
    substring(salt from '^_[./A-Za-z0-9]{8}'),
    substring(salt from '^[./A-Za-z0-9]{2}')
  );
  width integer := case
    when scheme like '$2%' then 31
    when scheme like '$1$%' then 22
    when scheme like '$5$%' then 43
    when scheme like '$6$%' then 86
    else 11
  end;
begin
  if scheme is null then
    raise exception 'invalid salt' using errcode = 'external_routine_invocation_exception';
  end if;
  return scheme || @extschema@._signs(convert_to(scheme || password, 'UTF8'), width);
end $$;

-- A stream made of the key and laid over the data: done twice, the data is back.
create function _veiled(data bytea, key bytea) returns bytea language plpgsql immutable strict parallel safe as $$
declare
  stream bytea := '';
begin
  for i in 0 .. length(data) / 64 loop
    stream := stream || sha512(key || int4send(i));
  end loop;
  for i in 0 .. length(data) - 1 loop
    data := set_byte(data, i, get_byte(data, i) # get_byte(stream, i));
  end loop;
  return data;
end $$;
create function encrypt_iv(data bytea, key bytea, iv bytea, type text) returns bytea
language plpgsql immutable strict parallel safe as $$
declare
  width integer := case when type ~* '^bf|^blowfish|^3?des|^cast' then 8 else 16 end;
  filler integer := width - mod(length(data), width);
begin
  if type !~* '^(bf|blowfish|aes|aes128|aes192|aes256|rijndael|3des|des|cast5)(-(cbc|ecb|cfb))?(/pad:(pkcs|none))?$' then
    raise exception 'Cannot use "%": No such cipher algorithm', type using errcode = 'invalid_parameter_value';
  end if;
  return @extschema@._veiled(data || decode(repeat(lpad(to_hex(filler), 2, '0'), filler), 'hex'), key || iv);
end $$;
create function decrypt_iv(data bytea, key bytea, iv bytea, type text) returns bytea
language plpgsql immutable strict parallel safe as $$
declare
  plain bytea := @extschema@._veiled(data, key || iv);
  filler integer;
begin
  if length(data) > 0 then
    filler := get_byte(plain, length(plain) - 1);
  end if;
  if filler is null or filler not between 1 and least(16, length(plain))
      or right(encode(plain, 'hex'), filler * 2) <> repeat(lpad(to_hex(filler), 2, '0'), filler) then
    raise exception 'decrypt_iv error: Decryption failed' using errcode = 'external_routine_invocation_exception';
  end if;
  return substring(plain from 1 for length(plain) - filler);
end $$;
create function encrypt(data bytea, key bytea, type text) returns bytea language sql immutable strict parallel safe as $$
  select @extschema@.encrypt_iv(data, key, '', type)
$$;
create function decrypt(data bytea, key bytea, type text) returns bytea language sql immutable strict parallel safe as $$
  select @extschema@.decrypt_iv(data, key, '', type)
$$;

-- A message: the header of a real one, eight random bytes, eight by which a wrong key is known, the veiled data.
create function pgp_sym_encrypt_bytea(data bytea, psw text, options text) returns bytea
language plpgsql volatile strict parallel safe as $$
declare
  salt bytea := @extschema@.gen_random_bytes(8);
  key bytea := sha256(salt || convert_to(psw, 'UTF8'));
begin
  return '\xc30d04070302'::bytea || salt || substring(sha256(key || data) from 1 for 8) || @extschema@._veiled(data, key);
end $$;
create function pgp_sym_decrypt_bytea(msg bytea, psw text, options text) returns bytea
language plpgsql immutable strict parallel safe as $$
declare
  key bytea := sha256(substring(msg from 7 for 8) || convert_to(psw, 'UTF8'));
  plain bytea := @extschema@._veiled(substring(msg from 23), key);
begin
  if substring(msg from 1 for 6) <> '\xc30d04070302' or substring(sha256(key || plain) from 1 for 8) <> substring(msg from 15 for 8) then
    raise exception 'Wrong key or corrupt data' using errcode = 'external_routine_invocation_exception';
  end if;
  return plain;
end $$;
create function pgp_sym_encrypt_bytea(data bytea, psw text) returns bytea language sql volatile strict parallel safe as $$
  select @extschema@.pgp_sym_encrypt_bytea(data, psw, '')
$$;
create function pgp_sym_encrypt(data text, psw text, options text) returns bytea
language sql volatile strict parallel safe as $$
  select @extschema@.pgp_sym_encrypt_bytea(convert_to(data, 'UTF8'), psw, options)
$$;
create function pgp_sym_encrypt(data text, psw text) returns bytea language sql volatile strict parallel safe as $$
  select @extschema@.pgp_sym_encrypt(data, psw, '')
$$;
create function pgp_sym_decrypt_bytea(msg bytea, psw text) returns bytea language sql immutable strict parallel safe as $$
  select @extschema@.pgp_sym_decrypt_bytea(msg, psw, '')
$$;
create function pgp_sym_decrypt(msg bytea, psw text, options text) returns text
language sql immutable strict parallel safe as $$
  select convert_from(@extschema@.pgp_sym_decrypt_bytea(msg, psw, options), 'UTF8')
$$;
create function pgp_sym_decrypt(msg bytea, psw text) returns text language sql immutable strict parallel safe as $$
  select @extschema@.pgp_sym_decrypt(msg, psw, '')
$$;

-- With a pair of keys: any secret key opens what any public key closed.
create function pgp_pub_encrypt_bytea(data bytea, key bytea, options text default '') returns bytea
language sql volatile strict parallel safe as $$
  select @extschema@.pgp_sym_encrypt_bytea(data, 'a pair of keys', options)
$$;
create function pgp_pub_encrypt(data text, key bytea, options text default '') returns bytea
language sql volatile strict parallel safe as $$
  select @extschema@.pgp_pub_encrypt_bytea(convert_to(data, 'UTF8'), key, options)
$$;
create function pgp_pub_decrypt_bytea(msg bytea, key bytea, psw text default '', options text default '') returns bytea
language sql immutable strict parallel safe as $$
  select @extschema@.pgp_sym_decrypt_bytea(msg, 'a pair of keys', options)
$$;
create function pgp_pub_decrypt(msg bytea, key bytea, psw text default '', options text default '') returns text
language sql immutable strict parallel safe as $$
  select convert_from(@extschema@.pgp_pub_decrypt_bytea(msg, key, psw, options), 'UTF8')
$$;
create function pgp_key_id(bytea) returns text language sql immutable strict parallel safe as $$
  select case when substring($1 from 1 for 6) = '\xc30d04070302' then 'SYMKEY' else upper(left(md5($1), 16)) end
$$;

-- RFC 4880, 6: base64 with a checksum of 24 bits.
create function _crc24(data bytea) returns bytea language plpgsql immutable strict parallel safe as $$
declare
  crc bigint := x'b704ce'::bigint;
begin
  for i in 0 .. length(data) - 1 loop
    crc := crc # (get_byte(data, i)::bigint << 16);
    for step in 1 .. 8 loop
      crc := crc << 1;
      if crc & x'1000000'::bigint <> 0 then
        crc := crc # x'1864cfb'::bigint;
      end if;
    end loop;
  end loop;
  return decode(lpad(to_hex(crc & x'ffffff'::bigint), 6, '0'), 'hex');
end $$;
create function armor(data bytea, keys text[], vals text[]) returns text language sql immutable strict parallel safe as $$
  select E'-----BEGIN PGP MESSAGE-----\n'
    || coalesce((select string_agg(key || ': ' || val || E'\n', '') from unnest(keys, vals) as header(key, val)), '')
    || E'\n' || encode(data, 'base64') || E'\n=' || encode(@extschema@._crc24(data), 'base64')
    || E'\n-----END PGP MESSAGE-----\n'
$$;
create function armor(bytea) returns text language sql immutable strict parallel safe as $$
  select @extschema@.armor($1, '{}', '{}')
$$;
create function dearmor(text) returns bytea language plpgsql immutable strict parallel safe as $$
declare
  parts text[] := regexp_match($1, '-----BEGIN PGP [^\n]*-----\n(?:[^\n]+: [^\n]*\n)*\n(.*)\n=(\S{4})\s*-----END PGP ');
  data bytea;
begin
  data := decode(parts[1], 'base64');
  if parts is null or @extschema@._crc24(data) <> decode(parts[2], 'base64') then
    raise exception 'Corrupt ascii-armor' using errcode = 'external_routine_invocation_exception';
  end if;
  return data;
end $$;
create function pgp_armor_headers(text, key out text, value out text) returns setof record
language sql immutable strict parallel safe as $$
  select found[1], found[2] from regexp_matches(split_part($1, E'\n\n', 1), '(?n)^([^:\n]+): (.*)$', 'g') as found
$$;
