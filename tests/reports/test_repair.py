"""The papers about a run of repairs, against what is kept."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from apprescue.model.finding import Evidence, Finding, Impact, Severity
from apprescue.model.patch import Patch, Safety
from apprescue.model.place import Code, PolicyPlace
from apprescue.model.proof import Proof
from apprescue.model.repair import Repair, Repaired, State, Verified
from apprescue.reports.interface import Screen
from apprescue.reports.repair import json as as_json
from apprescue.reports.repair import markdown, terminal
from tests.reports.test_papers import same_as_kept

SCREEN = Screen(width=96)
POLICY = PolicyPlace("public.tips", "Anyone <b>may</b> read", Code("supabase/migrations/1_init.sql", 12, 14))
OPEN = Finding(
    "00112233445566aa", "access/policy_for_everyone", Severity.CRITICAL, Impact.DATA, Evidence.PROVEN,
    "A rule lets everybody write", "Anybody can `change` every tip.", POLICY, (), "Narrow it.",
    "Repair one problem:\n```\nit\n```", ("CWE-862",), ("A01:2025",),
)  # fmt: skip
SLOW = replace(
    OPEN, key="ffeeddccbbaa0011", check="speed/sequential_awaits", severity=Severity.LOW, title="Calls wait in a row",
    place=Code("src/board.ts", 4, 6), evidence=Evidence.OBSERVED,
)  # fmt: skip
PATCH = Patch(
    "Let only the owner write", OPEN.key, (), Safety.REVIEW, "access/narrow_to_owner", todo=("Rotate the key.",)
)
PROOF = Proof("database", "select 1", "anon", "a refusal", "3 rows came back")
DONE = Repaired(
    "shop", "rescue/2026-01-31", "/apps/shop/.git", "a" * 40,
    (
        Repair(
            OPEN, State.REPAIRED, patch=PATCH, commit="b" * 40, difference="--- a/x\n+++ b/x\n-one\n+two\n", lines=2,
            cells=4, before=PROOF, after="no row came back", test="supabase/tests/rescue/one.sql",
        ),
        Repair(replace(OPEN, key="1" * 16), State.ALONG, "It was closed by “Let only the owner write”."),
        Repair(replace(OPEN, key="2" * 16), State.REFUSED, "The problem is still there after it.", PATCH),
        Repair(SLOW, State.BY_HAND, "No repair is known."),
    ),
    notes=("2 of your files are not committed as they stand.",), seconds=12.0,
)  # fmt: skip


@pytest.mark.parametrize(("paper", "ending"), [(terminal, "txt"), (markdown, "md"), (as_json, "json")])
def test_a_whole_run(paper: object, ending: str) -> None:
    same_as_kept(f"repaired.{ending}", paper.render(DONE, SCREEN))  # type: ignore[attr-defined]


def test_a_dry_run_shows_the_difference() -> None:
    told = terminal.render(DONE, SCREEN, dry=True)
    assert "+two" in told
    assert "dry run" in told
    assert "git merge" not in told


def test_nothing_to_repair_is_said() -> None:
    told = terminal.render(replace(DONE, repairs=(), earlier=3), SCREEN)
    assert "Nothing more could be repaired and proved. 3 repairs of an earlier run stand" in told
    assert json.loads(as_json.render(replace(DONE, repairs=()), SCREEN))["repairs"] == []


def test_what_the_app_writes_is_never_markup() -> None:
    told = markdown.render(DONE, SCREEN)
    assert "<b>" not in told.replace('`policy "Anyone <b>may</b> read"', "")
    assert "````text\nRepair one problem:\n```" in told


def test_what_somebody_else_did_is_told_worst_first() -> None:
    done = Verified(
        "shop",
        (OPEN,),
        (SLOW,),
        (replace(OPEN, key="3" * 16),),
        ("anon select public.tips: denied, then leak",),
        ("x: y",),
    )
    same_as_kept("verified.txt", terminal.verified(done, SCREEN))
