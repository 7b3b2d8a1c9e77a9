"""Processes are bounded in time and output, get no environment of ours, and die with all that they started."""

from __future__ import annotations

import os
import time

import pytest

from apprescue.lab.command import CommandError, run, start


def test_a_process_says_its_output_and_its_code() -> None:
    ran = run(["sh", "-c", "cat; echo oops >&2; exit 3"], given=b"told")
    assert (ran.out, ran.code, ran.complaint) == (b"told", 3, "oops")


def test_a_process_that_takes_too_long_is_ended_with_its_children() -> None:
    begun = time.monotonic()
    with pytest.raises(CommandError, match=r"longer than 0\.3 seconds"):
        run(["sh", "-c", "sleep 20 & sleep 20"], seconds=0.3)
    assert time.monotonic() - begun < 10


def test_a_process_that_says_too_much_is_ended() -> None:
    with pytest.raises(CommandError, match="said more than"):
        run(["yes"], most_output=100_000)


def test_a_missing_program_is_a_reason() -> None:
    with pytest.raises(CommandError, match="could not be started"):
        run(["no-such-program-here"])


def test_nothing_of_our_environment_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNERS_TOKEN", "x")
    said = run(["env"]).out.decode()
    assert "OWNERS_TOKEN" not in said
    assert f"HOME={os.devnull}" in said


def test_a_process_can_be_told_bit_by_bit_and_stopped() -> None:
    process = start(["cat"], piped=True)
    process.given.write(b"one ")
    process.given.write(b"two")
    process.given.close()
    assert process.result().out == b"one two"
    waiting = start(["sleep", "20"], streaming=True)
    waiting.stop()


def test_an_answer_that_is_asked_for_late_is_still_an_answer() -> None:
    process = start(["echo", "done"], seconds=0.2)
    time.sleep(0.4)
    assert process.result().out == b"done\n"
