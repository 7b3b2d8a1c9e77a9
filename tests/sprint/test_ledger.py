"""The ledger: events stay, one run holds it, a crash loses nothing that was written."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apprescue.sprint.ledger import FILE, FINDING, FOLDER, LedgerError, ledger

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
DATA = st.dictionaries(TEXTS, st.integers() | TEXTS, max_size=3)
EVENTS = st.lists(st.tuples(TEXTS.filter(bool), TEXTS, DATA), max_size=8)


@settings(deadline=None, max_examples=25)
@given(EVENTS)
def test_what_was_added_is_told_in_its_order(added: list[tuple[str, str, dict[str, int | str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for kind, key, data in added:
            with ledger(Path(folder)) as book:
                book.add(kind, data, key)
        with ledger(Path(folder)) as book:
            assert [(one.kind, one.key, one.data) for one in book.events()] == added


def test_a_finding_stands_as_its_last_event_says(tmp_path: Path) -> None:
    with ledger(tmp_path) as book:
        for key, state in (("a", "open"), ("b", "open"), ("a", "repaired")):
            book.add(FINDING, {"state": state}, key)
        assert book.states() == {"a": "repaired", "b": "open"}


def test_nothing_is_changed_or_taken_away(tmp_path: Path) -> None:
    with ledger(tmp_path) as book:
        book.add("x", {})
    for sql in ("update events set kind = 'y'", "delete from events"):
        with sqlite3.connect(tmp_path / FOLDER / FILE) as database, pytest.raises(sqlite3.IntegrityError):
            database.execute(sql)


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    with ledger(tmp_path), pytest.raises(LedgerError, match="Another run"), ledger(tmp_path):
        pass


def test_a_run_that_was_killed_keeps_what_it_wrote_and_frees_the_ledger(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from apprescue.sprint.ledger import ledger
with ledger(Path({str(tmp_path)!r})) as book:
    for number in range(10**6):
        book.add("step", {{"number": number}})
        print(number, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        told = [run.stdout.readline() for _ in range(50)]
        os.kill(run.pid, signal.SIGKILL)
    with ledger(tmp_path) as book:
        kept = [one.data["number"] for one in book.events()]
    assert kept[: len(told)] == list(range(len(told)))
    assert kept == list(range(len(kept)))


def test_a_copy_of_a_run_that_was_killed_does_not_hold_the_ledger(tmp_path: Path) -> None:
    code = f"""
import os, time
from pathlib import Path
from apprescue.sprint.ledger import ledger
with ledger(Path({str(tmp_path)!r})):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    print("here", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, process_group=0) as run:
        assert run.stdout is not None
        run.stdout.readline()
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        with ledger(tmp_path) as book:
            book.add("x", {})
        os.killpg(run.pid, signal.SIGKILL)


def test_git_does_not_see_it(tmp_path: Path) -> None:
    with ledger(tmp_path) as book:
        book.add("x", {})
    assert (tmp_path / FOLDER / ".gitignore").read_text() == "*\n"
