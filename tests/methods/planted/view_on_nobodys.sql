-- A view shows the addresses of a list that is nobody's and that nobody may read; the twin shows the day only.
-- meant {"table": "public.door_log", "public": false, "secret": ["ip_address"], "user_may_insert": false}
-- leak {"object": "public.latest_knocks", "operation": "select", "actor": "anon"}
-- quiet "public.knocks_by_day"
-- quiet "public.door_log"
create table public.door_log (id bigint generated always as identity primary key, ip_address inet not null, said text, knocked_at timestamptz not null default now());
alter table public.door_log enable row level security;
create view public.latest_knocks as select ip_address, said, knocked_at from public.door_log where knocked_at > now() - interval '1 day';
create view public.knocks_by_day as select knocked_at::date as day, count(*) as knocks from public.door_log group by 1;
