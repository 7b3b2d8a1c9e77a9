-- USING (true) on rows that are private; the twin's rows are looked up by everybody and changed by nobody.
-- meant {"table": "public.glaze_notes", "owners": ["author_id"], "authors": ["author_id"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": true}
-- meant {"table": "public.clay_kinds", "public": true, "shared": true, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "anyone_may_change": false, "anon_may_insert": false}
-- leak {"object": "public.glaze_notes", "operation": "select", "actor": "anon"}
-- leak {"object": "public.glaze_notes", "operation": "select", "actor": "stranger"}
-- quiet "public.clay_kinds"
create table public.glaze_notes (
  id uuid primary key default gen_random_uuid(), author_id uuid not null references auth.users (id), body text not null);
alter table public.glaze_notes enable row level security;
create policy "Authors read their notes" on public.glaze_notes for select using (true);
create policy "Authors write" on public.glaze_notes for insert with check (auth.uid() = author_id);
create table public.clay_kinds (id bigint generated always as identity primary key, label text not null unique);
alter table public.clay_kinds enable row level security;
create policy "Everybody looks clay up" on public.clay_kinds for select using (true);
