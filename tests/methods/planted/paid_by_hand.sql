-- A buyer sets his own order to paid; in the twin a trigger lets him change the note alone.
-- meant {"table": "public.bestellungen", "owners": ["kunde"], "authors": ["kunde"], "public": false, "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "pinned": ["status", "betrag_cent"]}
-- meant {"table": "public.vormerkungen", "owners": ["kunde"], "authors": ["kunde"], "public": false, "user_may_insert": false, "user_may_update": true, "user_may_delete": false, "pinned": ["status", "betrag_cent"]}
-- leak {"object": "public.bestellungen", "operation": "update", "actor": "owner", "column": "status"}
-- quiet "public.vormerkungen"
create type public.bestellstatus as enum ('offen', 'bezahlt', 'versandt');
create table public.bestellungen (id uuid primary key default gen_random_uuid(), kunde uuid not null references auth.users (id), betrag_cent int not null, status public.bestellstatus not null default 'offen', notiz text);
create table public.vormerkungen (id uuid primary key default gen_random_uuid(), kunde uuid not null references auth.users (id), betrag_cent int not null, status public.bestellstatus not null default 'offen', notiz text);
alter table public.bestellungen enable row level security;
alter table public.vormerkungen enable row level security;
create policy s on public.bestellungen for select to authenticated using (kunde = auth.uid());
create policy u on public.bestellungen for update to authenticated using (kunde = auth.uid()) with check (kunde = auth.uid());
create policy s on public.vormerkungen for select to authenticated using (kunde = auth.uid());
create policy u on public.vormerkungen for update to authenticated using (kunde = auth.uid()) with check (kunde = auth.uid());
create function public.nur_notiz() returns trigger language plpgsql as $$ begin
  if current_user in ('anon', 'authenticated') and (new.status, new.betrag_cent) is distinct from (old.status, old.betrag_cent) then raise exception 'nur die Notiz'; end if;
  return new; end $$;
create trigger nur_notiz before update on public.vormerkungen for each row execute function public.nur_notiz();
