-- What is drawn by chance is drawn in the same order each time: ids (and with them the bytes and tokens of pgcrypto and
-- uuid-ossp) from a sequence, `random()` from the seed that every session of the laboratory begins with. So the same
-- app gives the same rows, the same report, and proofs whose ids stand in every database that is rebuilt.
create schema laboratory;
grant usage on schema laboratory to public;
create sequence laboratory.draws;
grant usage on sequence laboratory.draws to public;
create or replace function pg_catalog.gen_random_uuid() returns uuid language sql volatile begin atomic
  select overlay(overlay(md5('draw ' || nextval('laboratory.draws'::regclass)) placing '4' from 13)
                 placing 'a' from 17)::uuid;
end;

-- Whoever fills a database draws elsewhere, so that what is drawn later, in one without those rows, is none of theirs.
create function laboratory.draw_elsewhere() returns void language sql volatile security definer
set search_path = '' begin atomic
  select setval('laboratory.draws'::regclass, 1000000000);
  select setseed(-0.5);
end;
