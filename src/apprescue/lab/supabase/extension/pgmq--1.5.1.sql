-- A queue is two tables, q_<name> and a_<name>, owned by who made them; without partitions and without waiting.
create table meta (
  queue_name varchar unique not null,
  is_partitioned boolean not null,
  is_unlogged boolean not null,
  created_at timestamptz not null default now()
);
create type message_record as (
  msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb, headers jsonb
);
create type queue_record as (queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz);
create type metrics_result as (
  queue_name text, queue_length bigint, newest_msg_age_sec integer, oldest_msg_age_sec integer,
  total_messages bigint, scrape_time timestamptz
);

create function format_table_name(queue_name text, prefix text) returns text language plpgsql as $$
begin
  if queue_name ~ '\$|;|--|''' then
    raise exception 'queue name contains invalid characters: $, ;, --, or \''';
  end if;
  return lower(prefix || '_' || queue_name);
end $$;
create function "create"(queue_name text) returns void language plpgsql as $$
begin
  execute format(
    'create table if not exists pgmq.%I (
       msg_id bigint primary key generated always as identity, read_ct integer not null default 0,
       enqueued_at timestamptz not null default now(), vt timestamptz not null, message jsonb, headers jsonb)',
    pgmq.format_table_name(queue_name, 'q'));
  execute format(
    'create table if not exists pgmq.%I (
       msg_id bigint primary key, read_ct integer not null default 0, enqueued_at timestamptz not null default now(),
       archived_at timestamptz not null default now(), vt timestamptz not null, message jsonb, headers jsonb)',
    pgmq.format_table_name(queue_name, 'a'));
  insert into pgmq.meta (queue_name, is_partitioned, is_unlogged) values (queue_name, false, false) on conflict do nothing;
end $$;
create function create_non_partitioned(queue_name text) returns void language sql as $$ select pgmq.create(queue_name) $$;
create function create_unlogged(queue_name text) returns void language sql as $$ select pgmq.create(queue_name) $$;
create function create_partitioned(
  queue_name text, partition_interval text default '10000', retention_interval text default '100000'
) returns void language sql as $$ select pgmq.create(queue_name) $$;
create function drop_queue(queue_name text) returns boolean language plpgsql as $$
begin
  execute format('drop table if exists pgmq.%I, pgmq.%I',
                 pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a'));
  delete from pgmq.meta where meta.queue_name = drop_queue.queue_name;
  return found;
end $$;
create function list_queues() returns setof queue_record language sql as $$
  select queue_name, is_partitioned, is_unlogged, created_at from pgmq.meta
$$;

create function send_batch(queue_name text, msgs jsonb[], delay integer default 0) returns setof bigint
language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message) select clock_timestamp() + make_interval(secs => $2), one from unnest($1) as one
     returning msg_id', pgmq.format_table_name(queue_name, 'q')) using msgs, delay;
end $$;
create function send(queue_name text, msg jsonb, delay integer default 0) returns setof bigint language sql as $$
  select pgmq.send_batch(queue_name, array[msg], delay)
$$;
create function read(queue_name text, vt integer, qty integer, conditional jsonb default '{}')
returns setof message_record language plpgsql as $$
begin
  return query execute format(
    'with due as (
       select msg_id from pgmq.%1$I where vt <= clock_timestamp() and message @> $3
       order by msg_id limit $2 for update skip locked)
     update pgmq.%1$I as kept set vt = clock_timestamp() + make_interval(secs => $1), read_ct = read_ct + 1
     from due where kept.msg_id = due.msg_id
     returning kept.msg_id, read_ct, enqueued_at, vt, message, headers', pgmq.format_table_name(queue_name, 'q')
  ) using vt, qty, conditional;
end $$;
create function read_with_poll(
  queue_name text, vt integer, qty integer, max_poll_seconds integer default 5, poll_interval_ms integer default 100,
  conditional jsonb default '{}'
) returns setof message_record language sql as $$ select * from pgmq.read(queue_name, vt, qty, conditional) $$;
create function delete(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%I where msg_id = any ($1) returning msg_id', pgmq.format_table_name(queue_name, 'q')) using msg_ids;
end $$;
create function delete(queue_name text, msg_id bigint) returns boolean language sql as $$
  select exists (select from pgmq.delete(queue_name, array[msg_id]))
$$;
create function pop(queue_name text) returns setof message_record language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%1$I where msg_id = (
       select msg_id from pgmq.%1$I where vt <= clock_timestamp() order by msg_id limit 1 for update skip locked)
     returning msg_id, read_ct, enqueued_at, vt, message, headers', pgmq.format_table_name(queue_name, 'q'));
end $$;
create function archive(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
  return query execute format(
    'with gone as (delete from pgmq.%I where msg_id = any ($1) returning *)
     insert into pgmq.%I (msg_id, read_ct, enqueued_at, vt, message, headers)
     select msg_id, read_ct, enqueued_at, vt, message, headers from gone returning msg_id',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a')) using msg_ids;
end $$;
create function archive(queue_name text, msg_id bigint) returns boolean language sql as $$
  select exists (select from pgmq.archive(queue_name, array[msg_id]))
$$;
create function set_vt(queue_name text, msg_id bigint, vt integer) returns setof message_record language plpgsql as $$
begin
  return query execute format(
    'update pgmq.%I set vt = clock_timestamp() + make_interval(secs => $2) where msg_id = $1
     returning msg_id, read_ct, enqueued_at, vt, message, headers', pgmq.format_table_name(queue_name, 'q'))
    using msg_id, vt;
end $$;
create function purge_queue(queue_name text) returns bigint language plpgsql as $$
declare
  gone bigint;
begin
  execute format('delete from pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
  get diagnostics gone = row_count;
  return gone;
end $$;
create function metrics(queue_name text) returns metrics_result language plpgsql as $$
declare
  told pgmq.metrics_result;
begin
  execute format(
    'select $1, count(*), extract(epoch from now() - max(enqueued_at))::int, extract(epoch from now() - min(enqueued_at))::int,
            count(*), now() from pgmq.%I', pgmq.format_table_name(queue_name, 'q')) into told using queue_name;
  return told;
end $$;
create function metrics_all() returns setof metrics_result language sql as $$
  select (pgmq.metrics(queue_name)).* from pgmq.meta
$$;

do $$
begin
  if to_regrole('postgres') is not null then
    grant all on schema pgmq to postgres with grant option;
    grant all on all tables in schema pgmq to postgres with grant option;
    grant all on all functions in schema pgmq to postgres with grant option;
  end if;
end $$;
