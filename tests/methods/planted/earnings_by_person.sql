-- A view reckons up what each person earned beside his public profile; the twins count what pages show, and ask who reads.
-- meant {"table": "public.makers", "owners": ["id"], "authors": ["id"], "public": true, "user_may_insert": true, "user_may_update": true, "user_may_delete": false, "anon_may_insert": false}
-- meant {"table": "public.royalties", "owners": ["maker_id"], "authors": ["maker_id"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "anon_may_insert": false}
-- leak {"object": "public.maker_earnings", "operation": "select", "actor": "anon"}
-- quiet "public.maker_counts"
-- quiet "public.my_earnings"
-- quiet "public.makers"
-- quiet "public.royalties"
create table public.makers (id uuid primary key references auth.users (id), nick text not null);
create table public.royalties (id uuid primary key default gen_random_uuid(), maker_id uuid not null references public.makers (id), cents int not null);
alter table public.makers enable row level security;
alter table public.royalties enable row level security;
create policy r on public.makers for select using (true);
create policy a on public.makers for insert with check (auth.uid() = id);
create policy u on public.makers for update using (auth.uid() = id);
create policy r on public.royalties for select using (auth.uid() = maker_id);
create view public.maker_earnings as
  select m.id, m.nick, coalesce(sum(r.cents), 0) as earned from public.makers m left join public.royalties r on r.maker_id = m.id group by m.id, m.nick;
create view public.maker_counts as
  select m.id, m.nick, count(r.id) as works from public.makers m left join public.royalties r on r.maker_id = m.id group by m.id, m.nick;
create view public.my_earnings with (security_invoker = true) as select * from public.maker_earnings where id = auth.uid();
revoke all on public.my_earnings from anon;
