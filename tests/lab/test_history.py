"""Histories: every branch is read, nothing of the repository is trusted, and what cannot be read is said."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from apprescue.lab import leaks, repo
from apprescue.model.outcome import NotExamined
from apprescue.sprint import secrets
from apprescue.sprint.secrets import scan_history

KEY = "sk_" + "live_" + "51Hq7Rt9xLm2VbN4kPzW8sYdU3e"


def git(folder: Path, *arguments: str) -> str:
    names = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@acme.test",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@acme.test",
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **names}, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, path: str, text: str) -> str:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "README.md", "hello\n")
    return tmp_path


def test_a_deleted_key_is_found_with_the_commit_that_brought_it(app: Path) -> None:
    brought = commit(app, "src/pay.ts", f"import x\n\nconst stripe = '{KEY}'\n")
    commit(app, "src/pay.ts", "import x\n")
    found = scan_history(app)
    assert not isinstance(found, NotExamined)
    assert [(leak.commit, str(leak.place), leak.value) for leak in found] == [(brought, "src/pay.ts:3", KEY)]


def test_other_branches_and_deleted_env_files_are_read(app: Path) -> None:
    git(app, "checkout", "-qb", "trial")
    commit(app, ".env", "JWT_SECRET=tidepool\n")
    git(app, "checkout", "-q", "main")
    found = scan_history(app)
    assert not isinstance(found, NotExamined)
    assert [(leak.place.path, leak.name) for leak in found] == [(".env", "JWT_SECRET")]


def test_nothing_of_a_hostile_repository_is_run(app: Path) -> None:
    mark = app.parent / "was-run"
    for setting in ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "core.alternateRefsCommand"):
        git(app, "config", setting, f"touch {mark}")
    git(app, "config", "log.showSignature", "true")
    git(app, "config", "gpg.program", f"touch {mark}")
    (app / ".git" / "hooks" / "post-checkout").write_text(f"#!/bin/sh\ntouch {mark}\n")
    before = sorted(str(p) for p in app.rglob("*"))
    assert not isinstance(scan_history(app), NotExamined)
    assert not mark.exists()
    assert sorted(str(p) for p in app.rglob("*")) == before


def test_a_history_with_missing_objects_gives_what_is_there(app: Path) -> None:
    commit(app, "gone.txt", "this one gets lost\n")
    commit(app, "pay.ts", f"const stripe = '{KEY}'\n")
    lost = git(app, "rev-parse", "HEAD:gone.txt")
    (app / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    found = scan_history(app)
    assert not isinstance(found, NotExamined)
    assert [leak.value for leak in found] == [KEY]


def test_what_cannot_be_read_is_said(tmp_path: Path, app: Path) -> None:
    assert isinstance(scan_history(tmp_path / "src"), NotExamined)
    (app / ".git" / "refs" / "heads" / "main").write_text("0" * 39 + "1\n")
    broken = scan_history(app)
    assert isinstance(broken, NotExamined) or broken == ()
    (app / ".git" / "HEAD").write_bytes(b"\x00\xff" * 10)
    assert isinstance(scan_history(app), NotExamined)


def test_the_tracked_files_are_those_of_the_newest_commit(app: Path) -> None:
    (app / ".env").write_text("A=b\n")
    opened = repo.open_repo(app)
    assert isinstance(opened, repo.Repo)
    assert repo.tracked(opened) == frozenset({"README.md"})


def test_a_part_of_a_repository_knows_what_is_tracked_but_not_its_history(app: Path) -> None:
    commit(app, "web/.env", "A=b\n")
    (app / "web" / ".env.local").write_text("A=b\n")
    opened = repo.open_repo(app / "web")
    assert isinstance(opened, repo.Repo)
    assert opened.inside == "web"
    assert repo.tracked(opened) == frozenset({".env"})
    answer = scan_history(app / "web")
    assert isinstance(answer, NotExamined)
    assert "only a part of a git repository" in answer.reason
    (app / "new").mkdir()
    unknown = repo.open_repo(app / "new")
    assert isinstance(unknown, repo.Repo)
    assert isinstance(repo.tracked(unknown), NotExamined)


def test_what_a_history_lacks_is_said(app: Path) -> None:
    commit(app, "gone.txt", "this one gets lost\n")
    commit(app, "more.txt", "more\n")
    lost = git(app, "rev-parse", "HEAD:gone.txt")
    (app / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    search = secrets.start_history(repo.open_repo(app))
    assert search.result() == ()
    assert [gap.reason for gap in search.gaps()] == ["1 part of the history that the repository lacks"]


def test_a_copy_without_older_commits_says_so(app: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    commit(app, "pay.ts", f"const stripe = '{KEY}'\n")
    commit(app, "pay.ts", "import x\n")
    copy = tmp_path_factory.mktemp("copies") / "copy"
    git(app, "clone", "-q", "--depth", "1", f"file://{app}", str(copy))
    search = secrets.start_history(repo.open_repo(copy))
    assert search.result() == ()
    assert [gap.reason for gap in search.gaps()] == [secrets.SHALLOW]


def test_a_search_that_takes_too_long_is_said(app: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    slow = tmp_path / "engine"
    slow.write_text("#!/bin/sh\nsleep 30\n")
    slow.chmod(0o700)
    monkeypatch.setattr(leaks, "engine_path", lambda: slow)
    reason = "looking through the older versions takes longer than 0.5 seconds"
    assert scan_history(app, seconds=0.5) == NotExamined("history", reason, failed=True)


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n"])
def test_what_changes_in_a_file_is_found_in_its_own_line_and_only_told_once(app: Path, gap: str) -> None:
    git(app, "config", "core.autocrlf", "false")
    end = gap[: len(gap) // 2]
    first, second, third = (KEY[:-1] + mark for mark in "ABC")
    parts = ["import x", f"const a = '{first}'", "let b = 1", "let c = 2"]
    brought = [commit(app, "pay.ts", gap.join(parts) + end)]
    parts[2] = f"let b = 1{end}const d = '{second}'"
    brought.append(commit(app, "pay.ts", gap.join(parts) + end))
    parts[1] = "let a = 0"
    commit(app, "pay.ts", gap.join(parts) + end)
    brought.append(commit(app, "other.ts", f"const e = '{first}'{end}const f = '{third}'{end}"))
    found = scan_history(app)
    assert not isinstance(found, NotExamined)
    assert {(str(leak.place), leak.value, leak.commit) for leak in found} == {
        ("pay.ts:3", first, brought[0]),
        ("pay.ts:6", second, brought[1]),
        ("other.ts:1", first, brought[2]),
        ("other.ts:2", third, brought[2]),
    }
