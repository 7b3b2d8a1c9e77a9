-- A table without row level security is open to everybody; its twin has it, with a policy.
-- meant {"table": "public.kiln_payouts", "owners": ["potter_id"], "authors": ["potter_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.kiln_fees", "owners": ["potter_id"], "authors": ["potter_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.kiln_payouts", "operation": "select", "actor": "anon"}
-- leak {"object": "public.kiln_payouts", "operation": "update", "actor": "anon"}
-- leak {"object": "public.kiln_payouts", "operation": "delete", "actor": "stranger"}
-- leak {"object": "public.kiln_payouts", "operation": "insert", "actor": "anon"}
-- quiet "public.kiln_fees"
create table public.kiln_payouts (
  id uuid primary key default gen_random_uuid(), potter_id uuid not null references auth.users (id), cents int not null);
create table public.kiln_fees (
  id uuid primary key default gen_random_uuid(), potter_id uuid not null references auth.users (id), cents int not null);
alter table public.kiln_fees enable row level security;
create policy "Potters see their fees" on public.kiln_fees for select using ((select auth.uid()) = potter_id);
