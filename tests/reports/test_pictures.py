"""Drawings: what they show in colours they say in signs and words too."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apprescue.model.access import Access, Actor, Cell, Operation, Verdict
from apprescue.reports.page import pictures
from apprescue.reports.page.curves import curve
from apprescue.reports.page.matrix import MOST, matrix


def cell(verdict: Verdict, name: str = "public.letters", operation: Operation = Operation.SELECT) -> Cell:
    return Cell(name, "table", "", Actor.ANON, operation, "another's", verdict)


def told(svg: str) -> str:
    found = ElementTree.fromstring(svg).find("{http://www.w3.org/2000/svg}desc")
    return found.text or "" if found is not None else ""


def drawn(was: Verdict, now: Verdict | None) -> str:
    after = None if now is None else Access((cell(now),))
    return told(matrix(Access((cell(was),)), after))


def test_what_is_closed_is_told_apart_from_what_never_was_wrong() -> None:
    assert drawn(Verdict.LEAK, Verdict.DENIED) == "anon reads public.letters: was wrong, is closed"
    assert drawn(Verdict.LEAK, Verdict.LEAK) == "anon reads public.letters: works and must not"
    assert drawn(Verdict.DENIED, Verdict.LEAK) == "anon reads public.letters: works and must not"
    assert drawn(Verdict.LEAK, None) == "anon reads public.letters: works and must not"
    assert drawn(Verdict.DENIED, Verdict.DENIED) == "Nothing came of any try that must not"


@pytest.mark.parametrize("was", Verdict)
def test_what_was_not_tried_again_is_never_closed(was: Verdict) -> None:
    assert drawn(was, Verdict.UNTESTED) == "anon reads public.letters: not tried"
    assert told(matrix(Access((cell(was),)), Access())) == "anon reads public.letters: not tried"


def test_the_worst_try_on_a_thing_is_its_sign() -> None:
    tries = (cell(Verdict.ALLOWED), cell(Verdict.LEAK), cell(Verdict.DENIED))
    assert told(matrix(Access(tries), None)).endswith("works and must not")


def test_of_many_things_the_worst_are_drawn_first() -> None:
    many = [cell(Verdict.DENIED, f"public.t{n}") for n in range(MOST)]
    svg = matrix(Access((*many, cell(Verdict.LEAK, "public.zebra"))), None)
    assert "zebra" in svg
    assert "and 1 more" in svg


def test_functions_and_stores_have_their_place() -> None:
    call = Cell("public.f(uuid)", "function", "", Actor.ADMIN, Operation.CALL, "another's", Verdict.UNDECIDED)
    svg = matrix(Access((call, cell(Verdict.LEAK, "avatars", Operation.LIST))), None)
    assert "admin calls public.f(uuid): works; is it meant?" in told(svg)
    assert "anon reads avatars" in told(svg)


def test_an_empty_matrix_is_a_picture_all_the_same() -> None:
    ElementTree.fromstring(matrix(Access(), None))
    ElementTree.fromstring(pictures.levels([]))
    ElementTree.fromstring(pictures.bars([]))


@given(st.text(st.characters(exclude_categories=())), st.integers(0, 900), st.floats(0, allow_infinity=True))
def test_no_name_breaks_a_drawing(name: str, number: int, time: float) -> None:
    for svg in (
        pictures.levels([(name, number, 1, 0)]),
        pictures.bars([(name, time, time)]),
        matrix(Access((cell(Verdict.LEAK, name),)), None),
    ):
        tags = {one.tag.rpartition("}")[2] for one in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "title", "desc", "text", "rect", "line", "path", "circle", "g"}
        assert not re.search(r'="(?:nan|inf)|"-\d', svg)


def test_numbers_stand_beside_their_bars() -> None:
    assert "3 closed, 2 left, 1 accepted" in pictures.levels([("high", 3, 2, 1)])
    assert "risk 12 of 100" in pictures.risk(71, 12)
    assert "2.0 s" in pictures.bars([("Feed", 2000.0, float("inf"))])
    assert "broken off" in pictures.bars([("Feed", 2000.0, float("inf"))])


@given(st.lists(st.tuples(st.integers(1, 10**8), st.floats(0, 1e7) | st.just(float("inf"))), max_size=4), st.text())
def test_a_curve_is_drawn_whatever_was_measured(points: list[tuple[int, float]], label: str) -> None:
    svg = curve(points, points[:1], label)
    if points:
        ElementTree.fromstring(svg)
        assert not re.search(r'="(?:nan|inf)|[ ,](?:nan|inf)', svg)
    else:
        assert svg == ""


def test_before_and_after_are_told_apart_without_colour() -> None:
    svg = curve([(1, 5.0), (9, 50.0)], [(1, 2.0), (9, 3.0)], "one")
    assert svg.count('stroke-dasharray="6 3"') == 1
