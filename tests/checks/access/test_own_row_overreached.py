"""What a user writes into his own row, tried in the laboratory."""

from __future__ import annotations

from apprescue.model.finding import Finding
from tests.letters import BASE
from tests.support import audit_files

NAME = "access/own_row_overreached"


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


OWN = 'create policy "Change own" on public.profiles for update using (auth.uid() = id) with check (auth.uid() = id);'


def test_a_user_sets_his_own_role() -> None:
    (finding,) = found(OWN)
    assert finding.severity == "critical"
    assert "role" in finding.detail


def test_a_trigger_that_puts_it_back_is_fine() -> None:
    assert not found(
        OWN
        + """
    create function public.keep_role() returns trigger language plpgsql as $$
    begin new.role := old.role; return new; end $$;
    create trigger keep_role before update on public.profiles for each row execute function public.keep_role();
    """
    )


def test_a_right_on_single_columns_is_fine() -> None:
    assert not found(
        OWN
        + """
    revoke update on public.profiles from anon, authenticated;
    grant update (handle) on public.profiles to authenticated;
    """
    )


def test_what_is_ones_own_to_change_is_fine() -> None:
    assert not found("")
