-- pg_cron: jobs are noted down, none is ever run. Who schedules is noted as well, for it is with his rights that the
-- command would run. Always there, since apps switch it on in the dashboard and their migrations then only use it.
create sequence cron.jobid_seq;
create sequence cron.runid_seq;
create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default 5432,
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter table cron.job enable row level security;
alter table cron.job_run_details enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);


create function cron._noted(
  jobname text, schedule text, command text, database text, username text, active boolean
) returns bigint language plpgsql security definer set search_path = '' as $$
declare
  noted bigint;
begin
  if schedule !~* '^\s*(@(reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)|\d+\s+seconds?|\S+(\s+\S+){4})\s*$' then
    raise exception 'invalid schedule: %', schedule
      using errcode = 'invalid_parameter_value', hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
  insert into cron.job as kept (jobname, schedule, command, database, username, active)
  values (_noted.jobname, _noted.schedule, _noted.command, coalesce(_noted.database, current_database()),
          _noted.username, coalesce(_noted.active, true))
  on conflict on constraint jobname_username_uniq do update
    set schedule = excluded.schedule, command = excluded.command, database = excluded.database, active = excluded.active
  returning kept.jobid into noted;
  return noted;
end $$;

create function cron.schedule(schedule text, command text) returns bigint language sql as $$
  select cron._noted(null, $1, $2, null, current_user::text, true)
$$;
create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as $$
  select cron._noted($1, $2, $3, null, current_user::text, true)
$$;
create function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null, active boolean default true
) returns bigint language sql as $$
  select cron._noted($1, $2, $3, $4, coalesce($5, current_user::text), $6)
$$;

create function cron._removed(wanted bigint, named text, username text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from cron.job
  where (jobid = wanted or jobname = named) and job.username = _removed.username;
  if not found then
    raise exception 'could not find valid entry for job ''%''', coalesce(named, wanted::text);
  end if;
  return true;
end $$;
create function cron.unschedule(job_id bigint) returns boolean language sql as $$
  select cron._removed($1, null, current_user::text)
$$;
create function cron.unschedule(job_name text) returns boolean language sql as $$
  select cron._removed(null, $1, current_user::text)
$$;

create function cron._altered(
  wanted bigint, schedule text, command text, database text, username text, active boolean, caller text
) returns void language plpgsql security definer set search_path = '' as $$
begin
  update cron.job as kept set
    schedule = coalesce(_altered.schedule, kept.schedule),
    command = coalesce(_altered.command, kept.command),
    database = coalesce(_altered.database, kept.database),
    username = coalesce(_altered.username, kept.username),
    active = coalesce(_altered.active, kept.active)
  where kept.jobid = wanted and kept.username = caller;
  if not found then
    raise exception 'Job % does not exist or you don''t own it', wanted;
  end if;
end $$;
create function cron.alter_job(
  job_id bigint, schedule text default null, command text default null, database text default null,
  username text default null, active boolean default null
) returns void language sql as $$
  select cron._altered($1, $2, $3, $4, $5, $6, current_user::text)
$$;

revoke all on all functions in schema cron from public;
grant execute on all functions in schema cron to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
grant select on cron.job to postgres with grant option;
grant usage on sequence cron.jobid_seq, cron.runid_seq to postgres;
