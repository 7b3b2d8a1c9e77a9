"""Types of the live database beside migrations that make something else, or the same."""

from __future__ import annotations

from dataclasses import replace

from apprescue.model.finding import Finding, Severity
from apprescue.model.outcome import Found, Quiet
from apprescue.model.rebuilt import Mend, Played, Rebuilt
from apprescue.sprint.audit import audit
from apprescue.sprint.run import world_of
from tests.support import check_named

CHECK = check_named("database/types_that_drifted")
TYPES = """
export type Database = {
  public: {
    Tables: {
      jars: {
        Row: { id: string; label: string | null; kind: Database["public"]["Enums"]["kind"] }
        Insert: { id?: string; label?: string | null; kind?: Database["public"]["Enums"]["kind"] }
        Relationships: []
      }
    }
    Views: { totals: { Row: { grams: number | null } } }
    Functions: { [_ in never]: never }
    Enums: { kind: "glass" | "clay" }
    CompositeTypes: { [_ in never]: never }
  }
}
"""
SAME = Rebuilt(
    "app_1",
    (Played("supabase/migrations/1_a.sql", 1, 0),),
    columns={"public.jars": ("id", "label", "kind"), "public.totals": ("grams",)},
    enums={"public.kind": ("glass", "clay")},
)


def found(rebuilt: Rebuilt, types: str = TYPES) -> Finding | None:
    world = world_of({"src/types.ts": types}, needs=()) | {"rebuilt": rebuilt}
    (outcome,) = audit(world, [CHECK])
    assert isinstance(outcome, Found | Quiet), outcome
    return outcome.finding if isinstance(outcome, Found) else None


def test_the_same_on_both_sides_is_fine() -> None:
    assert found(SAME) is None


def test_a_table_that_only_the_types_know() -> None:
    finding = found(replace(SAME, columns={"public.totals": ("grams",)}))
    assert finding
    assert "table jars, which no migration makes" in finding.detail
    assert finding.severity is Severity.MEDIUM
    assert [str(place) for place in finding.related] == ["public.jars"]


def test_a_table_that_was_made_of_the_types_is_not_made_by_a_migration() -> None:
    finding = found(replace(SAME, mends=(Mend("create table jars ()", ("table public.jars",), "types.ts"),)))
    assert finding
    assert "table jars" in finding.detail


def test_columns_views_and_values_that_only_the_types_know() -> None:
    finding = found(replace(SAME, columns={"public.jars": ("id", "kind")}, enums={"public.kind": ("glass",)}))
    assert finding
    assert "column jars.label, view totals, value kind.clay, which no migration makes" in finding.detail


def test_what_only_the_migrations_make_is_no_great_harm() -> None:
    finding = found(replace(SAME, columns={**SAME.columns, "public.lids": ("id",)}))
    assert finding
    assert "The migrations make table lids, which the types do not know." in finding.detail
    assert finding.severity is Severity.LOW


def test_without_types_there_is_nothing_to_drift() -> None:
    assert found(SAME, "export const answer = 42") is None


def test_types_written_by_hand_promise_nothing() -> None:
    assert (
        found(Rebuilt("app_1", SAME.files), "type Database = { public: { Tables: { a: { Row: { b: 1 } } } } }") is None
    )


def test_a_database_made_of_models_has_no_migrations_to_drift_from() -> None:
    assert found(replace(SAME, files=(Played("prisma/schema.prisma", 1, 0),), columns={})) is None
