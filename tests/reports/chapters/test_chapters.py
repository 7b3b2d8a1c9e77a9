"""Every chapter of the handover pack: with a sprint that is done, and with one that has not begun."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

import pytest

from apprescue import checks
from apprescue.model.document import Bullets, Chapter, Code, Figure, Folded, Line, Listing, Picture, Table, Text, held
from apprescue.model.repair import State
from apprescue.model.sprint import Stage, Standing, Went
from apprescue.reports import chapters
from apprescue.reports.chapters.interface import ORDER, every
from apprescue.shelf import module, names
from apprescue.source.stored import stored
from apprescue.sprint.days import LAUNCH, RESCUE
from tests.reports.chapters import done

NAMES = names(chapters)
STANDINGS = {"empty": Standing("teahouse", RESCUE), "full": done.standing(), "bare": done.bare()}
T = TypeVar("T")


def written(name: str, standing: Standing) -> Chapter:
    chapter: Chapter = module(chapters, name).chapter(standing)
    return chapter


def lines(blocks: tuple[Any, ...]) -> Iterator[Line]:
    for one in blocks:
        match one:
            case Text():
                yield one.line
            case Bullets():
                yield from one.points
            case Table():
                yield from ((heading,) for heading in one.headings)
                yield from (cell for row in one.rows for cell in row)
                assert all(len(row) == len(one.headings) for row in one.rows)
            case Folded():
                yield one.title
                yield from lines(one.blocks)
            case Listing() | Picture():
                pass
            case _:
                raise AssertionError(one)


def spans(chapter: Chapter) -> Iterator[Any]:
    yield from (chapter.title, chapter.missing)
    yield from (span for line in (chapter.done, *lines(chapter.blocks)) for span in line)


def told(chapter: Chapter) -> str:
    """The whole chapter as text, a line each."""
    every_line: list[Line] = [(chapter.title,), chapter.done, (chapter.missing,), *lines(chapter.blocks)]
    return "\n".join(
        "".join(one if isinstance(one, str) else getattr(one, "text", "#") for one in line) for line in every_line
    )


def without_digits(value: T) -> T:
    """A value with no digit in any of its texts, so that one that shows up in a paper is a bare number of ours."""
    if type(value) is str:
        return re.sub(r"\d", "x", value)  # type: ignore[return-value]
    if isinstance(value, Enum):
        return value
    if isinstance(value, tuple | list):
        return type(value)(without_digits(one) for one in value)
    if isinstance(value, dict):
        return {without_digits(key): without_digits(one) for key, one in value.items()}  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: without_digits(getattr(value, f.name)) for f in fields(value)})
    return value


def test_the_shelf_has_what_was_promised_in_its_order() -> None:
    assert set(NAMES) == set(ORDER)
    assert len(ORDER) == 16
    anchors = [one.anchor for one in every(chapters, done.standing())]
    assert len(set(anchors)) == len(anchors)
    assert anchors[0] == "findings"
    assert anchors[-1] == "changes"


def test_every_check_is_told_of_in_a_chapter() -> None:
    scopes = {one for name in NAMES for one in module(chapters, name).CHECKS}
    known = set(names(checks))
    assert {check for check in known if not {check, check.split("/")[0]} & scopes} == set()
    assert {one for one in scopes if "/" in one} <= known


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_has_a_title_and_says_what_was_done_or_why_not(name: str, standing: str) -> None:
    one = written(name, STANDINGS[standing])
    assert one.title
    assert one.blocks
    assert one.done or one.missing
    assert not one.missing.endswith(".")
    odd = re.search(r".*(?:\bNone\b|Stage\.|State\.| {2}|[.?!]\.(?!\.)|, because \.|:\.| [.,:;](?!\w)).*", told(one))
    assert odd is None, odd[0]


@pytest.mark.parametrize("name", NAMES)
def test_before_anything_is_done_nothing_is_said_to_be_done(name: str) -> None:
    one = written(name, STANDINGS["empty"])
    assert one.missing
    assert not one.done
    assert "Not done, because" in told(one)
    assert "fine" not in told(one)
    assert "nothing wrong" not in told(one)
    claims = r"\b(?:was|were) (?:built|examined|looked|measured|rebuilt|repaired|run|searched|tried)\b"
    assert not re.search(claims, told(one))


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_bare(name: str, standing: str) -> None:
    for span in spans(written(name, without_digits(STANDINGS[standing]))):
        text = span if isinstance(span, str) else "" if isinstance(span, Code | Figure) else span.text
        assert not re.search(r"\d", text), text


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_stands_in_the_rows_that_it_names(name: str) -> None:
    rows = done.rows(done.standing())
    for span in spans(written(name, done.standing())):
        if isinstance(span, Figure):
            assert set(span.rows) <= rows.keys(), span
            assert span.value == (held(rows[span.rows[0]], span.path) if span.path else len(set(span.rows))), span


@pytest.mark.parametrize("name", NAMES)
def test_a_step_that_failed_is_told_with_its_reason(name: str) -> None:
    went = {step.name: Went(step.name, Stage.FAILED, "The disk was full.") for step in RESCUE.steps}
    one = written(name, replace(STANDINGS["empty"], went=went))
    assert "The disk was full" in told(one) or name == "redeploy_notes"
    assert ".." not in told(one)


def test_what_was_found_but_never_tried_says_why() -> None:
    full = done.standing()
    open_ = tuple(replace(one, state=State.OPEN, commit="", told=0) for one in full.findings)
    went = {name: one for name, one in full.went.items() if name != "harden"}
    went["harden"] = Went("harden", Stage.LEFT_OUT, "You asked for the audit alone.")
    one = written("exposed_keys", replace(full, findings=open_, went=went))
    assert one.missing.endswith("was left out: You asked for the audit alone")
    speed = written("query_performance", replace(full, tuned=None, plan=LAUNCH))
    assert speed.missing == "this sprint measures no speed"


def test_a_repair_stands_with_its_proof() -> None:
    text = told(written("what_changed", done.standing()))
    assert "git revert bbbbbbbbbbbb" in text
    assert "rescue/undo/one.undo.sql" in text
    assert "Closed along with it" in text
    assert "git revert ffffffffffff" in text
    text = told(written("index_recommendations", done.standing()))
    assert "It stands in the app by the commit ffffffffffff." in text
    text = told(written("database_rules", done.standing()))
    assert "works and must not" in text
    assert "refused" in text


def test_an_app_without_a_repository_is_told_how_to_take_the_repairs() -> None:
    chapter = written("redeploy_notes", replace(done.standing(), where="/apps/tea/.apprescue/repair.git"))
    commands = [one.text for one in chapter.blocks if isinstance(one, Listing)]
    assert "git --git-dir=.apprescue/repair.git --work-tree=. checkout rescue/2026-01-31 -- ." in commands[0]
    commands = [one.text for one in written("redeploy_notes", done.standing()).blocks if isinstance(one, Listing)]
    assert "git merge --no-ff rescue/2026-01-31" in commands[0]
    odd = written("redeploy_notes", replace(done.standing(), branch="a;rm -rf ~"))
    assert all("rm -rf" not in one.text for one in odd.blocks if isinstance(one, Listing))


def test_what_was_not_examined_is_never_fine() -> None:
    bare = done.bare()
    assert bare.audit is not None
    for name in NAMES:
        one = written(name, replace(bare, audit=replace(bare.audit, quiet=(), not_examined=(), crashed=())))
        assert "Examined; nothing wrong was seen." not in told(one), name
    blind = written("exposed_keys", bare)
    assert "secrets/key_in_history" in told(blind)
    blind = written("exposed_keys", replace(bare, findings=()))
    assert "not all of it" in told(blind)


def test_every_route_says_what_it_asks_for() -> None:
    text = told(written("open_endpoints", done.standing()))
    assert "GET /api/orders/:id" in text
    assert "who is calling" in text
    assert "left: " in text
    assert "closed: " in text


def test_a_path_counts_or_finds() -> None:
    data = {"cells": [{"verdict": "leak"}, {"verdict": "denied"}, {"verdict": "leak"}], "a": {"b": [1, [2, 3.5]]}}
    assert held(data, "cells#") == 3
    assert held(data, "cells#verdict=leak") == 2
    assert held(data, "a.b.1.1") == 3.5
    assert held(data, "a.c.1") == 0
    assert held({"one": stored(done.standing().findings[0])}, "one.lines") == 7
