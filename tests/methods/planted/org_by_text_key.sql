-- Members of any organisation read all invoices; the keys are texts and composite. In the twin the organisation is compared.
-- meant {"table": "public.orgs", "owners": ["founder"], "authors": ["founder"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": true}
-- meant {"table": "public.org_members", "owners": ["member"], "authors": ["member"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.org_invoices", "through": [["org_slug", "public.orgs", "slug", "founder"]], "member_of": [["org_slug", "public.org_members", "org_slug", "member"]], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.org_contracts", "through": [["org_slug", "public.orgs", "slug", "founder"]], "member_of": [["org_slug", "public.org_members", "org_slug", "member"]], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.org_invoices", "operation": "select", "actor": "stranger"}
-- quiet "public.org_contracts"
create table public.orgs (slug text primary key, title text not null, founder uuid not null references auth.users (id));
create table public.org_members (org_slug text not null references public.orgs (slug) on delete cascade, member uuid not null references auth.users (id) on delete cascade, rights jsonb not null default '{"billing": false}', primary key (org_slug, member));
create table public.org_invoices (org_slug text not null references public.orgs (slug), number int not null, total_cents int not null, primary key (org_slug, number));
create table public.org_contracts (org_slug text not null references public.orgs (slug), number int not null, body text not null, primary key (org_slug, number));
alter table public.orgs enable row level security;
alter table public.org_members enable row level security;
alter table public.org_invoices enable row level security;
alter table public.org_contracts enable row level security;
create policy founders on public.orgs for all to authenticated using (founder = (select auth.uid())) with check (founder = (select auth.uid()));
create policy mine on public.org_members for select to authenticated using (member = (select auth.uid()));
create policy "Members read the invoices of their org" on public.org_invoices for select to authenticated using (exists (select 1 from public.org_members where member = (select auth.uid())));
create policy "Members read the contracts of their org" on public.org_contracts for select to authenticated using (org_slug in (select m.org_slug from public.org_members m where m.member = (select auth.uid())));
