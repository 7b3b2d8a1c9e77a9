-- The table of keys and the functions that migrations name. Nothing is encrypted; labels on columns are not known.
create type key_status as enum ('default', 'valid', 'invalid', 'expired');
create type key_type as enum (
  'aead-ietf', 'aead-det', 'hmacsha512', 'hmacsha256', 'auth', 'shorthash', 'generichash', 'kdf', 'secretbox',
  'secretstream', 'stream_xchacha20'
);
create sequence key_key_id_seq;
create table key (
  id uuid primary key default gen_random_uuid(),
  status key_status default 'valid',
  created timestamptz not null default current_timestamp,
  expires timestamptz,
  key_type key_type,
  key_id bigint default nextval('key_key_id_seq'),
  key_context bytea default '\x7067736f6469756d',
  name text unique,
  associated_data text default 'associated',
  raw_key bytea,
  raw_key_nonce bytea,
  parent_key uuid references key,
  comment text,
  user_data text
);
create view valid_key as
  select id, name, status, key_type, key_id, key_context, created, expires, associated_data
  from key where status in ('valid', 'default') and (expires is null or expires > now());

create function create_key(
  key_type key_type default 'aead-det', name text default null, raw_key bytea default null,
  raw_key_nonce bytea default null, parent_key uuid default null, key_context bytea default '\x7067736f6469756d',
  expires timestamptz default null, associated_data text default ''
) returns valid_key language plpgsql set search_path = '' as $$
declare
  made uuid;
  told pgsodium.valid_key;
begin
  insert into pgsodium.key (key_type, name, raw_key, raw_key_nonce, parent_key, key_context, expires, associated_data)
  values (create_key.key_type, create_key.name, create_key.raw_key, create_key.raw_key_nonce, create_key.parent_key,
          create_key.key_context, create_key.expires, create_key.associated_data) returning id into made;
  select * into told from pgsodium.valid_key where id = made;
  return told;
end $$;
create function randombytes_buf(size integer) returns bytea language sql volatile strict as $$
  select substring(decode(string_agg(md5(random()::text), ''), 'hex') from 1 for size) from generate_series(0, size / 16)
$$;
create function crypto_aead_det_keygen() returns bytea language sql volatile as $$ select pgsodium.randombytes_buf(64) $$;
create function crypto_aead_det_noncegen() returns bytea language sql volatile as $$ select pgsodium.randombytes_buf(32) $$;
create function crypto_aead_det_encrypt(message bytea, additional bytea, key_uuid uuid, nonce bytea default null)
returns bytea language sql immutable as $$ select message $$;
create function crypto_aead_det_decrypt(message bytea, additional bytea, key_uuid uuid, nonce bytea default null)
returns bytea language sql immutable as $$ select message $$;

revoke all on all functions in schema pgsodium from public;
do $$
begin
  if to_regrole('pgsodium_keyiduser') is not null then
    grant usage on schema pgsodium to pgsodium_keyiduser, pgsodium_keyholder, service_role;
    grant select on valid_key to pgsodium_keyiduser, pgsodium_keyholder;
    grant usage on sequence key_key_id_seq to pgsodium_keyholder;
    grant select, insert, update, delete on key to pgsodium_keyholder;
    grant execute on all functions in schema pgsodium to pgsodium_keyiduser, pgsodium_keyholder, service_role;
  end if;
end $$;
