"""The branch of our own: what it holds, and that the owner's tree is as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from apprescue.lab.command import CommandError
from apprescue.lab.rescue import earlier, rescue

TODAY = date(2026, 1, 31)
APP = {"src/app.ts": "export const a = 1;\n", "README.md": "# App\n"}


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@acme.test")
    told = subprocess.run(["git", "-C", str(folder), *who, *arguments], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def app(folder: Path, texts: Mapping[str, str] = APP, *, commit: bool = True) -> Path:
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    if commit:
        git(folder, "init", "-q", "-b", "main", ".")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "first")
    return folder


def state(folder: Path) -> tuple[dict[str, bytes], str, str]:
    """The owner's files, his index and where he stands."""
    ours = {".git", ".apprescue"}
    files = {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file() and not ours & set(p.parts)}
    return files, git(folder, "ls-files", "-s"), git(folder, "rev-parse", "HEAD", "--abbrev-ref", "HEAD")


def repaired(folder: Path, texts: Mapping[str, str], gone: tuple[str, ...] = ()) -> str:
    with rescue(folder, tuple(APP), TODAY) as branch:
        branch.put(texts, gone)
        branch.commit([*texts, *gone], "Repair it\n\nApprescue-Finding: 0123 a/b\n")
        return branch.branch


def test_a_repair_is_a_commit_on_a_branch_and_nothing_of_the_owners_changes(tmp_path: Path) -> None:
    folder = app(tmp_path)
    before = state(folder)
    name = repaired(folder, {"src/app.ts": "export const a = 2;\n", "src/new.ts": "export {};\n"}, ("README.md",))
    assert name == "rescue/2026-01-31"
    assert state(folder) == before
    assert git(folder, "diff", "--name-status", f"main..{name}").split("\n") == [
        "D\tREADME.md",
        "M\tsrc/app.ts",
        "A\tsrc/new.ts",
    ]
    assert git(folder, "log", "-1", "--format=%an %s", name) == "App Rescue Repair it"


def test_the_next_run_goes_on_where_the_branch_ended(tmp_path: Path) -> None:
    folder = app(tmp_path)
    name = repaired(folder, {"src/app.ts": "export const a = 2;\n"})
    with rescue(folder, tuple(APP), date(2026, 2, 3)) as branch:
        assert branch.branch == name
        assert (branch.root / "src/app.ts").read_text() == "export const a = 2;\n"
        assert [message.splitlines()[0] for _, message in branch.log()] == ["Repair it"]


def test_a_branch_that_stands_in_a_checkout_is_left_alone(tmp_path: Path) -> None:
    folder = app(tmp_path)
    name = repaired(folder, {"src/app.ts": "export const a = 2;\n"})
    git(folder, "checkout", "-q", name)
    before = state(folder)
    assert repaired(folder, {"src/app.ts": "export const a = 3;\n"}) == f"{name}-2"
    assert state(folder) == before


def test_after_new_work_of_the_owner_a_new_branch_begins(tmp_path: Path) -> None:
    folder = app(tmp_path)
    name = repaired(folder, {"src/app.ts": "export const a = 2;\n"})
    git(folder, "commit", "-q", "--allow-empty", "-m", "more")
    assert repaired(folder, {"src/app.ts": "export const a = 3;\n"}) == f"{name}-2"


def test_what_is_put_back_is_as_the_branch_has_it(tmp_path: Path) -> None:
    folder = app(tmp_path)
    with rescue(folder, tuple(APP), TODAY) as branch:
        branch.put({"src/app.ts": "broken", "src/new.ts": "x"}, ("README.md",))
        branch.restore(["src/app.ts", "src/new.ts", "README.md"])
        found = {str(p.relative_to(branch.root)): p.read_text() for p in branch.root.rglob("*") if p.is_file()}
    assert found == APP


def test_a_dry_run_leaves_no_branch(tmp_path: Path) -> None:
    folder = app(tmp_path)
    with rescue(folder, tuple(APP), TODAY, dry=True) as branch:
        branch.put({"src/app.ts": "export const a = 2;\n"})
        branch.commit(["src/app.ts"], "Repair it")
        branch.put({"README.md": "x"})
        branch.restore(["README.md"])
        assert (branch.root / "src/app.ts").read_text() == "export const a = 2;\n"
    assert git(folder, "branch", "--list", "rescue/*") == ""


def test_files_that_are_not_committed_are_named_and_not_taken(tmp_path: Path) -> None:
    folder = app(tmp_path)
    (folder / "src/app.ts").write_text("export const mine = 1;\n")
    with rescue(folder, tuple(APP), TODAY) as branch:
        assert branch.differing == ("src/app.ts",)
        assert (branch.root / "src/app.ts").read_text() == APP["src/app.ts"]


@pytest.mark.parametrize("with_git", [False, True])
def test_without_a_commit_the_branch_is_in_a_repository_of_ours(tmp_path: Path, with_git: bool) -> None:
    folder = app(tmp_path, commit=False)
    if with_git:
        git(folder, "init", "-q", ".")
    name = repaired(folder, {"src/app.ts": "export const a = 2;\n"})
    own = folder / ".apprescue/repair.git"
    assert git(own, "show", f"{name}:src/app.ts") == "export const a = 2;"
    assert (folder / "src/app.ts").read_text() == APP["src/app.ts"]
    assert (folder / ".apprescue/.gitignore").read_text() == "*\n"
    with rescue(folder, tuple(APP), TODAY) as branch:
        assert (branch.branch, len(list(branch.log()))) == (name, 1)


def test_a_detached_head_is_a_place_to_start_from(tmp_path: Path) -> None:
    folder = app(tmp_path)
    git(folder, "checkout", "-q", "--detach")
    before = state(folder)
    assert git(folder, "show", f"{repaired(folder, {'a.txt': 'a'})}:a.txt") == "a"
    assert state(folder) == before


def test_an_app_inside_of_a_repository_keeps_its_place(tmp_path: Path) -> None:
    top = app(tmp_path, {"web/src/app.ts": "export const a = 1;\n", "other.txt": "o"})
    with rescue(top / "web", ("src/app.ts",), TODAY) as branch:
        branch.put({"src/app.ts": "export const a = 2;\n"})
        branch.commit(["src/app.ts"], "Repair it")
    assert git(top, "diff", "--name-only", f"main..{branch.branch}") == "web/src/app.ts"


def test_an_app_that_no_commit_of_the_repository_around_it_holds_gets_one_of_ours(tmp_path: Path) -> None:
    top = app(tmp_path, {"other.txt": "o"})
    web = app(top / "web", commit=False)
    name = repaired(web, {"src/app.ts": "export const a = 2;\n"})
    assert git(web / ".apprescue/repair.git", "show", f"{name}:src/app.ts") == "export const a = 2;"
    assert git(top, "branch", "--list", "rescue/*") == ""


def test_what_is_taken_back_is_as_before_unless_something_was_built_on_it(tmp_path: Path) -> None:
    folder = app(tmp_path)
    with rescue(folder, tuple(APP), TODAY) as branch:
        for text in ("export const a = 2;\n", "export const a = 3;\n"):
            branch.put({"src/app.ts": text, "src/new.ts": text})
            branch.commit(["src/app.ts", "src/new.ts"], "Repair it")
        (first, _), (second, _) = branch.log()
        assert branch.take_back(first, "Back") == ""
        assert branch.builds_on(first) == [second]
        assert branch.take_back(second, "Back")
        assert (branch.root / "src/app.ts").read_text() == "export const a = 2;\n"
        undone = branch.take_back(first, "Back")
        assert branch.take_back(first, "Back") == undone == branch.head
        assert not (branch.root / "src/new.ts").exists()
    assert git(folder, "diff", "--name-only", f"main..{branch.branch}") == ""


def test_what_is_taken_back_leaves_what_was_changed_elsewhere_in_the_file(tmp_path: Path) -> None:
    lines = [f"export const {name} = 1;\n" for name in "abcdefgh"]
    folder = app(tmp_path, {"src/app.ts": "".join(lines)})
    with rescue(folder, ("src/app.ts",), TODAY) as branch:
        for number in (0, 7):
            lines[number] = lines[number].replace("1", "2")
            branch.put({"src/app.ts": "".join(lines)})
            branch.commit(["src/app.ts"], "Repair it")
        (first, _), _ = branch.log()
        assert branch.builds_on(first) == []
        assert branch.take_back(first, "Back")
        assert (branch.root / "src/app.ts").read_text() == "".join(lines).replace("a = 2", "a = 1")


def test_no_hook_and_no_filter_of_the_repository_runs(tmp_path: Path) -> None:
    folder = app(tmp_path, {**APP, ".gitattributes": "*.ts filter=evil\n"})
    marker = tmp_path / "ran"
    for key in ("filter.evil.smudge", "filter.evil.clean", "core.fsmonitor", "gpg.program"):
        git(folder, "config", key, f"touch {marker}")
    git(folder, "config", "commit.gpgsign", "true")
    for hook in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change"):
        (folder / ".git/hooks" / hook).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (folder / ".git/hooks" / hook).chmod(0o755)
    name = repaired(folder, {"src/app.ts": "export const a = 2;\n"})
    assert name
    assert not marker.exists()


@pytest.mark.parametrize("path", ["../out.txt", "/tmp/out.txt", "a/../../out.txt"])
def test_nothing_is_written_outside_of_the_app(tmp_path: Path, path: str) -> None:
    folder = app(tmp_path)
    with rescue(folder, tuple(APP), TODAY) as branch, pytest.raises(ValueError, match="leads out"):
        branch.put({path: "x"})


def test_a_commit_is_told_as_a_patch_that_applies(tmp_path: Path) -> None:
    folder = app(tmp_path)
    with rescue(folder, tuple(APP), TODAY) as branch:
        branch.put({"src/app.ts": "export const a = 2;\n"})
        text = branch.patch(branch.commit(["src/app.ts"], "Repair it\n\nWhy: it was wrong.\n"))
    (tmp_path / "one.patch").write_text(text)
    git(folder, "am", "-q", "one.patch")
    assert (folder / "src/app.ts").read_text() == "export const a = 2;\n"


def test_an_older_commit_can_be_looked_at(tmp_path: Path) -> None:
    folder = app(tmp_path)
    (folder / "src/app.ts").write_text("export const a = 5;\n")
    with earlier(folder, "HEAD") as then:
        assert (then / "src/app.ts").read_text() == APP["src/app.ts"]
    with pytest.raises(CommandError), earlier(folder, "--nonsense"):
        pass


def test_a_run_that_was_killed_leaves_the_tree_and_the_next_one_sweeps(tmp_path: Path) -> None:
    folder = app(tmp_path)
    before = state(folder)
    killed = f"""
import time
from datetime import date
from pathlib import Path
from apprescue.lab.rescue import rescue
with rescue(Path({str(folder)!r}), ("README.md",), date(2026, 1, 31)) as branch:
    branch.put({{"README.md": "one"}})
    branch.commit(["README.md"], "One")
    branch.put({{"README.md": "two"}})
    print(branch.folder, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", killed], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        left = Path(run.stdout.readline().strip())
        os.kill(run.pid, signal.SIGKILL)
    assert left.exists()
    assert state(folder) == before
    with rescue(folder, tuple(APP), TODAY) as branch:
        assert not left.exists()
        assert (branch.root / "README.md").read_text() == "one"
