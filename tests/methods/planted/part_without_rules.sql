-- The parted table has rules and one of its parts has none, and is asked by its own name; the other part has them.
-- meant {"table": "public.calls", "owners": ["caller"], "authors": ["caller"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.calls_2025", "owners": ["caller"], "authors": ["caller"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.calls_2026", "owners": ["caller"], "authors": ["caller"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.calls_2025", "operation": "select", "actor": "anon"}
-- quiet "public.calls"
-- quiet "public.calls_2026"
create table public.calls (id bigint generated always as identity, happened date not null, caller uuid not null references auth.users (id), number text not null, primary key (id, happened)) partition by range (happened);
create table public.calls_2025 partition of public.calls for values from ('2025-01-01') to ('2026-01-01');
create table public.calls_2026 partition of public.calls for values from ('2026-01-01') to ('2027-01-01');
alter table public.calls enable row level security;
alter table public.calls_2026 enable row level security;
create policy own on public.calls for select to authenticated using (caller = auth.uid());
