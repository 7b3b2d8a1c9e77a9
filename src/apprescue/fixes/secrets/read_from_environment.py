"""A secret that is written down is taken out: server code reads it from the environment, a text names its setting.

In JavaScript, TypeScript and Python that runs on a server, the whole literal (the secret, or a database's address with
it) becomes a read that refuses to go on without; in texts for people the value becomes the setting's name in angle
brackets. Code of the browser, settings files and a secret that is only a part of another literal are left. What was
committed stays in git's history: every secret has to be replaced where it was issued, and the steps for that are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.leak import Leak
from apprescue.model.patch import Change, Edit, Safety, Todo
from apprescue.source import tree as t
from apprescue.source.env_example import asked_for
from apprescue.source.javascript import parse
from apprescue.source.missing_setting import read_instead
from apprescue.source.python import parse as parse_python
from apprescue.source.quiet import is_prose
from apprescue.source.rotation import rotation
from apprescue.source.secret_places import is_shipped, named
from apprescue.source.syntax import SCRIPTS
from apprescue.source.written_secrets import setting_name, spots, told_by


@fix("secrets/key_in_repository", title="Take a secret out of the repository", safety=Safety.REVIEW)
def read_from_environment(finding: Finding, app: App, leaks: tuple[Leak, ...]) -> Changes:
    """The edits of every file that the finding names, then what to do where the secret was issued."""
    found = told_by(finding, leaks)
    cleared: list[Leak] = []
    changed: dict[Edit, None] = {}
    for path in dict.fromkeys(leak.place.path for leak in found):
        own = [leak for leak in found if leak.place.path == path]
        edits = list(_of_text(app, path, own) if is_prose(path) else _of_code(app, path, own))
        changed |= dict.fromkeys(edits)
        cleared += own if edits else []
    yield from changed
    told: dict[str, Change] = {}
    for leak in cleared:
        text = f"Replace {named(leak).rstrip(',')}: it stays in git's history. {rotation(leak.provider)}"
        told.setdefault(leak.value, Todo(text))
    yield from dict.fromkeys(told.values())


def _of_text(app: App, path: str, own: Sequence[Leak]) -> Iterator[Edit]:
    text = app.files.get(path, "")
    taken: set[tuple[int, int]] = set()
    for leak in sorted(own, key=lambda one: -len(one.value)):
        for start, end in spots(text, leak):
            if all(end <= a or b <= start for a, b in taken):
                taken.add((start, end))
                inside = text.encode("utf-8", "surrogatepass")[end : end + 1] == b"@"
                yield Edit(path, start, end, "<PASSWORD>" if inside else f"<{setting_name(leak, app)}>")


def _of_code(app: App, path: str, own: Sequence[Leak]) -> Iterator[Edit]:
    if not path.endswith((".py", *SCRIPTS)) or is_shipped(path, app.files):
        return
    text = app.files.get(path, "")
    tops = parse_python(text) if path.endswith(".py") else parse(text, jsx=not path.endswith(".ts"))
    nodes = [n for top in tops for n in top.walk() if isinstance(n, t.Literal) and isinstance(n.value, str)]
    found = [(node, setting_name(leak, app)) for leak in own for node in nodes if _is_secret(str(node.value), leak)]
    if found and all(name for _, name in found):
        yield from read_instead(app, path, found)
        yield from asked_for(app, path, [name for _, name in found])


def _is_secret(value: str, leak: Leak) -> bool:
    """Whether a literal is the secret, or the whole address of a database with the password in it."""
    address = leak.rule == "address" and re.match(r"[a-z][\w+.-]*://", value) is not None
    return value == leak.value or (address and f":{leak.value}@" in value)
