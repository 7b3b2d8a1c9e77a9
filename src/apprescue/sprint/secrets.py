"""Looks for secrets: the laboratory's engine sees what looks like one, the rules of `source` judge it.

Both searches run beside everything else from their start until `result` is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from apprescue.lab import leaks as engine
from apprescue.lab.command import CommandError
from apprescue.lab.repo import Repo, open_repo
from apprescue.model.app import App
from apprescue.model.leak import Leak, Redactor
from apprescue.model.outcome import NotExamined
from apprescue.source.credentials import is_credential_file
from apprescue.source.files import BINARY
from apprescue.source.leaks import by_reading, judged, without_doubles
from apprescue.source.quiet import is_env_file, is_machine_made
from apprescue.source.secret_kinds import is_placeholder
from apprescue.source.settings import is_wordlike, secret_name

PART = "the folder is only a part of a git repository: audit its top folder to have the older versions looked through"
SHALLOW = "the repository was copied without its older commits; only those that are here were looked through"


class Search:
    """A search through the app's texts under way."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._engine: engine.Scan | None = None
        self._reason = ""
        try:
            self._engine = engine.start({path: text for path, text in files.items() if not is_machine_made(path)})
        except CommandError as error:
            self._reason = str(error)

    def result(
        self, tracked: Container[str] | None = None, aside: Iterable[Leak] | None = None
    ) -> tuple[Leak, ...] | NotExamined:
        """Every leak in the order of places, or why there is no answer.

        `tracked` are the paths that git knows, where there is a git: an env file that is not among them stays on its
        owner's machine, as it should. `aside` is what reading alone tells, where that was read beside us.
        """
        if self._engine is None:
            return NotExamined("secrets", self._reason, failed=True)
        read = list(by_reading_all(self._files) if aside is None else aside)
        try:
            seen = self._engine.result()
        except CommandError as error:
            return NotExamined("secrets", str(error), failed=True)
        found = without_doubles([*judged(seen, self._files), *read])
        return tuple(replace(k, quiet=k.quiet or _is_local(k.place.path, tracked)) for k in found)


class HistorySearch:
    """A search through every text that any branch ever held under way."""

    def __init__(self, repo: Repo | NotExamined, seconds: float) -> None:
        self._answer: tuple[Leak, ...] | NotExamined = NotExamined("history", "the search did not end", failed=True)
        self._gaps: tuple[NotExamined, ...] = ()
        self._thread = threading.Thread(target=self._work, args=(repo, seconds), daemon=True)
        self._thread.start()

    def result(self) -> tuple[Leak, ...] | NotExamined:
        """The leaks with the commits that brought them, in the order of places, or why there is no answer."""
        self._thread.join()
        return self._answer

    def gaps(self) -> tuple[NotExamined, ...]:
        """What of the history was not there to be read, although there is an answer."""
        self._thread.join()
        return self._gaps

    def _work(self, repo: Repo | NotExamined, seconds: float) -> None:
        if isinstance(repo, NotExamined) or repo.inside:
            self._answer = repo if isinstance(repo, NotExamined) else NotExamined("history", PART)
            return
        try:
            past = engine.past(repo, _is_worth, _is_telling, seconds)
            self._gaps = tuple(_gaps(repo, past.missing))
            self._answer = tuple(leak for version in past.versions for leak in _leaks_of(version))
        except CommandError as error:
            self._answer = NotExamined("history", str(error), failed=True)
        except Exception as error:  # whatever breaks beside us must be said where its answer is asked for
            self._answer = NotExamined("history", f"the search broke: {type(error).__name__}: {error}", failed=True)


def start(files: Mapping[str, str]) -> Search:
    """Begin to look for secrets in the app's texts."""
    return Search(files)


def scan(files: Mapping[str, str], tracked: Container[str] | None = None) -> tuple[Leak, ...] | NotExamined:
    """Look for secrets in the app's texts and wait for the answer."""
    return start(files).result(tracked)


def start_history(repo: Repo | NotExamined, seconds: float = engine.HISTORY_SECONDS) -> HistorySearch:
    """Begin to look for secrets in a repository's history; where there is none, its reason is the answer."""
    return HistorySearch(repo, seconds)


def scan_history(root: str | Path, seconds: float = engine.HISTORY_SECONDS) -> tuple[Leak, ...] | NotExamined:
    """Look for secrets in the history of a folder and wait for the answer."""
    return start_history(open_repo(root), seconds).result()


def redactor(app: App, leaks: Iterable[Leak] | None, quoted: Iterable[str] = ()) -> Redactor:
    """What hides the app's secrets in every paper.

    Where no engine looked (`leaks` is None), those hidden are what reading alone tells of the files that are `quoted`.
    """
    known = (
        leaks if leaks is not None else by_reading_all({path: app.files[path] for path in quoted if path in app.files})
    )
    return Redactor(known, {one.value for one in app.env_declared if secret_name(one.name) and _tells(one.value)})


def _tells(value: str) -> bool:
    """Whether a setting's value gives a secret away wherever it stands; a word such as `postgres` also means itself."""
    return value[:1] != "$" and not is_placeholder(value) and not (value.isalpha() and is_wordlike(value))


def by_reading_all(files: Mapping[str, str]) -> Iterator[Leak]:
    """The leaks that reading alone tells of."""
    for path, text in files.items():
        yield from by_reading(path, text)


def _is_local(path: str, tracked: Container[str] | None) -> bool:
    return tracked is not None and path not in tracked and is_env_file(path)


@cache
def _is_worth(path: str) -> bool:
    return not is_machine_made(path) and not path.lower().endswith(BINARY)


def _is_telling(path: str, data: bytes) -> bool:
    return _holds_secrets(path) and next(by_reading(path, data.decode("utf-8", "replace")), None) is not None


@cache
def _holds_secrets(path: str) -> bool:
    return is_env_file(path) or is_credential_file(path)


def _leaks_of(version: engine.Version) -> tuple[Leak, ...]:
    path, text, commit = version.path, version.text, version.commit
    read = (replace(leak, commit=commit) for leak in (by_reading(path, text) if _holds_secrets(path) else ()))
    return without_doubles([*judged(version.sightings, {path: text}, commit), *read])


def _gaps(repo: Repo, missing: int) -> Iterator[NotExamined]:
    if repo.is_shallow:
        yield NotExamined("history", SHALLOW)
    if missing:
        yield NotExamined("history", f"{missing:,} part{'s' * (missing > 1)} of the history that the repository lacks")
