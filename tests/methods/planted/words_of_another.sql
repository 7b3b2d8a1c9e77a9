-- Whoever is in a conversation may rewrite what others said there; in the twin he may only mark it as seen.
-- meant {"table": "public.thread_people", "owners": ["person"], "authors": ["person"], "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "linked": true}
-- meant {"table": "public.thread_posts", "owners": ["author"], "authors": ["author"], "public": false, "user_may_insert": true, "user_may_update": true, "user_may_delete": false, "member_of": [["thread_id", "public.thread_people", "thread_id", "person"]], "linked": true, "authored": ["body", "author"]}
-- meant {"table": "public.thread_replies", "owners": ["author"], "authors": ["author"], "public": false, "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "member_of": [["thread_id", "public.thread_people", "thread_id", "person"]], "linked": true, "authored": ["body", "author"]}
-- leak {"object": "public.thread_posts", "operation": "update", "column": "body", "row": "another"}
-- quiet "public.thread_replies"
create table public.threads (id uuid primary key default gen_random_uuid(), topic text);
create table public.thread_people (thread_id uuid not null references public.threads (id) on delete cascade, person uuid not null references auth.users (id), primary key (thread_id, person));
create table public.thread_posts (id uuid primary key default gen_random_uuid(), thread_id uuid not null references public.threads (id) on delete cascade, author uuid not null references auth.users (id), body text not null, seen_at timestamptz);
create function public.in_thread(t uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select 1 from public.thread_people p where p.thread_id = t and p.person = auth.uid()) $$;
alter table public.threads enable row level security;
alter table public.thread_people enable row level security;
alter table public.thread_posts enable row level security;
create policy a on public.threads for select to authenticated using (public.in_thread(id));
create policy a on public.thread_people for select to authenticated using (public.in_thread(thread_id));
create policy a on public.thread_posts for select to authenticated using (public.in_thread(thread_id));
create policy b on public.thread_posts for insert to authenticated with check (author = auth.uid() and public.in_thread(thread_id));
create policy c on public.thread_posts for update to authenticated using (public.in_thread(thread_id)) with check (public.in_thread(thread_id));
create table public.thread_replies (id uuid primary key default gen_random_uuid(), thread_id uuid not null references public.threads (id) on delete cascade, author uuid not null references auth.users (id), body text not null, seen_at timestamptz);
alter table public.thread_replies enable row level security;
create policy a on public.thread_replies for select to authenticated using (public.in_thread(thread_id));
create policy c on public.thread_replies for update to authenticated using (public.in_thread(thread_id)) with check (public.in_thread(thread_id));
revoke update on public.thread_replies from anon, authenticated;
grant update (seen_at) on public.thread_replies to authenticated;
