-- A user gives himself the role of an admin; in the first twin the check pins the column, in the second a trigger
-- puts it back, in the third the column is not granted.
-- meant {"table": "public.members", "owners": ["id"], "authors": ["id"], "public": true, "pinned": ["role", "credit"], "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- meant {"table": "public.guests", "owners": ["id"], "authors": ["id"], "public": true, "pinned": ["role"], "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- meant {"table": "public.teachers", "owners": ["id"], "authors": ["id"], "public": true, "pinned": ["is_verified"], "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- meant {"table": "public.helpers", "owners": ["id"], "authors": ["id"], "public": true, "pinned": ["wage"], "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- leak {"object": "public.members", "operation": "update", "actor": "owner", "column": "role"}
-- leak {"object": "public.members", "operation": "update", "actor": "owner", "column": "credit"}
-- denied {"object": "public.teachers", "operation": "update", "actor": "owner", "column": "is_verified"}
-- quiet "public.guests"
-- quiet "public.teachers"
-- quiet "public.helpers"
create table public.members (id uuid primary key references auth.users (id), name text, role text not null default 'guest' check (role in ('guest', 'admin')), credit numeric not null default 0);
create table public.guests (id uuid primary key references auth.users (id), name text, role text not null default 'guest' check (role in ('guest', 'admin')));
create table public.teachers (id uuid primary key references auth.users (id), name text, is_verified boolean not null default false);
create table public.helpers (id uuid primary key references auth.users (id), name text, wage numeric not null default 0);
alter table public.members enable row level security;
alter table public.guests enable row level security;
alter table public.teachers enable row level security;
alter table public.helpers enable row level security;
create policy r on public.members for select using (true);
create policy r on public.guests for select using (true);
create policy r on public.teachers for select using (true);
create policy r on public.helpers for select using (true);
create policy u on public.members for update using (auth.uid() = id);
create policy u on public.guests for update using (auth.uid() = id) with check (auth.uid() = id and role = 'guest');
create policy u on public.teachers for update using (auth.uid() = id);
create policy u on public.helpers for update using (auth.uid() = id);
create function public.keep_verified() returns trigger language plpgsql as $$
begin if auth.role() <> 'service_role' then new.is_verified := old.is_verified; end if; return new; end $$;
create trigger keep_verified before update on public.teachers for each row execute function public.keep_verified();
revoke update on public.helpers from anon, authenticated;
grant update (name) on public.helpers to authenticated;
