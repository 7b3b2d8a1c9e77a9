"""Functions that act on other people's data, tried in the laboratory."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.letters import BASE
from tests.support import audit_files

NAME = "access/function_acting_for_anyone"


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


READS = """
create function public.letters_of(p_user_id uuid) returns setof public.letters
language sql security definer set search_path = public as $$ {} $$;
"""


def test_a_function_hands_out_anothers_rows() -> None:
    (finding,) = found(READS.format("select * from letters where user_id = p_user_id"))
    assert finding.evidence == "proven"
    assert "letters_of" in str(finding.place)


def test_a_function_that_asks_who_calls_is_fine() -> None:
    assert not found(READS.format("select * from letters where user_id = p_user_id and user_id = auth.uid()"))


def test_a_function_that_only_the_server_may_call_is_fine() -> None:
    closed = "revoke execute on function public.letters_of(uuid) from public, anon, authenticated;"
    assert not found(READS.format("select * from letters where user_id = p_user_id") + closed)


def test_a_function_with_the_callers_rights_is_fine() -> None:
    reads = READS.format("select * from letters where user_id = p_user_id").replace("security definer", "")
    assert not found(reads)


SEARCH = """
create function public.search(p_term text) returns setof public.letters language plpgsql security definer
set search_path = public as $$
begin return query execute {}; end $$;
"""


def test_a_function_that_pastes_a_text_into_a_statement() -> None:
    (finding,) = found(SEARCH.format("'select * from letters where body = ''' || p_term || ''''"))
    assert finding.severity == "critical"
    assert "p_term" in finding.detail


def test_a_text_that_is_given_as_a_value_is_fine() -> None:
    assert not found(SEARCH.format("'select * from letters where user_id = auth.uid() and body = $1' using p_term"))
