-- A function in the policy asks only whether somebody is signed in; in the twin it compares whose row it is.
-- meant {"table": "public.krankenakten", "owners": ["patient_id"], "authors": ["patient_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- meant {"table": "public.rezepte", "owners": ["patient_id"], "authors": ["patient_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false}
-- leak {"object": "public.krankenakten", "operation": "select", "actor": "stranger"}
-- quiet "public.rezepte"
create function public.ist_angemeldet() returns boolean language sql stable as $$ select auth.uid() is not null $$;
create function public.ist_mein(wer uuid) returns boolean language sql stable as $$ select wer = auth.uid() $$;
create table public.krankenakten (id uuid primary key default gen_random_uuid(), patient_id uuid not null references auth.users (id) on delete cascade, befund text not null, angelegt_am timestamptz not null default now());
create table public.rezepte (id uuid primary key default gen_random_uuid(), patient_id uuid not null references auth.users (id) on delete cascade, wirkstoff text not null);
alter table public.krankenakten enable row level security;
alter table public.rezepte enable row level security;
create policy "Patienten sehen ihre Akten" on public.krankenakten for select to authenticated using (public.ist_angemeldet());
create policy "Patienten sehen ihre Rezepte" on public.rezepte for select to authenticated using (public.ist_mein(patient_id));
