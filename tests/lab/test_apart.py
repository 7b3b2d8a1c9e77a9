"""A program of the app runs apart: it sees the app and its packages, and harms nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from apprescue.lab.apart import can_run_apart, run_apart
from apprescue.lab.command import CommandError, Ran

pytestmark = pytest.mark.skipif(not can_run_apart(), reason="this machine cannot run a program apart")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree/web").mkdir(parents=True)
    (tmp_path / "tree/web/a.txt").write_text("of the app")
    (tmp_path / "kept/tool").mkdir(parents=True)
    (tmp_path / "kept/tool/b.txt").write_text("installed")
    (tmp_path / "secret.txt").write_text("the owner's")
    return tmp_path


def ran(tree: Path, told: str, seconds: float = 20) -> Ran:
    installed = {"web/node_modules": tree / "kept"}
    command = ["sh", "-c", told]
    return run_apart(command, tree / "tree", "web", installed=installed, environment={"CI": "1"}, seconds=seconds)


def test_it_sees_the_app_and_what_is_installed(tree: Path) -> None:
    assert ran(tree, "cat a.txt node_modules/tool/b.txt; echo $CI").out == b"of the appinstalled1\n"


def test_what_it_writes_is_gone(tree: Path) -> None:
    told = ran(tree, "echo x > a.txt; echo y > node_modules/tool/b.txt; rm -r node_modules/tool; cat a.txt")
    assert (told.code, told.out) == (0, b"x\n")
    assert (tree / "tree/web/a.txt").read_text() == "of the app"
    assert (tree / "kept/tool/b.txt").read_text() == "installed"
    assert not (tree / "tree/web/node_modules").exists()


@pytest.mark.parametrize(
    "told",
    [
        "cat {tree}/secret.txt",
        "ls {home}",
        "ls /old/etc",
        "echo x > /usr/apprescue",
        "mount -t tmpfs none /tmp",
        "unshare --user --map-root-user --mount mount -o remount,bind,rw /usr && echo x > /usr/apprescue",
        "python3 -c \"import socket; socket.create_connection(('1.1.1.1', 53), 2)\"",
        "kill -9 -- {parent}",
    ],
)
def test_nothing_else_is_in_reach(tree: Path, told: str) -> None:
    assert ran(tree, told.format(tree=tree, home=Path.home(), parent=os.getpid())).code != 0


def test_it_is_ended_when_its_time_is_over(tree: Path) -> None:
    with pytest.raises(CommandError, match="longer than 1 seconds"):
        ran(tree, "sleep 60", seconds=1)


def test_walls_that_cannot_be_built_are_told(tree: Path) -> None:
    gone = {"node_modules": tree / "not there"}
    told = run_apart(["true"], tree / "tree", "", installed=gone, environment={}, seconds=20)
    assert told.code != 0
