-- What looks open and is meant so: published posts, messages between two, a team's rows, rows only for the service role.
-- meant {"table": "public.articles", "owners": ["author_id"], "authors": ["author_id"], "public": true, "public_when": "state = 'published'", "user_may_insert": true, "user_may_update": true, "user_may_delete": true, "anon_may_insert": false}
-- meant {"table": "public.messages", "owners": ["sender_id", "receiver_id"], "authors": ["sender_id"], "authored": ["body"], "public": false, "user_may_insert": true, "user_may_update": false, "user_may_delete": true}
-- meant {"table": "public.job_queue", "public": false, "user_may_insert": false, "user_may_update": false, "user_may_delete": false, "anon_may_insert": false, "anyone_may_change": false}
-- quiet "public.articles"
-- quiet "public.messages"
-- quiet "public.job_queue"
create table public.articles (id uuid primary key default gen_random_uuid(), author_id uuid not null references auth.users (id), title text not null, state text not null default 'draft' check (state in ('draft', 'published')));
create table public.messages (id uuid primary key default gen_random_uuid(), sender_id uuid not null references auth.users (id), receiver_id uuid not null references auth.users (id), body text not null);
create table public.job_queue (id bigint generated always as identity primary key, payload jsonb not null default '{}');
alter table public.articles enable row level security;
alter table public.messages enable row level security;
alter table public.job_queue enable row level security;
create policy r on public.articles for select using (state = 'published' or auth.uid() = author_id);
create policy w on public.articles for all to authenticated using (auth.uid() = author_id) with check (auth.uid() = author_id);
create policy r on public.messages for select using (auth.uid() = sender_id or auth.uid() = receiver_id);
create policy i on public.messages for insert with check (auth.uid() = sender_id);
create policy d on public.messages for delete using (auth.uid() = sender_id);
create policy s on public.job_queue for all to service_role using (true) with check (true);
