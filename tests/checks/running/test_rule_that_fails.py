"""Rules that fail for everybody, tried in the laboratory."""

from __future__ import annotations

import pytest

from apprescue.model.finding import Finding
from tests.letters import BASE
from tests.support import audit_files

NAME = "running/rule_that_fails"


def found(sql: str) -> list[Finding]:
    return audit_files({"supabase/migrations/0001_start.sql": BASE + sql}, only=NAME)


MEMBERS = """
create table public.circles (id uuid primary key default gen_random_uuid(), name text);
create table public.circle_members (
  circle_id uuid references public.circles (id), user_id uuid references auth.users (id),
  primary key (circle_id, user_id)
);
alter table public.circle_members enable row level security;
"""


def test_a_rule_that_asks_its_own_table() -> None:
    (finding,) = found(
        MEMBERS
        + """
    create policy "Members" on public.circle_members for select
      using (circle_id in (select m.circle_id from public.circle_members m where m.user_id = auth.uid()));
    """
    )
    assert finding.evidence == "proven"
    assert "infinite recursion" in finding.detail


def test_a_question_with_the_owners_rights_is_fine() -> None:
    assert not found(
        MEMBERS
        + """
    create function public.my_circles() returns setof uuid language sql stable security definer
    set search_path = public as $$ select circle_id from circle_members where user_id = auth.uid() $$;
    create policy "Members" on public.circle_members for select using (circle_id in (select public.my_circles()));
    """
    )


def test_rules_that_work_are_fine() -> None:
    assert not found("")


SUMS = """
create function public.turnover(whose uuid) returns numeric language plpgsql stable security definer
set search_path = public as $$ begin
  if auth.uid() is null then return 0; end if;
  return (select sum(s.total) from MADE s where s.made_on >= current_date);
end $$;
grant execute on function public.turnover(uuid) to authenticated;
"""


@pytest.mark.parametrize(("made", "seen", "told"), [("sales", "sales", 0), ("old_sales", "sales", 0), ("sales", "", 1)])
def test_a_function_that_lacks_what_no_file_makes_is_not_known_to_fail(made: str, seen: str, told: int) -> None:
    page = f'await supabase.from("{seen}").select("id, total, made_on");' if seen else ""
    files = {
        "supabase/migrations/0001_start.sql": BASE + SUMS.replace("MADE", made),
        "src/page.ts": f'import {{ supabase }} from "./client";\n{page}',
    }
    assert len(audit_files(files, only=NAME)) == told


@pytest.mark.parametrize(("refused", "told"), [("loop", 0), ("perform 1", 1)])
def test_what_the_database_refused_to_make_is_not_known_to_be_missing(refused: str, told: int) -> None:
    noted = """
    create function public.counted(target uuid) returns void language plpgsql as $$ begin REFUSED; end $$;
    create function public.noted(target uuid) returns void language plpgsql security definer set search_path = public
    as $$ begin perform public.NAMED(target); end $$;
    """
    name = "counted" if refused == "loop" else "summed"
    assert len(found(noted.replace("REFUSED", refused).replace("NAMED", name))) == told
