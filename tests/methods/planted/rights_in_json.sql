-- What a user may do stands in an object of his own row, which he may change; the twin grants the other column only.
-- meant {"table": "public.staff", "owners": ["user_id"], "authors": ["user_id"], "public": false, "user_may_insert": false, "user_may_update": true, "user_may_delete": false}
-- meant {"table": "public.crew", "owners": ["user_id"], "authors": ["user_id"], "public": false, "user_may_insert": false, "user_may_update": true, "user_may_delete": false}
-- meant {"table": "public.budgets", "public": false, "shared": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "anon_may_insert": false, "anyone_may_change": false}
-- leak {"object": "public.staff", "operation": "update", "actor": "stranger", "column": "access"}
-- quiet "public.crew"
-- quiet "public.budgets"
create table public.staff (user_id uuid primary key references auth.users (id), nickname text, access jsonb not null default '{"admin": false}');
create table public.crew (user_id uuid primary key references auth.users (id), nickname text, access jsonb not null default '{"admin": false}');
create table public.budgets (id bigint generated always as identity primary key, quarter text not null, cents bigint not null);
alter table public.staff enable row level security;
alter table public.crew enable row level security;
alter table public.budgets enable row level security;
create policy s on public.staff for select to authenticated using (user_id = auth.uid());
create policy u on public.staff for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy s on public.crew for select to authenticated using (user_id = auth.uid());
create policy u on public.crew for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
revoke update on public.crew from anon, authenticated;
grant update (nickname) on public.crew to authenticated;
create policy "Admins keep the budgets" on public.budgets for all to authenticated
  using (exists (select 1 from public.staff where user_id = auth.uid() and (access ->> 'admin')::boolean))
  with check (exists (select 1 from public.staff where user_id = auth.uid() and (access ->> 'admin')::boolean));
