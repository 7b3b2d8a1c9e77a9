"""What a database's own clock calls (`cron.schedule`), and how such a call is made to show the server's key."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from apprescue.source.sql_text import inside, without_comments

_TEXT = r"(?:(?P<{0}tag>\$\w*\$)(?P<{0}long>.*?)(?P={0}tag)|'(?P<{0}short>(?:[^']|'')*)')"
_NAMED = r"(?:{}\s*(?::=|=>)\s*)?"
_JOB = re.compile(
    r"(?is)\bcron\s*\.\s*(?:schedule\(\s*"
    rf"{_NAMED.format('job_name')}{_TEXT.format('name')}\s*,\s*"
    rf"{_NAMED.format('schedule')}{_TEXT.format('clock')}\s*,\s*"
    rf"{_NAMED.format('command')}{_TEXT.format('command')}\s*\)|unschedule\(\s*'(?P<gone>[^']+)'\s*\))"
)
_CALL = re.compile(r"(?i)\b(?:(net|extensions)\s*\.\s*)?http_(post|get)\s*\(")
_PLACES = {
    "post": ("url", "body", "params", "headers", "timeout_milliseconds"),
    "get": ("url", "params", "headers", "timeout_milliseconds"),
}
_PG_NET = re.compile(r"(?i)\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?\"?pg_net\b")
_ARGUMENT = re.compile(r"(?is)^(\w+)\s*(?::=|=>)\s*(.+)$")
_TOKEN = re.compile(r"'(?:[^']|'')*'|[()\[\],]")
_BUILT = re.compile(r"(?i)^jsonb?_build_object\s*\(")
_WRITTEN = re.compile(r"(?is)^'(\{.*\})'\s*::\s*jsonb?$")
_SERVER = re.compile(r"(?i)service_?role")
_TOKEN_OF_SUPABASE = re.compile(r"\beyJ[\w-]+\.(eyJ[\w-]+)\.")
_KEPT = re.compile(r"(?is)\bdecrypted_secrets\b\s+where\s+name\s*=\s*'(\w*service_?role\w*)'")
_HEADER = "authorization"


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the database's clock starts: its name, when, and the SQL that it runs."""

    name: str
    clock: str
    command: str

    @property
    def shows_key(self) -> bool:
        """Whether its call sends the server's key as the bearer."""
        sent = self.command.lower()
        return _HEADER in sent and (
            _SERVER.search(sent) is not None or any(map(_is_servers, _TOKEN_OF_SUPABASE.findall(self.command)))
        )

    @property
    def sql(self) -> str:
        """The statement that plans it; one that is planned under the same name already is replaced."""
        name, clock = (one.replace("'", "''") for one in (self.name, self.clock))
        tag = next(tag for tag in ("$$", "$job$", "$planned$") if tag not in self.command)
        return f"select cron.schedule('{name}', '{clock}', {tag}{self.command}{tag});\n"


def jobs_of(scripts: Iterable[str]) -> list[Job]:
    """The jobs that stand after all scripts of a history have run, in their order."""
    found: dict[str, Job] = {}
    for script in scripts:
        for one in _JOB.finditer(without_comments(script)):
            if one["gone"]:
                found.pop(one["gone"], None)
            else:
                name, clock, command = (_value(one, part) for part in ("name", "clock", "command"))
                found[name] = Job(name, clock, command)
    return list(found.values())


def without_jobs(script: str) -> str:
    """A script without its comments and without what it plans."""
    return _JOB.sub("", without_comments(script))


def with_key(job: Job, scripts: Sequence[str]) -> Job | None:
    """The job with the server's key as the bearer, read from the vault; None where it calls in another way."""
    calls = list(_CALL.finditer(job.command))
    if len(calls) != 1:
        return None
    call, given = calls[0], inside(job.command, calls[0].end() - 1)
    sent = _named(call, given, scripts)
    key = f"'Bearer ' || (select decrypted_secret from vault.decrypted_secrets where name = '{kept_key(scripts)}')"
    headers = _with_bearer(sent.pop("headers", ""), key)
    if not headers or "url" not in sent:
        return None
    rows = ",\n".join(f"    {name} := {value}" for name, value in {"url": "", "headers": headers, **sent}.items())
    end = job.command.index(given, call.end()) + len(given)
    made = f"net.http_{call[2].lower()}(\n{rows}\n  "
    return replace(job, command=f"{job.command[: call.start()]}{made}{job.command[end:].lstrip()}")


def kept_key(scripts: Iterable[str]) -> str:
    """What the vault calls the server's key, as calls of the app read it."""
    return next((found[1] for one in scripts if (found := _KEPT.search(one))), "service_role_key")


def _named(call: re.Match[str], given: str, scripts: Sequence[str]) -> dict[str, str]:
    """What a call is given, by name; nothing where it cannot be said for `net`. The other extension's calls, which take
    no headers, are those of `net` in an app that has it."""
    names, of_net = _PLACES[call[2].lower()], (call[1] or "").lower() == "net"
    parts = [(_ARGUMENT.match(one), one) for one in _parts(given)]
    if of_net and len(parts) <= len(names):
        plain = {name: one for name, (named, one) in zip(names, parts, strict=False) if not named}
        return plain | {named[1].lower(): named[2].strip() for named, _ in parts if named}
    known = any(_PG_NET.search(one) for one in scripts)
    plain_text = parts[0][1] if parts and not any(named for named, _ in parts) else ""
    empty = len(parts) < 2 or re.match(r"'(?:\{\s*\})?'", parts[1][1]) is not None
    return {"url": plain_text} if known and not of_net and empty and plain_text.startswith("'") else {}


def _value(found: re.Match[str], part: str) -> str:
    return found[f"{part}long"] if found[f"{part}tag"] else found[f"{part}short"].replace("''", "'")


def _is_servers(payload: str) -> bool:
    try:
        told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(told, dict) and told.get("role") == "service_role"


def _parts(text: str) -> Sequence[str]:
    """A list's parts, cut at the commas that stand outside of brackets."""
    cuts, depth = [0], 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in "([") - (token[0] in ")]")
        if token[0] == "," and depth == 0:
            cuts.append(token.end())
    ends = [*(cut - 1 for cut in cuts[1:]), len(text)]
    return [text[a:b].strip() for a, b in zip(cuts, ends, strict=True)]


def _with_bearer(headers: str, key: str) -> str:
    """Headers with the key as the bearer, whatever they sent as one before."""
    if not headers:
        return f"jsonb_build_object('Content-Type', 'application/json', 'Authorization', {key})"
    pairs = list(_pairs(headers))
    if not pairs:
        return ""
    kept = [f"{name}, {value}" for name, value in pairs if name.strip("'").lower() != _HEADER]
    return f"jsonb_build_object({''.join(f'{one}, ' for one in kept)}'Authorization', {key})"


def _pairs(headers: str) -> Iterator[tuple[str, str]]:
    """The names and values of headers, each as SQL; nothing where they are written otherwise."""
    written = _WRITTEN.match(headers)
    if written:
        try:
            told = json.loads(written[1].replace("''", "'"))
        except ValueError:
            return
        yield from ((f"'{name}'", "'{}'".format(str(value).replace("'", "''"))) for name, value in told.items())
    elif _BUILT.match(headers):
        parts = _parts(inside(headers, 0))
        whole = headers.endswith(")") and len(parts) % 2 == 0
        yield from zip(parts[::2], parts[1::2], strict=True) if whole else ()
