-- A view with its owner's rights over another such view, which nobody may read himself; the twins keep to the reader's rights.
-- meant {"table": "public.parcels", "owners": ["recipient"], "authors": ["recipient"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.parcel_overview", "operation": "select", "actor": "anon"}
-- quiet "public.parcels"
-- quiet "public.my_parcels"
-- quiet "public.parcel_list"
create table public.parcels (id uuid primary key default gen_random_uuid(), recipient uuid not null references auth.users (id), street text not null, door_code text);
alter table public.parcels enable row level security;
create policy own on public.parcels for select using (recipient = auth.uid());
create view public.parcel_base as select id, recipient, street, door_code from public.parcels;
revoke all on public.parcel_base from anon, authenticated;
create view public.parcel_overview as select id, street, door_code from public.parcel_base;
create view public.parcel_list with (security_invoker = true) as select id, recipient, street, door_code from public.parcels;
create view public.my_parcels as select * from public.parcel_list;
revoke insert, update, delete on public.parcel_overview, public.my_parcels from anon, authenticated;
