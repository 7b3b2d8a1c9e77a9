"""Before and after a change: what is gone, what is new, what only stands in other words."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from apprescue.model.access import Access, Actor, Cell, Operation, Verdict
from apprescue.model.finding import Finding
from apprescue.model.place import Code, PolicyPlace
from apprescue.sprint.compare import again, changed, closed, objects_of, opened, shown
from tests.reports.test_repair import OPEN, SLOW

MOVED = replace(OPEN, key="moved", place=PolicyPlace("public.tips", "Another rule"))
ELSEWHERE = replace(OPEN, key="elsewhere", place=PolicyPlace("public.orders", "All"))
CELL = Cell("public.tips", "table", "", Actor.STRANGER, Operation.SELECT, "another's", Verdict.LEAK)
VERDICTS = st.sampled_from(Verdict)
FINDINGS = st.lists(st.sampled_from([OPEN, SLOW, MOVED, ELSEWHERE]), unique_by=lambda one: one.key)


def test_a_finding_in_other_words_is_the_same_one() -> None:
    assert opened([OPEN], [MOVED]) == []
    assert not closed(OPEN, [OPEN], [MOVED])
    assert again(OPEN, [OPEN], [MOVED]) == MOVED


def test_a_finding_of_another_table_is_a_new_one() -> None:
    assert opened([OPEN], [ELSEWHERE]) == [ELSEWHERE]
    assert closed(OPEN, [OPEN], [ELSEWHERE])
    assert again(OPEN, [OPEN], [ELSEWHERE]) is None


def test_one_more_of_the_same_place_is_new() -> None:
    assert opened([OPEN], [OPEN, MOVED]) == [MOVED]
    assert again(OPEN, [OPEN, MOVED], [MOVED]) is None


def test_lines_and_files_of_code_are_places() -> None:
    other = replace(SLOW, key="x", place=Code("src/other.ts", 4))
    assert opened([SLOW], [other]) == [other]
    assert opened([SLOW], [replace(SLOW, key="x", place=Code("src/board.ts", 400))]) == []


@given(FINDINGS, FINDINGS)
def test_what_is_there_twice_is_neither_new_nor_closed(before: list[Finding], after: list[Finding]) -> None:
    new = opened(before, after)
    for one in after:
        if one in before:
            assert one not in new
            assert not closed(one, before, after)
    assert opened(before, before) == []


@given(VERDICTS, VERDICTS)
def test_a_cell_is_better_or_worse_and_never_both(was: Verdict, now: Verdict) -> None:
    found = list(changed(Access((replace(CELL, verdict=was),)), Access((replace(CELL, verdict=now),))))
    assert len(found) == (was is not now)
    assert not any(one.better and one.worse for one in found)
    if was is Verdict.ALLOWED or now is Verdict.LEAK:
        assert all(one.worse for one in found)


def test_what_failed_for_everybody_does_not_show_that_it_worked() -> None:
    leak, broken = CELL, replace(CELL, verdict=Verdict.BROKEN)
    assert [shown(leak.claim, Access((one,))) for one in (leak, broken)] == [True, False]
    assert [shown(broken.claim, Access((one,))) for one in (leak, broken)] == [False, True]


def test_a_cell_that_is_not_tried_any_more_is_told() -> None:
    (lost,) = changed(Access((replace(CELL, verdict=Verdict.ALLOWED),)), Access())
    assert lost.worse
    assert str(lost) == "stranger select public.tips (another's): allowed, then not tried"


def test_who_is_no_known_admin_loses_what_every_stranger_wrongly_had() -> None:
    admin = replace(CELL, actor=Actor.ADMIN, verdict=Verdict.ALLOWED)
    shut = replace(CELL, verdict=Verdict.DENIED), replace(admin, verdict=Verdict.DENIED)
    assert all(one.better and not one.worse for one in changed(Access((CELL, admin)), Access(shut)))
    known = replace(admin, object="public.orders"), replace(CELL, object="public.orders", verdict=Verdict.DENIED)
    told = list(changed(Access((CELL, admin, *known)), Access((*shut, *known))))
    assert [one.worse for one in told] == [False, True]


def test_what_hung_on_something_broken_may_change_beside_a_repair() -> None:
    broken, right = replace(CELL, verdict=Verdict.BROKEN), replace(CELL, verdict=Verdict.DENIED)
    assert [one.harmless for one in changed(Access((broken,)), Access((right,)))] == [True]
    assert [one.harmless for one in changed(Access((broken,)), Access((CELL,)))] == [False]
    assert [one.harmless for one in changed(Access(), Access((right,)))] == [True]
    assert [one.harmless for one in changed(Access((CELL,)), Access((right,)))] == [False]


def test_what_could_not_be_tried_and_is_refused_now_is_no_harm() -> None:
    unseen = replace(CELL, verdict=Verdict.UNTESTED, intended=False)
    (told,) = changed(Access((unseen,)), Access((replace(unseen, verdict=Verdict.DENIED),)))
    assert told.harmless
    meant = replace(unseen, intended=True)
    (lost,) = changed(Access((meant,)), Access((replace(meant, verdict=Verdict.DENIED),)))
    assert not lost.harmless


def test_a_group_that_is_led_by_another_of_its_places_is_the_same_one() -> None:
    group = replace(OPEN, related=(PolicyPlace("public.orders", "All"),))
    assert opened([group], [ELSEWHERE]) == []


def test_a_finding_is_about_its_tables() -> None:
    assert objects_of(OPEN) == {"public.tips"}
    assert objects_of(SLOW) == frozenset()
