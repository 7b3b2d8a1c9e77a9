-- A user writes another studio's number into his own profile, or makes himself a member, and reads its plans; in the
-- twins the number is not his to set and members are added by the founder.
-- meant {"table": "public.workshops", "owners": ["founder_id"], "authors": ["founder_id"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": true}
-- meant {"table": "public.accounts", "owners": ["id"], "authors": ["id"], "public": false, "user_may_insert": false, "user_may_update": true, "user_may_delete": false}
-- meant {"table": "public.wares", "through": [["workshop_id", "public.workshops", "id", "founder_id"]], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.helpers", "owners": ["user_id"], "authors": ["user_id"], "public": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.secrets", "through": [["workshop_id", "public.workshops", "id", "founder_id"]], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.guarded", "owners": ["id"], "authors": ["id"], "public": false, "user_may_insert": false, "user_may_update": true, "user_may_delete": false}
-- meant {"table": "public.stock", "through": [["workshop_id", "public.workshops", "id", "founder_id"]], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.accounts", "operation": "update", "actor": "stranger", "column": "workshop_id"}
-- leak {"object": "public.helpers", "operation": "insert", "actor": "stranger", "row": "hanging on another's"}
-- quiet "public.guarded"
-- quiet "public.stock"
create table public.workshops (id uuid primary key default gen_random_uuid(), founder_id uuid not null references auth.users (id), name text);
create table public.accounts (id uuid primary key references auth.users (id), workshop_id uuid references public.workshops (id));
create table public.guarded (id uuid primary key references auth.users (id), workshop_id uuid references public.workshops (id), nick text);
create table public.helpers (workshop_id uuid not null references public.workshops (id), user_id uuid not null references auth.users (id), primary key (workshop_id, user_id));
create table public.wares (id uuid primary key default gen_random_uuid(), workshop_id uuid not null references public.workshops (id), body text not null);
create table public.secrets (id uuid primary key default gen_random_uuid(), workshop_id uuid not null references public.workshops (id), body text not null);
create table public.stock (id uuid primary key default gen_random_uuid(), workshop_id uuid not null references public.workshops (id), body text not null);
alter table public.workshops enable row level security;
alter table public.accounts enable row level security;
alter table public.guarded enable row level security;
alter table public.helpers enable row level security;
alter table public.wares enable row level security;
alter table public.secrets enable row level security;
alter table public.stock enable row level security;
create policy r on public.workshops for select using (auth.uid() = founder_id);
create policy r on public.accounts for select using (auth.uid() = id);
create policy u on public.accounts for update using (auth.uid() = id) with check (auth.uid() = id);
create policy r on public.guarded for select using (auth.uid() = id);
create policy u on public.guarded for update using (auth.uid() = id) with check (auth.uid() = id);
revoke update on public.guarded from anon, authenticated;
grant update (nick) on public.guarded to authenticated;
create policy r on public.helpers for select using (auth.uid() = user_id);
create policy i on public.helpers for insert with check (auth.uid() = user_id);
create policy r on public.wares for select using (workshop_id = (select a.workshop_id from public.accounts a where a.id = auth.uid()));
create policy r on public.secrets for select using (exists (select 1 from public.helpers h where h.workshop_id = secrets.workshop_id and h.user_id = auth.uid()));
create policy r on public.stock for select using (workshop_id = (select g.workshop_id from public.guarded g where g.id = auth.uid()));
