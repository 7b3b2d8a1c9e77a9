"""The situations, the ten questions, and the file of answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apprescue.model.intake import Answer, Sprint
from apprescue.sprint.intake.answers import AnswersError, blank, read, words_of
from apprescue.sprint.intake.checklist import BUDGET, CHECKLIST, every, fit
from apprescue.sprint.intake.gates import GATES
from apprescue.sprint.intake.look import meant

ANSWERS = st.dictionaries(st.sampled_from([one.key for one in every()]), st.sampled_from(Answer))


def test_there_are_ten_situations_and_ten_questions_with_names_of_their_own() -> None:
    assert (len(GATES), len(CHECKLIST)) == (10, 10)
    assert len({one.key for one in every()}) == 21
    assert all(gate.instead and gate.leads not in (Sprint.RESCUE, Sprint.LAUNCH_READY) for gate in GATES)


@pytest.mark.parametrize("question", CHECKLIST, ids=lambda one: one.key)
def test_a_question_names_checks_that_exist(question: object) -> None:
    for name in question.checks:  # type: ignore[attr-defined]
        assert meant((name,)), name


@given(ANSWERS)
def test_each_question_is_a_risk_or_fine_or_not_known(answers: dict[str, Answer]) -> None:
    told = fit(answers)
    assert sorted((*told.risks, *told.unknown, *told.fine), key=CHECKLIST.index) == list(CHECKLIST)
    assert all(told.answers[one.key] is Answer.UNKNOWN for one in (*told.unknown, *told.unsure))
    assert not any(told.answers[one.key] is Answer.UNKNOWN for one in told.fine)
    assert told.fits is not any(told.answers[gate.key] is Answer.YES for gate in GATES)


def test_two_risks_call_for_a_rescue_whichever_way_they_are_asked() -> None:
    one = fit({"journeys_fail": Answer.YES, "logs_useful": Answer.YES})
    two = fit({"journeys_fail": Answer.YES, "logs_useful": Answer.NO})
    assert (len(one.risks), one.calls_for_rescue) == (1, False)
    assert (len(two.risks), two.calls_for_rescue) == (2, True)


@given(ANSWERS)
def test_a_file_says_the_answers_that_it_was_made_of(answers: dict[str, Answer]) -> None:
    assert read(blank(answers)) == fit(answers).answers


def test_a_blank_file_asks_everything_in_words_and_knows_nothing() -> None:
    text = blank()
    assert all(words_of(one) in text for one in every())
    assert set(read(text).values()) == {Answer.UNKNOWN}
    assert f"# {BUDGET.words}\nbudget_tight = " in text


def test_answers_may_be_plain() -> None:
    text = 'no_backend = false\njourneys_fail = "Y"\nlogs_useful = ""\ncors_tested = " no "\n'
    assert read(text) == {
        "no_backend": Answer.NO, "journeys_fail": Answer.YES, "logs_useful": Answer.UNKNOWN, "cors_tested": Answer.NO,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no_backend = perhaps", "it is not TOML"),
        ('no_backend = "perhaps"', "no_backend is 'perhaps'"),
        ("no_backend = 1", "no_backend is 1"),
        ('no_backends = "yes"', "did you mean 'no_backend'"),
    ],
)
def test_a_file_that_cannot_be_followed_says_why(text: str, said: str) -> None:
    with pytest.raises(AnswersError, match=said):
        read(text)
