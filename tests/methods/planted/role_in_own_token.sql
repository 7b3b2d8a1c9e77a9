-- The rule believes a role in the part of the token that users write themselves; the twin asks the part that they cannot.
-- meant {"table": "public.kassenbuch", "public": false, "shared": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "anon_may_insert": false, "anyone_may_change": false}
-- meant {"table": "public.haushalt", "public": false, "shared": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "anon_may_insert": false, "anyone_may_change": false}
-- leak {"object": "public.kassenbuch", "operation": "select", "actor": "stranger", "row": "user_metadata"}
-- quiet "public.haushalt"
create table public.kassenbuch (id bigint generated always as identity primary key, betrag_cent int not null, zweck text);
alter table public.kassenbuch enable row level security;
create policy chef on public.kassenbuch for select to authenticated using ((auth.jwt() -> 'user_metadata' ->> 'rolle') = 'chef');
create table public.haushalt (id bigint generated always as identity primary key, betrag_cent int not null, zweck text);
alter table public.haushalt enable row level security;
create policy chef on public.haushalt for select to authenticated using ((auth.jwt() -> 'app_metadata' ->> 'rolle') = 'chef');
