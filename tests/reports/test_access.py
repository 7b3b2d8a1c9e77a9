"""The access matrix on paper, made of a few tries of our own invention."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from apprescue.model.access import Access, Actor, Cell, Operation, Verdict
from apprescue.model.replay import Replay
from apprescue.reports.access import html
from apprescue.reports.interface import Screen
from apprescue.reports.inventories import access as inventory
from apprescue.reports.inventories.interface import as_json, as_table

SCRIPT = "begin;\nset local role anon;\nselect iban from public.payouts; -- <b>\nrollback;\n"


def cell(actor: Actor, verdict: Verdict, column: str = "", name: str = "public.payouts", **more: object) -> Cell:
    given: dict[str, object] = {"intended": False, "replay": Replay(SCRIPT), "detail": f"{actor} got 1 row"} | more
    return Cell(name, "table", column, actor, Operation.SELECT, "another's", verdict, **given)  # type: ignore[arg-type]


ACCESS = Access(
    (
        cell(Actor.OWNER, Verdict.ALLOWED, intended=True),
        cell(Actor.ANON, Verdict.LEAK, "iban"),
        cell(Actor.ANON, Verdict.LEAK, "bic"),
        cell(Actor.STRANGER, Verdict.UNDECIDED, "iban", intended=None),
        cell(Actor.STRANGER, Verdict.DENIED, name="public.<drafts>"),
    ),
    missing=(("public.maps", "no row could be made: type geometry"),),
)


def test_json_is_one_entry_for_each_try_leaks_first() -> None:
    rows = json.loads(as_json(inventory.rows(ACCESS)))
    schema = json.loads((Path(__file__).parents[2] / "docs/access.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(rows)
    assert [row["verdict"] for row in rows] == ["leak", "leak", "allowed", "undecided", "denied", "untested"]
    assert rows[0] == {
        "object": "public.payouts",
        "kind": "table",
        "column": "bic",
        "actor": "anon",
        "operation": "select",
        "row": "another's",
        "verdict": "leak",
        "intended": False,
        "sql": SCRIPT,
        "detail": "anon got 1 row",
    }


def test_the_table_names_who_does_what() -> None:
    rows = inventory.rows(ACCESS)
    told = as_table(inventory.HEADINGS, [inventory.cells(row) for row in rows], Screen(width=200))
    assert "payouts.iban" in told
    assert "no row could be made" in told


def test_the_page_shows_columns_of_one_fate_together_and_keeps_texts_texts() -> None:
    page = html.render(ACCESS, "teahouse")
    assert "iban, bic" not in page
    assert "<small>bic, iban</small>" not in page
    assert "<td class=leak" in page
    assert "<td class=undecided" in page
    assert "public.&lt;drafts&gt;" in page
    assert "-- &lt;b&gt;" in page
    assert page.index("public.payouts") < page.index("public.&lt;drafts&gt;")
    assert "no row could be made: type geometry" in page


def test_columns_of_one_fate_share_a_line() -> None:
    page = html.render(Access((cell(Actor.ANON, Verdict.LEAK, "iban"), cell(Actor.ANON, Verdict.LEAK, "bic"))), "t")
    assert "<small>iban, bic</small>" in page
    assert page.count("<td class=leak") == 1
