"""Work done by a copy of this process: the same answers, with the copy, without one, and where it breaks."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from apprescue.lab import command
from apprescue.lab.command import beside, shared

US = os.getpid()


@pytest.fixture(params=["with a copy", "alone"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_may_copy", lambda: request.param == "with a copy")


@pytest.mark.usefixtures("either")
def test_answers_are_the_same_with_and_without_a_copy() -> None:
    assert beside(lambda: {"a": [1, 2]}).result == {"a": [1, 2]}
    assert shared(range(300), lambda number: number * number) == [number * number for number in range(300)]
    assert shared([], str) == []


@pytest.mark.usefixtures("either")
def test_an_error_is_raised_where_the_answer_is_asked_for() -> None:
    work = beside(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        _ = work.result


def test_work_is_done_by_a_copy_that_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_may_copy", lambda: True)
    copy = beside(os.getpid).result
    assert copy != US
    with pytest.raises(ProcessLookupError):
        os.kill(copy, 0)


def test_both_take_what_is_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_may_copy", lambda: True)

    def who(_: int) -> int:
        time.sleep(0.01)
        return os.getpid()

    assert len(set(shared(range(20), who))) == 2


def _dies_elsewhere(answer: int) -> int:
    if os.getpid() != US:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer


def test_what_a_killed_copy_leaves_undone_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_may_copy", lambda: True)
    assert beside(lambda: _dies_elsewhere(7)).result == 7
    assert shared(range(50), _dies_elsewhere) == list(range(50))


def test_a_copy_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_may_copy", lambda: True)
    work = command.Beside(lambda: time.sleep(60) if os.getpid() != US else "done", seconds=0.1)
    assert work.result == "done"


def test_no_copy_is_made_of_a_process_with_threads() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert beside(os.getpid).result == US
    finally:
        done.set()
        thread.join()
