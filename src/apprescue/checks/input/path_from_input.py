"""A file name in a request can reach any file of the server.

What we look at: paths for reading, writing, deleting or sending files that are put together with a name from the
request, where nothing reduces it to a bare file name or checks that the path stays inside its folder.
Why it matters: `../../.env` is a file name too: keys, source code and other people's uploads are read or overwritten.
How to repair: take only the last part of the name (`path.basename`, `secure_filename`), join it to the folder, and
check that the resolved path still starts with the folder. Better: keep files under names of your own and look them up
by id.
When it is fine: names that the server itself made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Value
from apprescue.source import known

_FILES = known.Names(
    r"(?:fs(?:/promises)?\.(?:promises\.)?(?:readFile|writeFile|unlink|createReadStream|createWriteStream|rm|appendFile|stat)(?:Sync)?|"
    r"response\.(?:sendFile|download)|FileResponse|send_file|(?:^|\.)open|os\.remove|os\.unlink|(?<!\w)Path|pathlib\.Path|"
    r"aiofiles\.open|Deno\.(?:readFile|readTextFile|writeFile))$"
)
_ANY = ("path", "query", "body")
_JOINS = re.compile(r"(?:path\.(?:join|resolve)|os\.path\.join)$")
_SAFE = re.compile(r"(?i)basename|secure_filename|sanitiz|resolve\(\)\.name|extname|uuid|slugify")


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-22",),
    owasp=("A01:2025",),
)
def path_from_input(app: App) -> Iterator[Seen]:
    seen: set[Place] = set()
    several = {id(r.trace) for r in app.routes if "path:" in r.path or ":path" in r.path}
    for trace in app.traces:
        if trace.side == "server":
            for step in trace.steps:
                if step.place in seen or not step.args or not _FILES.search(step.name):
                    continue
                kinds = ("query", "body") if trace.place.path.endswith(".py") and id(trace) not in several else _ANY
                if _chosen(step.args[0], kinds) and not any(map(_looks_where, trace.tests)):
                    seen.add(step.place)
                    yield Seen(step.place, "The path of this file is put together with a name from the request.")


def _chosen(value: Value, kinds: tuple[str, ...]) -> bool:
    """Whether a part of a path comes from the request. In Python a part of an address cannot hold a slash."""
    if value.step is not None:
        if _SAFE.search(value.step.name):
            return False
        if _JOINS.search(value.step.name):
            return any(_chosen(a, kinds) for a in value.step.args)
    if value.op in ("text", "/"):
        return any(_chosen(part, kinds) for part in value.operands)
    if value.name.endswith((".name", ".suffix", ".stem", ".filename")) and value.comes_from("path"):
        return False
    return value.comes_from(*kinds) and "validated" not in value.origins


def _looks_where(test: Value) -> bool:
    """Whether a test looks at where a path leads."""
    if test.step is not None and test.step.method in ("startsWith", "startswith", "is_relative_to", "commonpath"):
        return True
    return any(map(_looks_where, test.operands)) or test.name.endswith(".parents")
