"""Reads a folder that may be hostile: opens plain files only, follows no link, and tells what it left out.

Every folder is opened from its parent's descriptor without following links, so nothing that is changed while we
read can lead out of the root, and no path is too long. Nothing is written and nothing is run.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from apprescue.model.outcome import NotExamined

LARGEST_FILE = 1_000_000
MOST_TEXT = 50_000_000
MOST_FILES = 100_000
DEEPEST = 64
SAMPLE = 8192
HOW_TO_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

INSTALLED = frozenset(
    "node_modules bower_components jspm_packages site-packages .venv venv .pythonlibs .tox .nox .eggs .yarn .pnpm-store"
    " Pods .bundle".split()
)
BUILT = frozenset(
    ".next .nuxt .output .svelte-kit .astro .turbo .vite .parcel-cache .angular .expo .gradle .dart_tool .terraform"
    " .serverless .aws-sam .cache __pycache__ .pytest_cache .mypy_cache .ruff_cache .nyc_output htmlcov dist"
    " storybook-static DerivedData".split()
)
BUILT_BESIDE_MANIFEST = frozenset("build out coverage target".split())
MANIFESTS = frozenset("package.json pyproject.toml setup.py requirements.txt Cargo.toml pom.xml deno.json".split())
VENDORING = frozenset("composer.json go.mod Gemfile".split())
BROWSER_FOLDERS = frozenset("static public assets www js css".split())
HISTORY = frozenset(".git .hg .svn .bzr .apprescue".split())

LOCKS = frozenset(
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock poetry.lock uv.lock"
    " pdm.lock Pipfile.lock Cargo.lock composer.lock Gemfile.lock go.sum flake.lock".split()
)
GENERATED = (".min.js", ".min.mjs", ".min.css", ".map", ".tsbuildinfo", ".snap")
MINIFIABLE = (".js", ".mjs", ".cjs", ".css")
BINARY = tuple(
    ".png .jpg .jpeg .gif .webp .avif .bmp .ico .icns .tif .tiff .heic .svg .psd .sketch .woff .woff2 .ttf .otf .eot"
    " .mp3 .mp4 .m4a .m4v .mov .avi .mkv .webm .wav .ogg .flac .pdf .doc .docx .xls .xlsx .ppt .pptx .odt .glb .gltf"
    " .zip .gz .tgz .bz2 .xz .zst .7z .rar .tar .jar .war .apk .ipa .aab .exe .dll .so .dylib .a .o .lib .class .pyc"
    " .pyo .pyd .wasm .node .sqlite .sqlite3 .parquet .arrow .npy .npz .pkl .onnx .pt .h5 .fbx".split()
)


@dataclass(frozen=True, slots=True)
class Tree:
    """What stands in a folder. `files` maps paths, in order, to their text; `unread` are the paths of plain files
    whose text is not read (pictures, lock files, too large, ...); `left_out` tells the owner why, one line a reason.

    Paths are relative to the root with forward slashes. A character that cannot be printed is written as its escape
    (`\\n`), so a path never carries a line break or a terminal's command into a report.
    """

    files: Mapping[str, str]
    unread: tuple[str, ...]
    left_out: tuple[NotExamined, ...]


def read_tree(root: Path) -> Tree:
    """Read the text files below a folder (which itself may be a link).

    Text is UTF-8, or UTF-16 where its mark says so; what is neither is kept with replacement characters, marks are
    dropped and NUL becomes a space. The same folder always gives the same tree.
    Raises OSError (FileNotFoundError, NotADirectoryError, PermissionError) where root is no folder that we may open.
    """
    walk = _Walk()
    opened = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        walk.folder(opened, "", 0)
    finally:
        os.close(opened)
    nothing = () if walk.files else (NotExamined("files", "nothing to read: the folder holds no text files"),)
    return Tree(walk.files, tuple(walk.unread), (*nothing, *walk.reasons()))


REASONS = {
    "forbidden": ("file or folder that we may not read", "files or folders that we may not read"),
    "broken": ("file or folder that could not be opened", "files or folders that could not be opened"),
    "large": (f"file over {LARGEST_FILE // 1_000_000} MB", f"files over {LARGEST_FILE // 1_000_000} MB"),
    "much": (
        f"file beyond the first {MOST_TEXT // 1_000_000} MB of text",
        f"files beyond the first {MOST_TEXT // 1_000_000} MB of text",
    ),
    "many": (
        f"folder cut off after {MOST_FILES:,} entries in all",
        f"folders cut off after {MOST_FILES:,} entries in all",
    ),
    "deep": (f"folder nested deeper than {DEEPEST}", f"folders nested deeper than {DEEPEST}"),
    "link": ("link, which is never followed", "links, which are never followed"),
    "special": ("pipe, socket or device", "pipes, sockets or devices"),
    "installed": ("folder of installed packages", "folders of installed packages"),
    "vendored": ("folder of libraries copied in", "folders of libraries copied in"),
    "built": ("folder of built or cached output", "folders of built or cached output"),
    "generated": ("minified or generated file", "minified or generated files"),
    "lock": ("lock file", "lock files"),
    "binary": ("picture or other binary file", "pictures or other binary files"),
}


@dataclass(slots=True)
class _Walk:
    files: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    entries: int = 0
    text: int = 0

    def folder(self, opened: int, path: str, depth: int) -> None:
        """Read what stands in an open folder, its files before its folders."""
        with os.scandir(opened) as found:
            entries = sorted(islice(found, MOST_FILES - self.entries + 1), key=lambda entry: entry.name)
        names = {entry.name for entry in entries}
        if path and "pyvenv.cfg" in names:
            self.leave("installed", path.rstrip("/"))
            return
        if self.entries + len(entries) > MOST_FILES:
            self.leave("many", path or ".")
            entries.pop()
        self.entries += len(entries)
        folders = []
        for entry in entries:
            where = path + _printable(entry.name)
            with self.noting_errors(where):
                if entry.is_dir(follow_symlinks=False):
                    folders.append((entry.name, where))
                elif entry.is_file(follow_symlinks=False):
                    self.file(entry.name, where, opened)
                else:
                    self.leave("link" if entry.is_symlink() else "special", where)
        for name, where in folders:
            with self.noting_errors(where):
                self.enter(name, where, opened, depth + 1, _kind_of_folder(name, names, path))

    def enter(self, name: str, where: str, parent: int, depth: int, kind: str) -> None:
        """Go into a folder, unless what is inside is not the app's own."""
        if kind == "history":
            return
        if kind or depth > DEEPEST:
            self.leave(kind or "deep", where)
            return
        opened = os.open(name, HOW_TO_OPEN | os.O_DIRECTORY, dir_fd=parent)
        try:
            self.folder(opened, where + "/", depth)
        finally:
            os.close(opened)

    def file(self, name: str, where: str, parent: int) -> None:
        """Keep a file's text, or say why not."""
        if kind := _kind_of_file(name):
            self.leave(kind, where, is_file=True)
            return
        with os.fdopen(os.open(name, HOW_TO_OPEN, dir_fd=parent), "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                self.leave("special", where)
                return
            data = file.read(LARGEST_FILE + 1 if status.st_size <= LARGEST_FILE else SAMPLE)
        text = _text(data)
        size = max(status.st_size, len(data))
        if text is None:
            self.leave("binary", where, is_file=True)
        elif size > LARGEST_FILE:
            self.leave("large", where, is_file=True, note=f", {size / 1_000_000:,.1f} MB")
        elif name.endswith(MINIFIABLE) and _is_minified(text):
            self.leave("generated", where, is_file=True)
        elif self.text + size > MOST_TEXT:
            self.leave("much", where, is_file=True)
        else:
            self.text += size
            self.files[where] = text

    @contextmanager
    def noting_errors(self, where: str) -> Iterator[None]:
        """Note what the system refuses instead of stopping there."""
        try:
            yield
        except PermissionError:
            self.leave("forbidden", where)
        except OSError:
            self.leave("broken", where)

    def leave(self, kind: str, where: str, is_file: bool = False, note: str = "") -> None:
        """Note what is left out."""
        self.left_out.setdefault(kind, []).append(_short(where) + note)
        if is_file:
            self.unread.append(where)

    def reasons(self) -> Iterator[NotExamined]:
        """One line a reason: how many, and the first three."""
        for kind, (one, many) in REASONS.items():
            if places := self.left_out.get(kind):
                examples = "; ".join(places[:3] + ["..."] * (len(places) > 3))
                yield NotExamined("files", f"{len(places):,} {one if len(places) == 1 else many} ({examples})")


def _kind_of_folder(name: str, siblings: set[str], parent: str) -> str:
    """Why a folder is not the app's own, or nothing. `vendor` and `build` are also good names for one's own code."""
    if name in HISTORY:
        return "history"
    if name in INSTALLED:
        return "installed"
    if name in BUILT or name.endswith(".egg-info") or (name in BUILT_BESIDE_MANIFEST and siblings & MANIFESTS):
        return "built"
    if name == "vendor" and (siblings & VENDORING or parent.rstrip("/").rpartition("/")[2] in BROWSER_FOLDERS):
        return "vendored"
    return ""


def _kind_of_file(name: str) -> str:
    """Why a file is not worth opening, or nothing."""
    if name in LOCKS:
        return "lock"
    lower = name.lower()
    if lower.endswith(BINARY):
        return "binary"
    return "generated" if lower.endswith(GENERATED) else ""


def _text(data: bytes) -> str | None:
    """The text of a file, or None where it is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").replace("\0", " ")
    if b"\0" in data[:SAMPLE]:
        return None
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b" ").decode("utf-8", "replace")


def _is_minified(text: str) -> bool:
    """Whether a script or style sheet is made by a machine: long, and hardly a line break in it."""
    return len(text) > 20_000 and text.count("\n") < len(text) / 500


def _printable(name: str) -> str:
    """A name as it can stand in a report; the escape of what cannot be printed is its own and no other name's."""
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(c if c.isprintable() and c != "\\" else c.encode("unicode_escape").decode() for c in name)


def _short(path: str) -> str:
    return path if len(path) <= 80 else f"{path[:38]}...{path[-38:]}"
