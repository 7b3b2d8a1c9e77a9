"""A folder may be hostile: nothing in it makes the reader crash, hang, leave the folder or write."""

from __future__ import annotations

import hashlib
import os
import socket
import stat
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apprescue.source import files
from apprescue.source.files import Tree, read_tree


def lay(root: Path, tree: dict[str, str | bytes]) -> Path:
    for path, content in tree.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def reasons(tree: Tree) -> str:
    return "\n".join(one.reason for one in tree.left_out)


def test_reads_the_texts_of_an_app_in_the_same_order_every_time(tmp_path: Path) -> None:
    lay(tmp_path, {"src/b.ts": "b", "src/a.ts": "a", ".env": "KEY=1", "package.json": "{}", "Dockerfile": "FROM x"})
    tree = read_tree(tmp_path)
    assert list(tree.files.items()) == [
        (".env", "KEY=1"),
        ("Dockerfile", "FROM x"),
        ("package.json", "{}"),
        ("src/a.ts", "a"),
        ("src/b.ts", "b"),
    ]
    assert tree.left_out == ()
    assert read_tree(tmp_path) == tree


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    assert read_tree(tmp_path).files == {}
    assert reasons(read_tree(tmp_path)) == "nothing to read: the folder holds no text files"


@pytest.mark.parametrize("kind", [FileNotFoundError, NotADirectoryError])
def test_what_is_no_folder_is_an_error_that_names_it(tmp_path: Path, kind: type[OSError]) -> None:
    path = tmp_path / "app"
    if kind is NotADirectoryError:
        path.write_text("a file")
    with pytest.raises(kind, match="app"):
        read_tree(path)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"caf\xe9", "caf\ufffd"),
        (b"\xef\xbb\xbfflask", "flask"),
        ("flask==3.0".encode("utf-16"), "flask==3.0"),
        (b"\xff\xfea\x00b", "a\ufffd"),
        (b"a" * 9000 + b"\0b", "a" * 9000 + " b"),
        (b"", ""),
        (b"one\r\ntwo", "one\r\ntwo"),
    ],
    ids=["latin-1", "mark", "utf-16", "broken utf-16", "late NUL", "empty", "windows"],
)
def test_every_encoding_becomes_text(tmp_path: Path, content: bytes, text: str) -> None:
    assert read_tree(lay(tmp_path, {"a.txt": content})).files == {"a.txt": text}


def test_binary_files_are_known_by_ending_or_by_a_nul(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"logo.PNG": "text", "uploads/f3a9": b"\x89PNG\0\0", "db.sqlite3": "x", "uploads/big": b"\0" * 1_500_000},
    )
    tree = read_tree(tmp_path)
    assert tree.files == {}
    assert set(tree.unread) == {"logo.PNG", "db.sqlite3", "uploads/f3a9", "uploads/big"}
    assert "4 pictures or other binary files (db.sqlite3; logo.PNG; uploads/big; ...)" in reasons(tree)


def test_a_large_file_is_named_with_its_size_and_never_read_whole(tmp_path: Path) -> None:
    lay(tmp_path, {"dump.sql": "insert into fans values (1);\n" * 50_000, "kept.sql": "x" * files.LARGEST_FILE})
    with (tmp_path / "sparse.log").open("wb") as sparse:
        sparse.write(b"started\n" * 2000)
        sparse.truncate(500_000_000)
    started = time.perf_counter()
    tree = read_tree(tmp_path)
    assert time.perf_counter() - started < 5
    assert list(tree.files) == ["kept.sql"]
    assert reasons(tree) == "2 files over 1 MB (dump.sql, 1.4 MB; sparse.log, 500.0 MB)"


def test_links_are_never_followed(tmp_path: Path) -> None:
    secret = lay(tmp_path / "outside", {"passwd": "root:x:0:0"})
    app = lay(tmp_path / "app", {"src/a.ts": "a"})
    (app / "loop").symlink_to(".")
    (app / "src/up").symlink_to("..")
    (app / "out").symlink_to(secret)
    (app / "passwd").symlink_to(secret / "passwd")
    (app / "broken").symlink_to("nowhere")
    tree = read_tree(app)
    assert tree.files == {"src/a.ts": "a"}
    assert reasons(tree).startswith("5 links, which are never followed (")


def test_the_root_may_be_a_link(tmp_path: Path) -> None:
    lay(tmp_path / "app", {"a.ts": "a"})
    (tmp_path / "current").symlink_to("app")
    assert read_tree(tmp_path / "current").files == {"a.ts": "a"}


def test_a_file_that_turns_into_a_link_while_we_read_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = lay(tmp_path / "app", {"a.ts": "a"})
    lay(tmp_path, {"passwd": "root:x:0:0"})
    really = os.open

    def swapped(path: str | Path, flags: int, *, dir_fd: int | None = None) -> int:
        if path == "a.ts":
            (app / "a.ts").unlink()
            (app / "a.ts").symlink_to("../passwd")
        return really(path, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", swapped)
    tree = read_tree(app)
    assert tree.files == {}
    assert "1 file or folder that could not be opened (a.ts)" in reasons(tree)


def test_pipes_sockets_and_devices_are_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.ts")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.ts")
        tree = read_tree(tmp_path)
    assert tree.files == {}
    assert "2 pipes, sockets or devices (pipe.ts; socket.ts)" in reasons(tree)


def test_what_we_may_not_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {"a.ts": "a", "private.ts": "b", "closed/c.ts": "c"})
    really = os.open

    def refusing(path: str | Path, flags: int, *, dir_fd: int | None = None) -> int:
        if path in ("private.ts", "closed"):
            raise PermissionError(13, "Permission denied", path)
        return really(path, flags, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refusing)
    tree = read_tree(tmp_path)
    assert tree.files == {"a.ts": "a"}
    assert reasons(tree) == "2 files or folders that we may not read (private.ts; closed)"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_the_system_forbids_is_said(tmp_path: Path) -> None:
    (lay(tmp_path, {"private.ts": "b"}) / "private.ts").chmod(0)
    assert reasons(read_tree(tmp_path)).endswith("1 file or folder that we may not read (private.ts)")


@pytest.mark.parametrize(
    ("path", "beside", "reason"),
    [
        ("node_modules/x/index.js", "package.json", "1 folder of installed packages (node_modules)"),
        ("api/node_modules/x/index.js", "a.ts", "1 folder of installed packages (api/node_modules)"),
        ("myenv/lib/x.py", "myenv/pyvenv.cfg", "1 folder of installed packages (myenv)"),
        ("web/dist/index.js", "a.ts", "1 folder of built or cached output (web/dist)"),
        (".next/server/app.js", "a.ts", "1 folder of built or cached output (.next)"),
        ("web/build/index.js", "web/package.json", "1 folder of built or cached output (web/build)"),
        ("vendor/autoload.php", "composer.json", "1 folder of libraries copied in (vendor)"),
        ("static/vendor/jquery.js", "a.ts", "1 folder of libraries copied in (static/vendor)"),
        ("package-lock.json", "package.json", "1 lock file (package-lock.json)"),
        ("public/app.min.js", "a.ts", "1 minified or generated file (public/app.min.js)"),
    ],
)
def test_what_is_not_the_apps_own_is_left_out(tmp_path: Path, path: str, beside: str, reason: str) -> None:
    tree = read_tree(lay(tmp_path, {path: "x", beside: "y"}))
    assert path not in tree.files
    assert reason in reasons(tree)


@pytest.mark.parametrize(
    "path",
    [
        "app/vendor/page.tsx",
        "src/pages/vendor/build/index.tsx",
        "src/lib/coverage/index.ts",
        "config/env/production.js",
        "app/target/route.ts",
        "lib/env.py",
        "src/dist.ts",
    ],
)
def test_the_apps_own_code_under_the_same_names_is_read(tmp_path: Path, path: str) -> None:
    assert path in read_tree(lay(tmp_path, {path: "x", "package.json": "{}"})).files


def test_minified_code_is_told_from_long_data(tmp_path: Path) -> None:
    bundle = "var a=1;" * 5000
    tree = read_tree(lay(tmp_path, {"bundle.js": bundle, "data.json": bundle, "long.js": "let a = 1\n" * 5000}))
    assert list(tree.files) == ["data.json", "long.js"]
    assert tree.unread == ("bundle.js",)


def test_git_history_is_not_the_apps_text(tmp_path: Path) -> None:
    lay(tmp_path, {".git/config": "[core]", "sub/.git": "gitdir: ../.git/modules/sub", "a.ts": "a"})
    assert "a.ts" in read_tree(tmp_path).files
    assert ".git/config" not in read_tree(tmp_path).files


def test_hostile_names_cannot_break_a_report(tmp_path: Path) -> None:
    names = [
        b"a\nb.ts",
        b"a\\nb.ts",
        b"\x1b[31mred.ts",
        b"\xff\xfe.ts",
        "\u202egpj.ts".encode(),
        b"<script>.ts",
        b"n" * 255,
    ]
    for name in names:
        (tmp_path / os.fsdecode(name)).write_text("x")
    paths = list(read_tree(tmp_path).files)
    assert len(paths) == len(names)
    assert all(path.isprintable() and path.encode() for path in paths)
    assert r"a\nb.ts" in paths
    assert r"a\\nb.ts" in paths


def test_paths_longer_than_the_system_takes_are_read(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("deep.ts", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    assert [len(path) for path in read_tree(tmp_path).files] == [30 * 201 + 7]


def test_folders_have_an_end(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {"/".join(["d"] * files.DEEPEST) + "/in.ts": "x", "/".join(["d"] * (files.DEEPEST + 1)) + "/out.ts": "x"},
    )
    tree = read_tree(tmp_path)
    assert [path[-5:] for path in tree.files] == ["in.ts"]
    assert "1 folder nested deeper than 64" in reasons(tree)


def test_too_many_files_are_cut_off_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 10)
    lay(tmp_path, {**{f"a/{n:02}.ts": "x" for n in range(20)}, "b/last.ts": "x"})
    tree = read_tree(tmp_path)
    assert len(tree.files) == 8
    assert "folders cut off" in reasons(tree)


def test_too_much_text_is_cut_off_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_TEXT", 10)
    tree = read_tree(lay(tmp_path, {"a.ts": "12345678", "b.ts": "12345678", "c.ts": "12"}))
    assert list(tree.files) == ["a.ts", "c.ts"]
    assert tree.unread == ("b.ts",)
    assert "1 file beyond the first" in reasons(tree)


def snapshot(root: Path) -> str:
    seen = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        seen.update(f"{path}{status.st_mode}{status.st_mtime_ns}{status.st_size}".encode("utf-8", "surrogateescape"))
        if stat.S_ISREG(status.st_mode):
            seen.update(path.read_bytes())
    return seen.hexdigest()


def test_nothing_is_written_into_the_app(tmp_path: Path) -> None:
    lay(tmp_path, {"src/a.py": "a = 1", "node_modules/x.js": "x", "b.png": b"\0", ".env": "A=1"})
    before = snapshot(tmp_path)
    read_tree(tmp_path)
    assert snapshot(tmp_path) == before


NAME = (
    st.binary(min_size=1, max_size=20)
    .map(lambda b: b.replace(b"/", b"_").replace(b"\0", b"_"))
    .filter(lambda b: b not in (b".", b".."))
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAME, st.binary(max_size=200), max_size=8))
def test_any_names_and_bytes_give_a_printable_tree(
    tmp_path_factory: pytest.TempPathFactory, tree: dict[bytes, bytes]
) -> None:
    root = tmp_path_factory.mktemp("app")
    for name, content in tree.items():
        (root / os.fsdecode(name)).write_bytes(content)
    read = read_tree(root)
    assert len(read.files) + len(read.unread) <= len(tree)
    for path, text in read.files.items():
        assert path.isprintable()
        assert "\0" not in text
        text.encode()
