"""An audit with the laboratory: what reading suspects is proven or cleared, and what is not known is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from apprescue.model.access import Operation, Verdict
from apprescue.model.audit import Audit
from apprescue.model.finding import Evidence
from apprescue.sprint import laboratory
from apprescue.sprint.bench import Bench
from apprescue.sprint.run import audit_folder, world_of
from tests import support
from tests.letters import BASE

OWN = 'create policy "Change own" on public.profiles for update using (auth.uid() = id);'
GUARD = """
create function public.keep_role() returns trigger language plpgsql as $$
begin perform set_config('app.kept', old.role, true); new.role := (select role from public.profiles where id = new.id);
return new; end $$;
create trigger keep_role before update on public.profiles for each row execute function public.keep_role();
"""
PROMOTION = ("access/self_promotion",)


def audited(folder: Path, sql: str, **how: object) -> Audit:
    migrations = folder / "supabase/migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_start.sql").write_text(BASE + sql)
    return audit_folder(folder, only=PROMOTION, bench=Bench(**how))  # type: ignore[arg-type]


def test_what_works_is_proven(tmp_path: Path) -> None:
    (finding,) = audited(tmp_path, OWN).findings
    assert finding.evidence is Evidence.PROVEN
    assert finding.proof
    assert "set local role authenticated" in finding.proof.script


def test_what_only_reading_sees_is_observed(tmp_path: Path) -> None:
    (finding,) = audited(tmp_path, OWN, static=True).findings
    assert finding.evidence is Evidence.OBSERVED
    assert finding.proof is None


def test_what_a_trigger_undoes_is_cleared_and_stays_visible(tmp_path: Path) -> None:
    audit = audited(tmp_path, OWN + GUARD)
    assert not audit.findings
    (cleared,) = audit.cleared
    assert cleared.finding.check == PROMOTION[0]
    assert cleared.why


def test_a_trial_that_breaks_is_said_and_takes_nothing_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laboratory.catalog, "read", lambda _: 1 / 0)
    audit = audited(tmp_path, OWN)
    assert [f.evidence for f in audit.findings] == [Evidence.OBSERVED]
    assert "broke off: ZeroDivisionError" in audit.not_examined[-1].reason
    assert audit.not_examined[-1].failed


def test_a_server_that_is_not_on_this_machine_is_refused(tmp_path: Path) -> None:
    audit = audited(tmp_path, OWN, url="postgresql://somebody@db.example.com/app")
    assert [f.evidence for f in audit.findings] == [Evidence.OBSERVED]
    assert "on this machine" in audit.not_examined[-1].reason


def test_a_dump_is_taken_instead_of_the_files(tmp_path: Path) -> None:
    dump = BASE + 'create policy "Change own" on public.profiles for update using (auth.uid() = id) with check (role = '
    audit = audited(tmp_path, OWN, dump=dump + "'fan' and auth.uid() = id);")
    assert not audit.findings
    assert audit.cleared


def test_a_refusal_by_a_table_that_was_guessed_says_nothing() -> None:
    types = """
    export type Database = { public: { Tables: { notes: {
      Row: { id: string; user_id: string; text: string | null }
      Insert: { id?: string; user_id: string; text?: string | null }
      Update: { id?: string; user_id?: string; text?: string | null }
      Relationships: []
    } }; Views: {}; Functions: {}; Enums: {} } }
    """
    files = {
        "src/integrations/supabase/types.ts": types,
        "supabase/migrations/0001_start.sql": BASE + "alter table public.notes add column pinned boolean;",
    }
    access = laboratory.trial_in(support.laboratory(), world_of(files, needs=())["app"]).access
    assert not isinstance(access, support.NotExamined)
    notes = [c for c in access.cells if c.object == "public.notes" and c.operation is Operation.SELECT]
    assert notes
    assert not [c for c in notes if c.verdict is Verdict.DENIED]
    assert "public.notes" in dict(access.missing), "told once, not in every cell"


def test_a_function_that_found_nothing_to_do_with_our_rows_is_not_cleared() -> None:
    sql = """
    create table public.prizes (id uuid primary key default gen_random_uuid(), user_id uuid, points int not null);
    create function public.hand_out() returns void language plpgsql security definer as $$
    begin insert into public.prizes (user_id, points) select user_id, 5 from public.prizes where points = 4321; end $$;
    create function public.answer() returns int language sql security definer as 'select 42';
    """
    world = world_of({"supabase/migrations/0001_start.sql": BASE + sql}, needs=())
    access = laboratory.trial_in(support.laboratory(), world["app"]).access
    assert not isinstance(access, support.NotExamined)
    verdicts = {(c.object, c.verdict) for c in access.cells if c.operation is Operation.CALL}
    assert ("public.hand_out()", Verdict.DENIED) not in verdicts
    assert ("public.answer()", Verdict.DENIED) in verdicts
