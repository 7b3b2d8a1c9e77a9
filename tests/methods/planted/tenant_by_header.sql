-- A function reads the tenant from a header of the request, so a visitor names any tenant; the twin reads it from the signed token.
-- meant {"table": "public.parking_spots", "public": false, "shared": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "anon_may_insert": false, "anyone_may_change": false}
-- meant {"table": "public.parking_fines", "public": false, "shared": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "anon_may_insert": false, "anyone_may_change": false}
-- leak {"object": "public.parking_spots", "operation": "select", "actor": "anon", "row": "header"}
-- quiet "public.parking_fines"
create table public.parking_spots (id uuid primary key default gen_random_uuid(), tenant text not null, plate text not null);
create function public.current_tenant() returns text language sql stable as $$ select current_setting('request.headers', true)::json ->> 'x-tenant' $$;
create function public.claimed_tenant() returns text language sql stable as $$ select auth.jwt() -> 'app_metadata' ->> 'tenant' $$;
alter table public.parking_spots enable row level security;
create policy p on public.parking_spots for select using (tenant = public.current_tenant());
create table public.parking_fines (id uuid primary key default gen_random_uuid(), tenant text not null, plate text not null);
alter table public.parking_fines enable row level security;
create policy p on public.parking_fines for select to authenticated using (tenant = public.claimed_tenant());
