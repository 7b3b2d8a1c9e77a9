"""A branch of our own in the app's repository, and a folder of our own with what stands there.

Nothing is checked out: commits are made from blobs with an index of our own, so no hook and no filter of the repository
ever runs, and the owner's files, index and branches stay as they are. After kill -9 at any moment the branch ends with
the last whole commit; the folder that is left behind is swept away by the next run.

A folder that no commit of a repository holds gets a bare one of ours in `.apprescue/repair.git`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

from apprescue.lab.command import CommandError
from apprescue.lab.git import git, read_batch, start, told
from apprescue.lab.home import hold
from apprescue.lab.repo import Repo, open_repo
from apprescue.lab.undo import NONE, builds_on, undone
from apprescue.model.outcome import NotExamined

PREFIX = "apprescue-work-"
BRANCHES = "refs/heads/rescue/"
OWN = ".apprescue/repair.git"
PLAIN, PROGRAM = "100644", "100755"
NAMES = {f"GIT_{who}_{what}": said for who in ("AUTHOR", "COMMITTER")
         for what, said in (("NAME", "App Rescue"), ("EMAIL", "apprescue@localhost"))}  # fmt: skip
FIRST = {f"GIT_{who}_DATE": "2000-01-01T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}
"""The moment of every first commit that we make ourselves: the same files are the same commit then."""


@dataclass
class Rescue:
    """The branch while it is worked on. `base` is the owner's commit that it starts from, `head` its newest commit,
    `root` the folder of ours in which the app stands as of `head`; `differing` are the owner's files that are not as
    that commit has them."""

    git_dir: Path
    branch: str
    base: str
    head: str
    folder: Path
    inside: str = ""
    is_own: bool = False
    is_dry: bool = False
    differing: tuple[str, ...] = ()
    _modes: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The folder in which the app stands."""
        return self.folder / "tree" / self.inside

    def put(self, texts: Mapping[str, str], gone: Collection[str] = ()) -> None:
        """Write files into our folder and take others out of it; paths are the app's own. Raises OSError, ValueError
        for a path that leads out of it."""
        for path in (*texts, *gone):
            if ".." in PurePosixPath(path).parts or path.startswith("/") or (self.root / path).is_symlink():
                raise ValueError(f"{path} leads out of the app")
        for path, text in texts.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(text.encode("utf-8", "surrogatepass"))
        for path in gone:
            (self.root / path).unlink(missing_ok=True)

    def commit(self, paths: Collection[str], message: str) -> str:
        """Make a commit of these paths as they stand in our folder, and move the branch to it. Raises CommandError."""
        rows = []
        for path in paths:
            full = str(PurePosixPath(self.inside, path))
            if (self.root / path).exists():
                blob = self._git("hash-object", "-w", "--no-filters", "--stdin", given=(self.root / path).read_bytes())
                rows.append(f"{self._modes.get(full, PLAIN)} {blob}\t{full}\0")
            else:
                rows.append(f"0 {NONE}\t{full}\0")
        self._git("update-index", "-z", "--index-info", given="".join(rows).encode("utf-8", "surrogateescape"))
        return self._committed(message)

    def _committed(self, message: str) -> str:
        """A commit of what the index holds; the branch moves to it."""
        made = self._git("commit-tree", self._git("write-tree"), "-p", self.head, given=message.encode())
        if not self.is_dry:
            known = self.head if self._git("for-each-ref", "--format=%(objectname)", self._ref) else NONE
            self._git("update-ref", self._ref, made, known)
        self.head = made
        return made

    def restore(self, paths: Collection[str]) -> None:
        """Put these paths of our folder back to what the branch holds. Raises CommandError."""
        for path in paths:
            (self.root / path).unlink(missing_ok=True)
        full = [str(PurePosixPath(self.inside, path)) for path in paths]
        _lay_out(self.git_dir, self.head, self.folder, full)

    def take_back(self, commit: str, message: str) -> str:
        """Undo one of the branch's commits with a new one, unless that was done, and return the newest; empty where a
        later commit builds on it. Raises CommandError."""
        files = undone(self.git_dir, commit, self.head)
        if files is None:
            return ""
        rows = (f"{mode} {blob}\t{path}\0" for path, (mode, blob) in files.items())
        self._git("update-index", "-z", "--index-info", given="".join(rows).encode("utf-8", "surrogateescape"))
        if self._git("write-tree") == self._git("rev-parse", f"{self.head}^{{tree}}"):
            return self.head
        made = self._committed(message)
        for path in files:
            (self.folder / "tree" / path).unlink(missing_ok=True)
        _lay_out(self.git_dir, self.head, self.folder, list(files))
        return made

    def builds_on(self, commit: str) -> list[str]:
        """The later commit that builds on this one, and those after it that change the same files, oldest first:
        without them it can be undone. Raises CommandError."""
        return builds_on(self.git_dir, commit, self.head)

    def patch(self, commit: str) -> str:
        """A commit as a patch that `git apply` and `git am` take. Raises CommandError."""
        return self._git("format-patch", "-1", "--stdout", "--no-signature", "--no-ext-diff", commit, whole=True)

    def log(self) -> Iterator[tuple[str, str]]:
        """The branch's own commits, oldest first: id and message. Raises CommandError."""
        listed = self._git("log", "--reverse", "-z", "--format=%H%n%B", f"{self.base}..{self.head}", whole=True)
        for one in filter(None, listed.split("\0")):
            name, _, message = one.partition("\n")
            yield name, message.strip()

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self.branch}"

    def _git(self, *arguments: str, given: bytes | None = None, whole: bool = False) -> str:
        return _told(self.git_dir, *arguments, given=given, index=self.folder / "index", whole=whole)


@contextlib.contextmanager
def rescue(root: Path, present: Collection[str], today: date, dry: bool = False) -> Iterator[Rescue]:
    """The rescue branch of the app in a folder, for as long as it is worked on: the newest `rescue/…` that starts from
    the owner's present commit and stands in no checkout of his, else a new one named by the day. `present` are the
    paths of the app's text files. A `dry` one ends without a trace: no branch is made or moved.

    Raises CommandError where git fails, OSError where no folder can be made.
    """
    with _folder() as folder:
        made = _begun(root, folder, present, today)
        made.is_dry = dry
        yield made


@contextlib.contextmanager
def earlier(root: Path, commit: str) -> Iterator[Path]:
    """The app in a folder as a commit of its repository has it, in a folder of ours. Raises CommandError where there is
    no such commit."""
    repo = open_repo(root)
    if isinstance(repo, NotExamined):
        raise CommandError(repo.reason)
    with _folder() as folder:
        name = _told(repo.git_dir, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{commit}}")
        _lay_out(repo.git_dir, name, folder)
        (folder / "tree" / repo.inside).mkdir(parents=True, exist_ok=True)
        yield folder / "tree" / repo.inside


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder of ours, held as long as we live."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
    with hold(folder, os.O_CREAT):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _begun(root: Path, folder: Path, present: Collection[str], today: date) -> Rescue:
    repo = open_repo(root)
    if isinstance(repo, NotExamined) or not _is_kept(repo):
        git_dir, base, inside, is_own = root / OWN, _first(root, folder, present), "", True
    else:
        git_dir, base, inside, is_own = repo.git_dir, repo.commit, repo.inside, False
    branch, head = _branch(git_dir, base, today)
    modes = _lay_out(git_dir, head, folder)
    _told(git_dir, "read-tree", head, index=folder / "index")
    made = Rescue(git_dir, branch, base, head, folder, inside, is_own, _modes=modes)
    made.root.mkdir(parents=True, exist_ok=True)
    if not is_own:
        made.differing = tuple(sorted(_differing(git_dir, f"{base}:{inside}", root, present)))
    return made


def _is_kept(repo: Repo) -> bool:
    """Whether the repository has a commit, and the app's folder is in it."""
    name = f"{repo.commit}:{repo.inside}"
    return bool(repo.commit) and git(repo.git_dir, "cat-file", "-e", name).code == 0


def _branch(git_dir: Path, base: str, today: date) -> tuple[str, str]:
    """The branch to work on and the commit that it stands at."""
    listed = _told(git_dir, "for-each-ref", "--sort=-committerdate", "--format=%(refname) %(objectname)", BRANCHES)
    known = dict(line.split(" ", 1) for line in listed.splitlines())
    taken = {line.split(" ", 1)[1] for line in _told(git_dir, "worktree", "list", "--porcelain").splitlines()
             if line.startswith("branch ")}  # fmt: skip
    for ref, commit in known.items():
        if ref not in taken and git(git_dir, "merge-base", "--is-ancestor", base, commit).code == 0:
            return ref.removeprefix("refs/heads/"), commit
    names = (f"rescue/{today.isoformat()}{f'-{n}' * (n > 1)}" for n in range(1, 1000))
    return next(name for name in names if f"refs/heads/{name}" not in known), base


def _first(root: Path, folder: Path, present: Collection[str]) -> str:
    """A commit of the folder as it stands, in a repository of ours; the same for the same files."""
    git_dir = root / OWN
    if not (git_dir / "HEAD").exists():
        git_dir.parent.mkdir(exist_ok=True)
        (git_dir.parent / ".gitignore").write_text("*\n", "utf-8")
        _told(git_dir, "init", "--bare", "--quiet", str(git_dir))
    index, rows = folder / "first", []
    for path in present:
        with contextlib.suppress(OSError):
            blob = _told(git_dir, "hash-object", "-w", "--no-filters", "--stdin", given=(root / path).read_bytes())
            rows.append(f"{PLAIN} {blob}\t{path}\0")
    _told(git_dir, "update-index", "-z", "--index-info", given="".join(rows).encode("utf-8"), index=index)
    tree = _told(git_dir, "write-tree", index=index)
    return _told(git_dir, "commit-tree", tree, "-m", "The app as it was", settings=FIRST)


def _lay_out(git_dir: Path, commit: str, folder: Path, only: Collection[str] = ()) -> dict[str, str]:
    """Write the plain files of a commit below the folder, or some of them; their modes by path."""
    listed = _told(git_dir, "ls-tree", "-r", "-z", "--full-tree", commit, *(["--", *only] if only else []), whole=True)
    modes: dict[str, str] = {}
    wanted: list[tuple[str, str]] = []
    for row in filter(None, listed.split("\0")):
        about, _, path = row.partition("\t")
        mode, _, blob = about.split(" ")
        if mode in (PLAIN, PROGRAM):
            modes[path] = mode
            wanted.append((blob, path))
    if wanted:
        asked = "".join(f"{blob}\n" for blob, _ in wanted).encode()
        reading = start(git_dir, "cat-file", "--batch", "--buffer", given=asked, streaming=True, seconds=120)
        for (_, path), (_, data) in zip(wanted, read_batch(reading.out), strict=True):
            target = folder / "tree" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        reading.result()
    return modes


def _differing(git_dir: Path, tree: str, root: Path, present: Collection[str]) -> Iterator[str]:
    """Those of the owner's files that are not as the commit has them."""
    listed = _told(git_dir, "ls-tree", "-r", "-z", "--full-tree", tree, whole=True)
    kept = {path: about.split(" ")[2] for about, _, path in (row.partition("\t") for row in listed.split("\0") if row)}
    asked = [path for path in present if path in kept and (root / path).is_file() and "\n" not in path]
    given = "".join(f"{root.resolve() / path}\n" for path in asked).encode("utf-8", "surrogateescape")
    ids = _told(git_dir, "hash-object", "--no-filters", "--stdin-paths", given=given).split() if asked else []
    yield from (path for path, name in zip(asked, ids, strict=True) if kept[path] != name)


def _told(
    git_dir: Path,
    *arguments: str,
    given: bytes | None = None,
    index: Path | None = None,
    whole: bool = False,
    settings: Mapping[str, str] | None = None,
) -> str:
    place = {"GIT_INDEX_FILE": str(index)} if index else {}
    return told(git_dir, *arguments, given=given, whole=whole, settings={**NAMES, **place, **(settings or {})})


def _sweep() -> None:
    """Take away the folders of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), hold(folder) as held:
            if held and folder.lstat().st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)
