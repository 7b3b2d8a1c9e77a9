"""The start of an app of our own invention, whose rules are right: people, and letters that only their writer sees."""

BASE = """
create table public.profiles (
  id uuid primary key references auth.users (id), handle text unique, email text, role text not null default 'fan'
);
alter table public.profiles enable row level security;
create policy "Own profile" on public.profiles for select using (auth.uid() = id);
create table public.letters (
  id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), body text not null
);
alter table public.letters enable row level security;
create policy "Read own letters" on public.letters for select using (auth.uid() = user_id);
create policy "Write own letters" on public.letters for insert with check (auth.uid() = user_id);
create policy "Change own letters" on public.letters for update
  using (auth.uid() = user_id) with check (auth.uid() = user_id);
create policy "Burn own letters" on public.letters for delete using (auth.uid() = user_id);
create policy "Admins burn letters" on public.letters for delete
  using (exists (select from public.profiles p where p.id = auth.uid() and p.role = 'admin'));
"""
