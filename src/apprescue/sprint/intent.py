"""What the owner says is meant: `[intent]` in the app's `.apprescue.toml`, read by every audit, written by `ask`.

    [intent]
    tables.donations.public = true         # every visitor may read its rows
    tables.posts.public_when = "is_draft = false"
    tables.members.own.job_title = true    # a member may set this column of his own row
    tables.shops.secret.phone = false      # strangers may see this column
    buckets.press-kit.public = true
    functions.count_visit.open = true      # anybody may call it

What stands there holds, whatever the names or rules of the app say.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from apprescue.model.app import App
from apprescue.model.catalog import Catalog
from apprescue.model.intent import Intent, Meant, Question, key_of
from apprescue.source.intent import infer
from apprescue.sprint.suppressions import FILE, SuppressionError

T = TypeVar("T")
Answer = bool | str | tuple[str, ...]

FLAGS = {
    "public": "public",
    "shared": "shared",
    "insert": "user_may_insert",
    "update": "user_may_update",
    "delete": "user_may_delete",
    "anon_insert": "anon_may_insert",
    "anyone_may_change": "anyone_may_change",
}
TEXTS = ("public_when", "shared_when")
LISTS = ("owners", "authors")
COLUMNS = ("own", "secret")
_HEADER = re.compile(r"^[ \t]*\[[ \t]*intent[ \t]*\][ \t]*(?:#.*)?\r?$", re.M)
_ANY_HEADER = re.compile(r"^[ \t]*\[", re.M)
_ABOUT = "# What this app is meant to allow. `apprescue ask` adds to it; change what is wrong."
_SAID = "You said so in .apprescue.toml."


class IntentError(SuppressionError):
    """The answers cannot be followed, or cannot be added to the file. The text says where and why."""


def intent_of(app: App, catalog: Catalog | None = None) -> Intent:
    """What is meant: inferred, and overruled by the owner's answers. Raises IntentError."""
    return answered(infer(app, catalog), read(app.files.get(FILE, "")))


def read(text: str) -> dict[str, Answer]:
    """The answers in the file's text, by key (`tables.donations.public`). Raises IntentError."""
    try:
        said = tomllib.loads(text).get("intent", {})
    except tomllib.TOMLDecodeError as error:
        raise IntentError(f"{FILE} is not TOML: {error}") from error
    if not isinstance(said, dict):
        raise IntentError(f"{FILE}: the answers stand under a line [intent].")
    return dict(_flat(said))


def _flat(said: Mapping[str, Any]) -> Iterator[tuple[str, Answer]]:
    for part, things in said.items():
        if part not in ("tables", "buckets", "functions") or not isinstance(things, dict):
            raise IntentError(
                f"{FILE}: [intent] has {part}, which nothing reads; it has tables, buckets and functions."
            )
        for name, points in things.items():
            if not isinstance(points, dict):
                raise IntentError(
                    f"{FILE}: {key_of(part, name)} wants a point behind it, such as {key_of(part, name)}.public."
                )
            for point, value in points.items():
                yield from _point(part, name, point, value)


def _point(part: str, name: str, point: str, value: object) -> Iterator[tuple[str, Answer]]:
    key = key_of(part, name, point)
    if part == "tables" and point in COLUMNS and isinstance(value, dict):
        for column, flag in value.items():
            yield key_of(part, name, point, column), _checked(key_of(part, name, point, column), flag, bool)
    elif part == "tables" and point in LISTS:
        items = _checked(key, value, list)
        yield key, tuple(_checked(key, item, str) for item in items)
    elif part == "tables" and point in TEXTS:
        yield key, _checked(key, value, str)
    elif (part == "tables" and point in FLAGS) or (part, point) in (("buckets", "public"), ("functions", "open")):
        yield key, _checked(key, value, bool)
    else:
        raise IntentError(f"{FILE}: nothing reads {key} under [intent].")


def _checked(key: str, value: object, kind: type[T]) -> T:
    if not isinstance(value, kind):
        wanted = {bool: "true or false", str: "text in quotes", list: "a list of column names"}[kind]
        raise IntentError(f"{FILE}: {key} must be {wanted}.")
    return value


def answered(intent: Intent, answers: Mapping[str, Answer]) -> Intent:
    """What is meant where the owner's answers overrule what was inferred; questions that he answered are gone."""
    tables = dict(intent.tables)
    buckets = {True: set(intent.public_buckets), False: set(intent.private_buckets)}
    functions = {True: set(intent.open_functions), False: set(intent.closed_functions)}
    for key, value in sorted(answers.items()):
        part, name, *rest = _parts(key)
        if part == "tables":
            full = name if "." in name else f"public.{name}"
            tables[full] = _told(tables.get(full, Meant(full)), rest, value)
        else:
            sides = buckets if part == "buckets" else functions
            full = name if part == "buckets" or "." in name else f"public.{name}"
            sides[bool(value)].add(full)
            sides[not value].discard(full)
    return replace(
        intent,
        tables=tables,
        public_buckets=frozenset(buckets[True]),
        private_buckets=frozenset(buckets[False]),
        open_functions=frozenset(functions[True]),
        closed_functions=frozenset(functions[False]),
        questions=tuple(q for q in intent.questions if q.key not in answers),
    )


def _told(meant: Meant, rest: list[str], value: Answer) -> Meant:
    point, *columns = rest
    changed: dict[str, Any] = {"reasons": {**meant.reasons, (columns or [point])[0]: _SAID}}
    if point in FLAGS:
        changed[FLAGS[point]] = value
    if point == "public":
        changed |= {"public_when": "", "paid": False}
        changed |= {"shared": True, "shared_when": ""} if value else {"shared": meant.shared or False}
    elif point == "shared":
        changed["shared_when"] = ""
    elif point in (*TEXTS, *LISTS):
        changed[point] = value
        changed |= {point.removesuffix("_when"): True} if point in TEXTS and value else {}
    elif point == "own":
        changed["pinned"] = _with(meant.pinned, columns[0], not value)
    elif point == "secret":
        changed |= {"secret": _with(meant.secret, columns[0], bool(value)), "kinds": _kinds(meant, columns[0])}
    return replace(meant, **changed)


def _kinds(meant: Meant, column: str) -> dict[str, str]:
    """What the owner calls private is private, also where somebody publishes the row."""
    return {
        **meant.kinds,
        column: "personal" if meant.kinds.get(column, "contact") == "contact" else meant.kinds[column],
    }


def _with(columns: tuple[str, ...], column: str, there: bool) -> tuple[str, ...]:
    rest = tuple(c for c in columns if c != column)
    return (*rest, column) if there else rest


def _parts(key: str) -> list[str]:
    return [json.loads(p) if p.startswith('"') else p for p in re.findall(r'"(?:[^"\\]|\\.)*"|[A-Za-z0-9_-]+', key)]


def written(text: str, chosen: Iterable[tuple[Question, bool]]) -> str:
    """The file's text with answers added to it, each under its question; nothing that stands there is changed.

    Raises IntentError where they cannot be added to what stands there.
    """
    pairs = [(q, value) for q, value in chosen]
    end = "\r\n" if "\r\n" in text else "\n"
    result = _added(text, end, end.join(one for q, value in pairs for one in _lines(q, value)))
    wanted = {**read(text), **{q.key: value for q, value in pairs}}
    try:
        if _others(result) == _others(text) and read(result) == wanted:
            return result
    except (tomllib.TOMLDecodeError, IntentError):
        pass
    raise IntentError(f"{FILE} is written in a way that we cannot add to; put these lines under [intent] yourself.")


def _added(text: str, end: str, block: str) -> str:
    """The text with a block of lines at the end of `[intent]`, or under a new one at its own end."""
    header = _HEADER.search(text)
    if header is None:
        gap = end * (bool(text) + (bool(text) and not text.endswith("\n")))
        return f"{text}{gap}{_ABOUT}{end}[intent]{end}{block}{end}"
    following = _ANY_HEADER.search(text, header.end())
    stop = len(text[: following.start() if following else len(text)].rstrip(" \t\r\n"))
    return text[:stop] + end + block + (text[stop:] or end)


def _others(text: str) -> dict[str, Any]:
    return {name: value for name, value in tomllib.loads(text).items() if name != "intent"}


def _lines(question: Question, value: bool) -> tuple[str, str, str]:
    seen = f"# Seen: {_comment(question.evidence)}"
    return f"# {_comment(question.text)}", seen, f"{question.key} = {str(value).lower()}"


def _comment(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def standing(root: Path) -> str:
    """The file's text in the app's folder as it stands, empty where there is none. Raises IntentError."""
    path = root / FILE
    if path.is_symlink():
        raise IntentError(f"{FILE} is a link to somewhere else; we leave it alone.")
    try:
        return path.read_bytes().decode("utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise IntentError(f"{FILE} cannot be read: {error}") from error


def save(root: Path, text: str) -> None:
    """Write the file into the app's folder. Raises IntentError where a link stands in its place."""
    standing(root)
    (root / FILE).write_bytes(text.encode("utf-8"))
