-- A restrictive policy holds for adding rows only, and reading stays open; in the twin it holds for reading.
-- meant {"table": "public.protokolle", "owners": ["verfasser"], "authors": ["verfasser"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.gutachten", "owners": ["verfasser"], "authors": ["verfasser"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.protokolle", "operation": "select", "actor": "stranger"}
-- quiet "public.gutachten"
create table public.protokolle (id uuid primary key default gen_random_uuid(), verfasser uuid not null references auth.users (id), inhalt text not null);
create table public.gutachten (id uuid primary key default gen_random_uuid(), verfasser uuid not null references auth.users (id), inhalt text not null);
alter table public.protokolle enable row level security;
alter table public.gutachten enable row level security;
create policy lesen on public.protokolle for select to authenticated using (true);
create policy nur_eigene on public.protokolle as restrictive for insert to authenticated with check (verfasser = auth.uid());
create policy lesen on public.gutachten for select to authenticated using (true);
create policy nur_eigene on public.gutachten as restrictive for select to authenticated using (verfasser = auth.uid());
