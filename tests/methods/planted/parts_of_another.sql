-- The rule of the lines asks for any bill that the caller sees, not for theirs; the twin asks for theirs.
-- meant {"table": "public.bills", "owners": ["payer"], "authors": ["payer"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.bill_lines", "through": [["bill", "public.bills", "id", "payer"]], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.bill_notes", "through": [["bill", "public.bills", "id", "payer"]], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.bill_lines", "operation": "select", "actor": "stranger"}
-- leak {"object": "public.bill_lines", "operation": "delete", "actor": "stranger"}
-- quiet "public.bill_notes"
-- quiet "public.bills"
create table public.bills (id uuid primary key default gen_random_uuid(), payer uuid not null references auth.users (id), label text not null);
create table public.bill_lines (bill uuid not null references public.bills (id) on delete cascade, line int not null, cents int not null, primary key (bill, line));
create table public.bill_notes (bill uuid not null references public.bills (id) on delete cascade, line int not null, remark text, primary key (bill, line));
alter table public.bills enable row level security;
alter table public.bill_lines enable row level security;
alter table public.bill_notes enable row level security;
create policy b on public.bills for select to authenticated using (payer = auth.uid());
create policy l on public.bill_lines for select to authenticated using (exists (select 1 from public.bills where bills.id is not null));
create policy l2 on public.bill_lines for delete to authenticated using (auth.uid() is not null);
create policy n on public.bill_notes for select to authenticated using (exists (select 1 from public.bills b where b.id = bill_notes.bill));
