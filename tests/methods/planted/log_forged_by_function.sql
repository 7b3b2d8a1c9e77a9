-- A function lets anybody write into the log of what happened; the twin counts a visit, which anybody may add.
-- meant {"table": "public.alarm_log", "public": false, "user_may_insert": false}
-- meant {"table": "public.visits", "public": false, "user_may_insert": true}
-- undecided {"object": "public.raise_alarm(text)", "operation": "call", "actor": "anon"}
-- denied {"object": "public.count_visit(text)", "operation": "call", "actor": "anon"}
create table public.alarm_log (id bigint generated always as identity primary key, said text not null);
alter table public.alarm_log enable row level security;
create table public.visits (id bigint generated always as identity primary key, page text not null);
alter table public.visits enable row level security;
create function public.raise_alarm(p_said text) returns void language sql security definer set search_path = '' as $$ insert into public.alarm_log (said) values (p_said) $$;
create function public.count_visit(p_page text) returns void language sql security definer set search_path = '' as $$ insert into public.visits (page) values (p_page) $$;
