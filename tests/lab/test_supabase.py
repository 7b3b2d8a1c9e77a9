"""The stand-in for Supabase behaves as the platform where access is decided, and lets nobody out of the laboratory."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator

import pytest

from apprescue.lab import supabase
from apprescue.lab.postgres import Server, serve
from apprescue.lab.session import Session
from apprescue.model.database import DatabaseError, literal

PEOPLE = ("anon", "authenticated")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as given:
        yield given


@pytest.fixture(scope="module")
def session(server: Server) -> Iterator[Session]:
    """As `postgres`, who runs migrations and is no superuser."""
    with server.connect(server.create()) as given:
        yield given


@pytest.fixture(autouse=True)
def undone(session: Session) -> Iterator[None]:
    with session.undone():
        yield


def one(session: Session, sql: str) -> object:
    rows = session.query(sql)
    assert len(rows) == 1, rows
    return rows[0][0]


def refused(session: Session, sql: str) -> str:
    """The state with which it is refused, or nothing."""
    try:
        with session.undone():
            session.run(sql)
    except DatabaseError as error:
        return error.sqlstate
    return ""


def as_role(session: Session, role: str, sql: str) -> str:
    return refused(session, f"set local role {role}; {sql}")


def claim(session: Session, **claims: object) -> None:
    session.run(f"set local request.jwt.claims = {literal(json.dumps(claims))}")


def person(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def sign_up(session: Session, number: int, about: str = "{}") -> str:
    made = person(number)
    session.run(f"select auth.laboratory_sign_up({literal(made)}, 'person{number}@example.org', {literal(about)})")
    return made


# Roles


def test_postgres_is_no_superuser_and_sees_past_row_level_security(session: Session) -> None:
    rows = session.query(
        "select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = 'postgres'"
    )
    assert rows == [(False, True, True, True)]


def test_one_superuser(session: Session) -> None:
    assert session.query("select rolname from pg_roles where rolsuper") == [("supabase_admin",)]


def test_only_the_service_role_of_the_api_sees_past_row_level_security(session: Session) -> None:
    rows = session.query(
        "select rolname, rolbypassrls, rolcanlogin from pg_roles "
        "where rolname in ('anon', 'authenticated', 'service_role') order by 1"
    )
    assert rows == [("anon", False, False), ("authenticated", False, False), ("service_role", True, False)]


def test_the_api_becomes_whom_it_serves(server: Server, session: Session) -> None:
    name = str(one(session, "select current_database()"))
    with server.connect(name, "authenticator") as api, api.undone():
        for role in (*PEOPLE, "service_role"):
            api.run(f"set local role {role}")
            assert one(api, "select current_user") == role
        api.run("reset role")
        assert refused(api, "set local role postgres") == "42501"
        assert refused(api, "set local role supabase_admin") == "42501"


def test_names_are_sought_in_public_and_in_extensions(session: Session) -> None:
    assert one(session, "select current_setting('search_path')") == '"$user", public, extensions'
    assert one(session, "select uuid_generate_v4() is not null and gen_random_bytes(4) is not null") is True


def test_settings_of_the_api_can_be_made(session: Session) -> None:
    session.run("alter role authenticator set pgrst.db_schemas = 'public, api'; notify pgrst, 'reload config'")
    session.run("alter role anon set statement_timeout = '5s'; set local session_replication_role = replica")


# Public tables


def test_a_table_without_row_level_security_is_open_to_everybody(session: Session) -> None:
    session.run("create table public.notes (id int generated always as identity primary key, text text)")
    for role in PEOPLE:
        for sql in ("select * from notes", "insert into notes (text) values ('x')", "update notes set text = 'y'",
                    "delete from notes", "truncate notes"):  # fmt: skip
            assert as_role(session, role, sql) == ""


def test_row_level_security_closes_it_until_a_policy_opens_it(session: Session) -> None:
    session.run("create table public.notes (owner uuid, text text); alter table public.notes enable row level security")
    session.run(f"insert into notes values ('{person(1)}', 'mine')")
    session.run("set local role authenticated")
    assert session.query("select * from notes") == []
    session.run("reset role; create policy own on notes to authenticated using ((select auth.uid()) = owner)")
    session.run("set local role authenticated")
    claim(session, sub=person(1))
    assert session.query("select text from notes") == [("mine",)]
    claim(session, sub=person(2))
    assert session.query("select text from notes") == []
    session.run("reset role; set local role service_role")
    assert session.query("select text from notes") == [("mine",)]


def test_a_function_stays_open_to_anon_where_only_public_was_refused(session: Session) -> None:
    session.run(
        "create function public.f() returns int language sql as 'select 1'; revoke execute on function f() from public"
    )
    assert as_role(session, "anon", "select f()") == ""
    session.run("revoke execute on function f() from anon")
    assert as_role(session, "anon", "select f()") == "42501"


def test_other_schemas_are_closed(session: Session) -> None:
    session.run("create schema inner_things; create table inner_things.t (id int)")
    assert as_role(session, "authenticated", "select * from inner_things.t") == "42501"


def test_a_definers_function_writes_for_whoever_calls_it(session: Session) -> None:
    session.run(
        "create table public.hits (id int); alter table hits enable row level security;"
        "create function public.hit() returns void language sql security definer "
        "as 'insert into public.hits values (1)'"
    )
    assert as_role(session, "anon", "insert into hits values (1)") == "42501"
    assert as_role(session, "anon", "select hit()") == ""


def test_people_make_nothing(session: Session) -> None:
    for role in PEOPLE:
        assert as_role(session, role, "create table public.mine (id int)") == "42501"


# Accounts


def test_claims(session: Session) -> None:
    claim(session, sub=person(1), role="authenticated", email="a@example.org", app_metadata={"role": "editor"})
    rows = session.query("select auth.uid(), auth.role(), auth.email(), auth.jwt() #>> '{app_metadata,role}'")
    assert rows == [(person(1), "authenticated", "a@example.org", "editor")]


def test_no_claims(session: Session) -> None:
    assert session.query("select auth.uid(), auth.role(), auth.email(), auth.jwt()") == [(None, None, None, None)]
    session.run("set local request.jwt.claims = ''")
    assert session.query("select auth.uid(), auth.role(), auth.email(), auth.jwt()") == [(None, None, None, None)]


def test_claims_of_the_old_form_go_first(session: Session) -> None:
    claim(session, sub=person(1))
    session.run(f"set local request.jwt.claim.sub = '{person(2)}'")
    assert one(session, "select auth.uid()") == person(2)


def test_the_functions_that_proofs_rest_on_cannot_be_replaced(session: Session) -> None:
    body = "language sql as 'select null::uuid'"
    assert refused(session, f"create or replace function auth.uid() returns uuid {body}") == "42501"
    assert refused(session, "drop function auth.uid() cascade") == "42501"


def test_accounts_are_closed_to_people_and_to_the_service_role(session: Session) -> None:
    tables = session.query(
        "select oid::regclass::text from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r'"
    )
    assert len(tables) > 15
    for (table,) in tables:
        for role in (*PEOPLE, "service_role"):
            assert as_role(session, role, f"select * from {table}") == "42501", (role, table)
    assert as_role(session, "anon", "select auth.laboratory_sign_up(gen_random_uuid(), 'a@example.org')") == "42501"


def test_a_view_of_postgres_gives_accounts_away(session: Session) -> None:
    sign_up(session, 1)
    session.run("create view public.people as select id, email from auth.users; set local role anon")
    assert session.query("select email from people") == [("person1@example.org",)]


def test_an_account_needs_an_id(session: Session) -> None:
    assert refused(session, "insert into auth.users (email) values ('a@example.org')") == "23502"


def test_signing_up(session: Session) -> None:
    signed_up = sign_up(session, 1, '{"full_name": "Ada"}')
    rows = session.query(
        "select role, aud, email, raw_user_meta_data, raw_app_meta_data ->> 'provider' from auth.users"
    )
    about = {"full_name": "Ada", "sub": signed_up, "email_verified": True, "phone_verified": False}
    email = "person1@example.org"
    assert rows == [("authenticated", "authenticated", email, about | {"email": email}, "email")]
    assert session.query("select user_id, provider, email from auth.identities") == [(signed_up, "email", email)]
    assert session.query("select id from auth.users where confirmed_at is not null") == [(signed_up,)]


TRIGGER = """
create table public.profiles (id uuid primary key references auth.users on delete cascade, name text, made_by text);
alter table public.profiles enable row level security;
create function public.handle_new_user() returns trigger language plpgsql {how} as $$
begin
  insert into {table} values (new.id, new.raw_user_meta_data ->> 'full_name', current_user);
  return new;
end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();
"""


def test_the_trigger_at_sign_up_makes_a_profile(session: Session) -> None:
    session.run(TRIGGER.format(how="security definer set search_path = public", table="profiles"))
    sign_up(session, 1, '{"full_name": "Ada"}')
    assert session.query("select name, made_by from profiles") == [("Ada", "postgres")]


def test_a_trigger_without_search_path_breaks_signing_up(session: Session) -> None:
    session.run(TRIGGER.format(how="security definer", table="profiles"))
    with pytest.raises(DatabaseError, match='relation "profiles" does not exist'):
        sign_up(session, 1)


def test_a_trigger_with_the_callers_rights_breaks_signing_up(session: Session) -> None:
    session.run(TRIGGER.format(how="", table="public.profiles"))
    with pytest.raises(DatabaseError, match="permission denied for table profiles"):
        sign_up(session, 1)


def test_a_trigger_on_accounts_can_be_taken_back(session: Session) -> None:
    session.run(TRIGGER.format(how="", table="public.profiles"))
    session.run("drop trigger on_auth_user_created on auth.users")


def test_signing_up_has_no_claims_and_leaves_nothing_set(session: Session) -> None:
    session.run(
        "create table public.seen (id uuid);"
        "create function public.look() returns trigger language plpgsql security definer as "
        "$$begin insert into public.seen values (auth.uid()); return new; end$$;"
        "create trigger looks after insert on auth.users for each row execute function public.look();"
    )
    claim(session, sub=person(9))
    sign_up(session, 1)
    assert session.query("select id from seen") == [(None,)]
    assert session.query("select current_user, auth.uid()::text") == [("postgres", person(9))]


# Files


def test_files_are_closed_until_a_policy_opens_them(session: Session) -> None:
    session.run("insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true)")
    session.run("insert into storage.objects (bucket_id, name) values ('avatars', 'a/b/me.tar.gz')")
    for role in PEOPLE:
        assert (
            as_role(session, role, "insert into storage.objects (bucket_id, name) values ('avatars', 'x.png')")
            == "42501"
        )
        session.run(f"set local role {role}")
        assert session.query("select * from storage.objects") == session.query("select * from storage.buckets") == []
        session.run("reset role")
    session.run(
        "create policy look on storage.objects for select using (bucket_id = 'avatars' and auth.role() = 'anon')"
    )
    session.run("set local role anon")
    claim(session, role="anon")
    assert session.query("select name, path_tokens from storage.objects") == [
        ("a/b/me.tar.gz", ["a", "b", "me.tar.gz"])
    ]


def test_the_names_of_files(session: Session) -> None:
    name = "'a/b/me.tar.gz'"
    assert session.query(f"select storage.foldername({name}), storage.filename({name}), storage.extension({name})") == [
        (["a", "b"], "me.tar.gz", "gz")
    ]
    assert one(session, "select (storage.foldername('me.png'))[1]") is None


def test_a_folder_is_searched_with_the_callers_rights(session: Session) -> None:
    session.run("insert into storage.buckets (id, name) values ('docs', 'docs')")
    session.run(
        "insert into storage.objects (bucket_id, name) "
        "select 'docs', name from unnest(array['a/1.txt', 'a/2.txt', 'b.txt']) as name"
    )
    assert session.query("select name, id is null from storage.search('', 'docs')") == [("a", True), ("b.txt", False)]
    assert session.query("select name from storage.search('a/', 'docs', 100, 2)") == [("1.txt",), ("2.txt",)]
    session.run("set local role anon")
    assert session.query("select name from storage.search('', 'docs')") == []


def test_policies_of_files_and_channels_can_be_changed(session: Session) -> None:
    session.run(
        "create policy p on storage.objects for insert to authenticated with check (owner_id = auth.uid()::text);"
        "drop policy p on storage.objects; drop policy if exists q on storage.buckets;"
        "alter table storage.objects enable row level security;"
        "create policy p on realtime.messages for select to authenticated using (realtime.topic() = 'room');"
    )


# Channels


def test_a_message_is_kept_for_whom_a_policy_lets_in(session: Session) -> None:
    session.run("select realtime.send('{\"a\": 1}', 'said', 'room')")
    session.run("create policy p on realtime.messages for select to authenticated using (realtime.topic() = topic)")
    session.run("set local role authenticated; set local realtime.topic = 'room'")
    assert session.query("select event, payload ->> 'a', private from realtime.messages") == [("said", "1", True)]
    session.run("set local realtime.topic = 'other'")
    assert session.query("select * from realtime.messages") == []


def test_changes_are_told_to_a_channel(session: Session) -> None:
    session.run(
        "create table public.t (id int);"
        "create function public.tell() returns trigger language plpgsql security definer set search_path = '' as $$"
        "begin perform realtime.broadcast_changes('t', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);"
        "return null; end$$; create trigger tells after insert on t for each row execute function tell();"
        "insert into t values (7)"
    )
    assert one(session, "select payload #>> '{record,id}' from realtime.messages where topic = 't'") == "7"


def test_the_publication_is_the_apps_to_change(session: Session) -> None:
    session.run(
        "create table public.t (id int);"
        "alter publication supabase_realtime add table t; alter table t replica identity full"
    )
    assert session.query("select tablename from pg_publication_tables where pubname = 'supabase_realtime'") == [("t",)]
    session.run("drop publication if exists supabase_realtime; create publication supabase_realtime")


# Secrets, jobs, requests


def test_secrets_are_for_postgres_and_the_service_role(session: Session) -> None:
    session.run("select vault.create_secret('s3cret', 'key', 'of the payments')")
    for role in ("postgres", "service_role"):
        session.run(f"set local role {role}")
        assert session.query("select name, decrypted_secret from vault.decrypted_secrets") == [("key", "s3cret")]
        session.run("select vault.update_secret(id, 's3cret') from vault.secrets; reset role")
    for role in PEOPLE:
        assert as_role(session, role, "select * from vault.decrypted_secrets") == "42501"
        assert as_role(session, role, "select vault.create_secret('x')") == "42501"


def test_jobs_are_noted_down_and_never_run(session: Session) -> None:
    session.run("create table public.t (id int)")
    first = one(session, "select cron.schedule('nightly', '0 3 * * *', 'insert into t values (1)')")
    assert one(session, "select cron.schedule('nightly', '5 seconds', 'insert into t values (2)')") == first
    assert session.query("select schedule, username, active from cron.job") == [("5 seconds", "postgres", True)]
    session.run(f"select cron.alter_job({first}, active := false)")
    assert one(session, "select active from cron.job") is False
    assert one(session, "select cron.unschedule('nightly')") is True
    with pytest.raises(DatabaseError, match="could not find valid entry"), session.undone():
        session.run("select cron.unschedule('nightly')")
    with pytest.raises(DatabaseError, match="invalid schedule"), session.undone():
        session.run("select cron.schedule('often', 'x')")
    assert session.query("select * from t") == session.query("select * from cron.job_run_details") == []
    assert as_role(session, "authenticated", "select cron.schedule('* * * * *', 'select 1')") == "42501"


def test_requests_are_noted_down_and_never_sent(session: Session) -> None:
    session.run(
        "create table public.t (id int); create trigger hook after insert on t for each row execute function "
        "supabase_functions.http_request('https://example.org/a', 'POST', '{}', '{\"q\": \"1\"}', '1000');"
        "set local role authenticated; insert into t values (7); reset role"
    )
    assert session.query(
        "select method, url, convert_from(body, 'UTF8')::jsonb #>> '{record,id}' from net.http_request_queue"
    ) == [("POST", "https://example.org/a?q=1", "7")]
    assert isinstance(one(session, "select net.http_post(url := 'https://example.org', body := '{}'::jsonb)"), int)
    assert session.query("select * from net._http_response") == []


def test_graphql_answers_nothing(session: Session) -> None:
    assert one(session, "select graphql_public.graphql(query := '{ a }') -> 'data' = 'null'") is True


# Extensions

OURS = sorted(supabase._VERSIONS | supabase._NAMES)
SERVERS = [
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "ltree",
    "pg_trgm",
    "tablefunc",
    "unaccent",
]
DANGEROUS = [
    *("dblink", "postgres_fdw", "file_fdw", "adminpack", "plpython3u", "plperlu", "amcheck", "pageinspect"),
    *("pg_surgery", "pg_walinspect", "pg_visibility", "pg_buffercache", "xml2"),
]
THERE = {"pgcrypto", "uuid-ossp", "pgjwt", "pg_stat_statements", "supabase_vault", "pg_graphql", "pgsodium"}


@pytest.mark.parametrize("name", [*OURS, *supabase._ALLOWED, *SERVERS])
def test_an_extension_can_be_made_by_postgres(session: Session, name: str) -> None:
    if name in THERE:
        session.run(f'create extension if not exists "{name}" with schema extensions')
        if name == "pgcrypto":
            session.run("drop extension pgjwt")
        session.run(f'drop extension "{name}"')
    session.run(f'create extension "{name}" cascade')
    assert one(session, f"select count(*) from pg_extension where extname = '{name}'") == 1


@pytest.mark.parametrize("name", [name for name in OURS if name not in THERE | {"pgmq"}])
def test_an_extension_goes_where_it_is_wanted(session: Session, name: str) -> None:
    session.run(
        f'create extension if not exists "{name}" with schema extensions; create extension if not exists "{name}"'
    )


@pytest.mark.parametrize(
    ("name", "version"), [(name, v) for name, all_ in {**supabase._VERSIONS, **supabase._NAMES}.items() for v in all_]
)
def test_an_extension_comes_in_the_version_that_is_wanted(session: Session, name: str, version: str) -> None:
    session.run(
        f'drop extension if exists pgjwt; drop extension if exists "{name}";'
        f'create extension "{name}" version {literal(version)} cascade'
    )


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_dangerous_extension_is_refused(session: Session, name: str) -> None:
    assert refused(session, f"create extension {name} cascade") in ("42501", "0A000")


def test_the_scheduler_goes_into_the_catalog_as_its_page_says(session: Session) -> None:
    session.run("create extension pg_cron with schema pg_catalog; grant usage on schema cron to postgres")
    session.run("grant all privileges on all tables in schema cron to postgres; drop extension pg_cron")
    session.run("select cron.schedule('* * * * *', 'select 1')")


def test_digests(session: Session) -> None:
    for kind, digest in {
        "md5": "900150983cd24fb0d6963f7d28e17f72",
        "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
        "sha224": "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }.items():
        assert one(session, f"select encode(digest('abc', '{kind}'), 'hex')") == digest
    long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    assert one(session, f"select encode(digest('{long}', 'sha1'), 'hex')") == "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    assert one(session, "select encode(digest('', 'sha1'), 'hex')") == "da39a3ee5e6b4b0d3255bfef95601890afd80709"
    with pytest.raises(DatabaseError, match="No such hash algorithm"), session.undone():
        session.run("select digest('x', 'sha3')")


JEFE = ("Jefe", "what do ya want for nothing?")
LONG = ("\xaa" * 131, "Test Using Larger Than Block-Size Key - Hash Key First")


@pytest.mark.parametrize(
    ("given", "kind", "digest"),
    [  # RFC 2202 and RFC 4231; the last ones reckoned by Python
        (("\x0b" * 20, "Hi There"), "sha256", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (JEFE, "sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (LONG, "sha256", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        (("\x0b" * 20, "Hi There"), "sha1", "b617318655057264e28bc0b6fb378c8ef146be00"),
        (("\x0b" * 16, "Hi There"), "md5", "9294727a3638bb1c13f48ef8158bfc9d"),
        *((LONG, kind, "") for kind in ("md5", "sha1", "sha224", "sha384", "sha512")),
        *((JEFE, kind, "") for kind in ("sha224", "sha384", "sha512")),
    ],
)
def test_keyed_digests(session: Session, given: tuple[str, str], kind: str, digest: str) -> None:
    key, data = (text.encode("latin-1") for text in given)
    sql = f"select encode(hmac(decode('{data.hex()}', 'hex'), decode('{key.hex()}', 'hex'), '{kind}'), 'hex')"
    assert one(session, sql) == (digest or hmac.new(key, data, kind).hexdigest())


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("bf", r"\$2a\$06\$[./A-Za-z0-9]{53}"),
        ("md5", r"\$1\$[./A-Za-z0-9]{8}\$[./A-Za-z0-9]{22}"),
        ("xdes", r"_[./A-Za-z0-9]{19}"),
        ("des", r"[./A-Za-z0-9]{13}"),
        ("sha512crypt", r"\$6\$rounds=5000\$[./A-Za-z0-9]{16}\$[./A-Za-z0-9]{86}"),
    ],
)
def test_the_law_of_password_hashes(session: Session, kind: str, form: str) -> None:
    hashed = str(one(session, f"select crypt('correct horse', gen_salt('{kind}'))"))
    assert re.fullmatch(form, hashed)
    assert one(session, f"select crypt('correct horse', {literal(hashed)})") == hashed
    assert one(session, f"select crypt('wrong horse', {literal(hashed)})") != hashed
    assert one(session, f"select gen_salt('{kind}')") != one(session, f"select gen_salt('{kind}')")


def test_password_hashes_of_other_strength(session: Session) -> None:
    assert str(one(session, "select gen_salt('bf', 10)")).startswith("$2a$10$")
    for sql in ("select gen_salt('bf', 3)", "select gen_salt('rot13')", "select crypt('x', '')"):
        assert refused(session, sql)


def test_what_was_encrypted_comes_back_with_its_key_only(session: Session) -> None:
    assert one(session, "select pgp_sym_decrypt(pgp_sym_encrypt('grün', 'key'), 'key')") == "grün"
    assert (
        one(
            session,
            "select pgp_sym_decrypt_bytea(pgp_sym_encrypt_bytea('\\x00ff', 'key', 'cipher-algo=aes256'), 'key')",
        )
        == "\\x00ff"
    )
    assert one(session, "select pgp_sym_encrypt('a', 'key') <> pgp_sym_encrypt('a', 'key')") is True
    assert refused(session, "select pgp_sym_decrypt(pgp_sym_encrypt('a', 'key'), 'other')") == "39000"
    assert one(session, "select decrypt(encrypt('text', 'key', 'aes-cbc'), 'key', 'aes-cbc') = 'text'::bytea") is True
    assert one(session, "select decrypt_iv(encrypt_iv('', 'key', 'start', 'aes'), 'key', 'start', 'aes')") == "\\x"
    assert refused(session, "select decrypt(encrypt('text', 'key', 'aes'), 'other', 'aes')") == "39000"
    assert one(session, "select pgp_pub_decrypt(pgp_pub_encrypt('a', '\\x01'), '\\x02')") == "a"


def test_armor(session: Session) -> None:
    armored = one(session, "select armor('hello')")
    assert armored == "-----BEGIN PGP MESSAGE-----\n\naGVsbG8=\n=R/WK\n-----END PGP MESSAGE-----\n"
    assert (
        one(session, "select dearmor(armor(repeat('x', 500)::bytea, array['a'], array['b'])) = repeat('x', 500)::bytea")
        is True
    )
    assert session.query("select * from pgp_armor_headers(armor('', array['a'], array['b']))") == [("a", "b")]
    assert refused(session, "select dearmor('nothing')") == "39000"


def test_random_bytes(session: Session) -> None:
    assert session.query("select length(gen_random_bytes(n)) from unnest(array[1, 16, 33, 1024]) as n") == [
        (1,),
        (16,),
        (33,),
        (1024,),
    ]
    assert refused(session, "select gen_random_bytes(0)") == "39000"


def test_ids(session: Session) -> None:
    assert (
        one(session, "select uuid_generate_v3(uuid_ns_dns(), 'www.example.com')")
        == "5df41881-3aed-3515-88a7-2f4a814cf09e"
    )
    assert (
        one(session, "select uuid_generate_v5(uuid_ns_dns(), 'www.example.com')")
        == "2ed6657d-e927-568b-95e1-2665a8aea6a2"
    )
    assert session.query(
        "select uuid_extract_version(uuid_generate_v1()), uuid_extract_version(uuid_generate_v1mc()), uuid_nil()"
    ) == [(1, 1, "00000000-0000-0000-0000-000000000000")]
    assert (
        one(
            session,
            "select abs(extract(epoch from uuid_extract_timestamp(uuid_generate_v1()) - clock_timestamp())) < 1",
        )
        is True
    )


def test_web_tokens(session: Session) -> None:
    payload = '{"sub":"1234567890","name":"John Doe","iat":1516239022}'
    token = (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
        "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    )
    assert one(session, f"select sign('{payload}', 'your-256-bit-secret')") == token
    assert session.query(f"select valid, payload ->> 'name' from verify('{token}', 'your-256-bit-secret')") == [
        (True, "John Doe")
    ]
    assert one(session, f"select valid from verify('{token}', 'another')") is False
    assert one(session, "select valid from verify(sign('{\"exp\": 1}', 'k'), 'k')") is False
    assert one(session, "select url_decode(url_encode('\\x00fffe01')) = '\\x00fffe01'") is True


def test_requests_of_the_http_extension_come_to_nothing(session: Session) -> None:
    session.run("create extension http with schema extensions")
    assert session.query("select status, content from http_post('https://example.org', '{}', 'application/json')") == [
        (0, None)
    ]
    assert one(session, "select urlencode('a b&ü')") == "a%20b%26%C3%BC"


def test_json_is_checked_against_its_schema(session: Session) -> None:
    session.run("create extension pg_jsonschema with schema extensions")
    short = {"type": "string", "maxLength": 2}
    whole = {"type": "object", "required": ["a"], "properties": {"a": short}, "additionalProperties": False}
    rule = json.dumps(whole)
    for value, fits in {
        '{"a": "xy"}': True,
        '{"a": "xyz"}': False,
        "{}": False,
        '{"a": "x", "b": 1}': False,
        "3": False,
    }.items():
        assert one(session, f"select jsonb_matches_schema('{rule}', '{value}')") is fits
    assert (
        one(
            session,
            """select json_matches_schema('{"items": {"anyOf": [{"type": "integer"}, {"const": "x"}]}}', '[1, "x"]')""",
        )
        is True
    )


def test_a_queue(session: Session) -> None:
    session.run("create extension pgmq; select pgmq.create('mail')")
    assert one(session, "select pgmq.send('mail', '{\"to\": 1}')") == 1
    assert session.query("select message ->> 'to', read_ct from pgmq.read('mail', 30, 5)") == [("1", 1)]
    assert session.query("select * from pgmq.read('mail', 30, 5)") == []
    assert one(session, "select pgmq.archive('mail', 1)") is True
    session.run("alter table pgmq.q_mail enable row level security")
    assert as_role(session, "authenticated", "select * from pgmq.q_mail") == "42501"
    assert one(session, "select pgmq.drop_queue('mail')") is True


def test_places(session: Session) -> None:
    session.run(
        "create extension postgis with schema extensions;"
        "create table public.shops (id int, at geography(Point, 4326), area geometry(Polygon, 4326) unique);"
        "create index on shops using gist (at); create index on shops using gist (area);"
        "insert into shops select n, st_setsrid(st_makepoint(n, 50), 4326)::geography from generate_series(1, 60) as n"
    )
    assert session.query("select id from shops where st_dwithin(at, st_point(13.4, 50)::geography, 50000)") == [
        (13,),
        (14,),
    ]
    assert (
        870_000
        < float(
            str(one(session, "select st_distance(st_point(13.4, 52.5)::geography, st_point(2.35, 48.85)::geography)"))
        )
        < 880_000
    )
    assert one(session, "select st_contains(st_makeenvelope(0, 0, 2, 2, 4326), st_point(1, 1, 4326))") is True


def test_the_servers_own_are_the_real_ones(session: Session) -> None:
    session.run(
        "create extension vector with schema extensions; create extension moddatetime with schema extensions;"
        "create table public.t (id int, v vector(2), updated_at timestamptz);"
        "create index on t using hnsw (v vector_cosine_ops);"
        "create trigger touched before update on t for each row execute procedure moddatetime (updated_at);"
        "insert into t values (1, '[1, 2]'); update t set id = 2"
    )
    assert one(session, "select updated_at is not null from t") is True


# What is no platform's


@pytest.mark.parametrize(
    "sql",
    [
        "alter role postgres superuser",
        "alter role anon superuser",
        "set role supabase_admin",
        "set session authorization supabase_admin",
        "grant supabase_admin to postgres",
        "grant pg_execute_server_program to postgres",
        "copy (select 1) to program 'id'",
        "copy (select 1) to '/tmp/apprescue-test'",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "load 'pg_prewarm'",
        "create function public.c() returns int language c as 'x', 'y'",
        "create language plpython3u",
        "create server s foreign data wrapper postgres_fdw",
        "create subscription s connection 'host=example.org' publication p with (connect = false)",
        "create event trigger e on ddl_command_end execute function graphql.increment_schema_version()",
        "drop extension plpgsql cascade",
        "create trigger t after insert on cron.job execute function storage.update_updated_at_column()",
        "create trigger t before delete on vault.secrets execute function storage.update_updated_at_column()",
    ],
)
def test_postgres_does_not_get_out(session: Session, sql: str) -> None:
    assert refused(session, sql) in ("42501", "42704", "0A000")  # no right to it, or no such thing


def test_postgres_changes_no_setting_of_the_server(server: Server) -> None:
    with server.connect(server.create()) as outside, pytest.raises(DatabaseError) as refusal:
        outside.run("alter system set session_replication_role = replica")
    assert refusal.value.sqlstate in ("42501", "0A000")
