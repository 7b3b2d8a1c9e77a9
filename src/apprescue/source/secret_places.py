"""Where a leak stands, seen by who can read it: the browser, the app's own code, an env file, or the repository."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Literal

from apprescue.model.app import App
from apprescue.model.leak import Leak, redacted
from apprescue.source.quiet import is_env_file, is_prose
from apprescue.source.rotation import rotation
from apprescue.source.settings import CODE
from apprescue.source.sides import side_of

Home = Literal["browser", "env file", "password", "repository"]
_SERVED = re.compile(r"(?:^|/)(?:public|static|www|htdocs|public_html)/|(?:^|/)index\.html$")
_SCRIPT = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", ".astro")


def home_of(leak: Leak, files: Mapping[str, str]) -> Home:
    """Which check speaks of a leak, so that each is told once."""
    path = leak.place.path
    if is_env_file(path):
        return "env file"
    if leak.rule in ("named-password", "credential-file") and "hash" not in leak.what:
        if posixpath.splitext(path)[1].lower() in CODE and leak.what.startswith("password"):
            return "password"
        return "repository"
    return "browser" if is_shipped(path, files) else "repository"


def is_shipped(path: str, files: Mapping[str, str]) -> bool:
    """Whether the file, or what is built of it, is sent to every visitor."""
    if path.endswith(_SCRIPT):
        return side_of(path, files) == "browser"
    return bool(_SERVED.search(path)) and path.endswith((".html", ".js", ".json", ".txt", ".xml"))


def named(leak: Leak, first: bool = False) -> str:
    """A leak in words, `first` in a sentence or not: "a live Stripe secret key, sk_l…[hidden],"."""
    owner = "" if leak.provider in ("your own", "a private key", "a database", "a session") else f"{leak.provider} "
    what = leak.what if not leak.what.startswith("live ") else leak.what[5:]
    kind = (
        "test "
        if leak.kind == "test" and not what.startswith("test")
        else "live "
        if owner and leak.kind == "live"
        else ""
    )
    words = f"{kind}{owner}{what}"
    article = "an" if words[0].lower() in "aeiou" else "a"
    called = f" ({leak.name})" if leak.name.isupper() else ""
    article = article.capitalize() if first else article
    return f"{article} {words}{called}, {redacted(leak.value)},"


def users(leak: Leak, app: App) -> str:
    """Which code uses a leak, by the name of its setting; empty where that is not known."""
    readers = [read.place for read in app.env_reads if leak.name and read.name == leak.name]
    if not readers:
        return ""
    more = len(readers) - 1
    return f" It is read in {readers[0]}" + (f" and {more} more place{'s' * (more > 1)}" if more else "") + "."


def repair(leak: Leak, then: str) -> str:
    """The provider's rotation steps, then what to change in the app."""
    return f"{rotation(leak.provider)} {then}"


def groups(leaks: tuple[Leak, ...], files: Mapping[str, str], home: Home) -> Iterator[tuple[Leak, str]]:
    """The secrets of one home that matter, each with its cause: the value, or the file where many of a kind stand."""
    chosen = [leak for leak in leaks if leak.is_secret and not leak.quiet and home_of(leak, files) == home]
    for leak in chosen:
        alike = sum(one.place.path == leak.place.path and one.what == leak.what for one in chosen)
        yield leak, f"{leak.place.path} {leak.what}" if alike > 3 else leak.value


def is_written_down(leak: Leak) -> bool:
    """Whether it stands in a text for people, where nobody thinks of looking for it."""
    return is_prose(leak.place.path)
