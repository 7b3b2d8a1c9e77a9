"""Judges what looks like a secret: what it is, whether it is one, and which of several sightings to keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from apprescue.model.leak import Leak, Sighting
from apprescue.model.place import Code
from apprescue.source.credentials import credentials, is_credential_file
from apprescue.source.made_up import is_made_up
from apprescue.source.quiet import is_env_file, is_machine_made, is_prose, is_quiet
from apprescue.source.secret_kinds import DATABASE, SESSION, is_placeholder, kind_of
from apprescue.source.settings import addresses, is_secret_value, is_wordlike, named_values, secret_name

ADDRESSES = ("generic-credential-uri", "mongodb-connection-string")
_ANYBODYS = re.compile(r"(?i)^(?:p[a@]ss(?:w[o0]rd)?|test|admin|demo|welcome|qwerty)[\W\d]{0,8}$")
_WORDS = {"password": "password", "signing": "secret that signs or encrypts", "key": "access key"}


def judged(sightings: Iterable[Sighting], files: Mapping[str, str], commit: str = "") -> Iterator[Leak]:
    """What an engine saw, as leaks. Placeholders and publishable keys stay in, marked as such."""
    for seen in sightings:
        text = files.get(seen.place.path, "")
        if seen.rule in ADDRESSES:
            line = (_lines(text) + [""] * seen.place.line)[seen.place.line - 1]
            there = _by_address(seen.place.path, line, is_quiet(seen.place.path))
            yield from (replace(leak, place=seen.place, commit=commit) for leak in there)
            continue
        kind = kind_of(seen.rule, seen.value, _setting_at(text, seen), text)
        name = _setting_at(text, seen)
        sure = kind.power == "critical" and seen.rule not in ("private-key", "jwt")
        spoken = seen.rule.startswith("curl-auth") and is_wordlike(seen.value.rpartition(":")[2].strip("\"'"))
        shown = kind is SESSION and (name == "example" or _SHOWN.search(seen.place.path) is not None)
        yield Leak(
            rule=seen.rule,
            provider=kind.provider,
            kind=kind.kind,
            value=seen.value,
            place=seen.place,
            what=kind.what,
            name=name,
            power=kind.power,
            commit=commit,
            quiet=(is_quiet(seen.place.path) and not sure) or shown or spoken,
        )


_SHOWN = re.compile(r"openapi|swagger|postman|insomnia|\.(?:mdx?|mdc|rst|adoc|html?)$", re.I)


@lru_cache(maxsize=4)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def _setting_at(text: str, seen: Sighting) -> str:
    lines = _lines(text)
    line = lines[seen.place.line - 1] if len(lines) >= seen.place.line else ""
    before = line.partition(seen.value.split("\n", 1)[0])[0].rstrip(" \t\"'`:=(")
    return "".join(c for c in before[-60:].split(" ")[-1] if c.isalnum() or c in "_.-")


def by_reading(path: str, text: str) -> Iterator[Leak]:
    """The leaks that a file's format and the names of its settings give away."""
    if is_machine_made(path):
        return
    quiet = is_quiet(path)
    for one in credentials(path, text):
        if one.what == "access key" and is_placeholder(one.value):
            continue
        weak = "hash" in one.what or "login" in one.what or (one.what == "access key" and _ANYBODYS.match(one.value))
        power = "medium" if weak else "high"
        yield _leak("credential-file", one.what, one.value, Code(path, one.line), power=power, quiet=quiet)
    yield from _by_address(path, text, quiet)
    if quiet:
        return
    overridden = "BaseSettings" in text and path.endswith(".py")
    for named in named_values(path, text):
        promise = "" if overridden else secret_name(named.name)
        if promise and is_secret_value(promise, named, path) and not is_made_up(path, text, named):
            power = "high" if promise == "signing" else "medium"
            what = _WORDS[promise]
            name = named.name.strip(" .-/:$")
            yield _leak(f"named-{promise}", what, named.value, Code(path, named.line), name, power)


def _by_address(path: str, text: str, quiet: bool) -> Iterator[Leak]:
    for one in addresses(text):
        strict = not (is_env_file(path) or is_credential_file(path) or path.endswith((".yml", ".ini")))
        if (one.stock and (strict or one.local or is_prose(path))) or (one.local and strict):
            continue
        if is_placeholder(one.password) or len(one.password) < 3:
            continue
        place = Code(path, one.line)
        if one.scheme.startswith(("http", "ftp", "sftp", "ssh", "smtp", "ldap")):
            yield _leak("address", "address with password", one.password, place, quiet=quiet)
        else:
            provider = (
                "Neon" if ".neon." in one.host else "MongoDB" if one.scheme.startswith("mongodb") else "a database"
            )
            power = "medium" if one.local else "critical"
            yield _leak("address", DATABASE.what, one.password, place, "", power, provider, quiet)


def _leak(
    rule: str,
    what: str,
    value: str,
    place: Code,
    name: str = "",
    power: str = "high",
    provider: str = "your own",
    quiet: bool = False,
) -> Leak:
    return Leak(rule, provider, "live", value, place, what, name, power, "", quiet)  # type: ignore[arg-type]


_ORDER = ("address", "credential-file", "named-signing", "named-password", "named-key")


def without_doubles(leaks: Iterable[Leak]) -> tuple[Leak, ...]:
    """One leak where several name the same text on a line, the best informed of them; in the order of places."""
    kept: dict[tuple[str, int, str], list[Leak]] = {}
    for leak in sorted(leaks, key=lambda k: (_ORDER.index(k.rule) if k.rule in _ORDER else -1, k.rule)):
        there = kept.setdefault((leak.place.path, leak.place.line, leak.commit), [])
        if not any(leak.value in other.value or other.value in leak.value for other in there):
            there.append(leak)
    return tuple(leak for _, there in sorted(kept.items()) for leak in there)
