"""A password that stands in the code is read from the environment, and a given one is drawn by chance.

A comparison with a literal becomes one with a setting, and is never true where that is not set. A seed asks for the
password by name. Elsewhere an account that was given a fixed password gets a random one, for a link to set its own.
Code of the browser is left, and so is a password that is only a part of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.leak import Leak
from apprescue.model.patch import Change, Edit, Safety, Todo
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.env_example import asked_for
from apprescue.source.javascript import parse
from apprescue.source.missing_setting import read_instead
from apprescue.source.python import parse as parse_python
from apprescue.source.secret_places import is_shipped
from apprescue.source.syntax import SCRIPTS
from apprescue.source.written_secrets import told_by

_PASSWORD = re.compile(r"(?i)pass(?:word|wd|code|phrase)$")
_HASHES = re.compile(r"(?i)hash(?:Sync|_?password)?$|set_?password$|hashpw$|make_password$|password_hash$")
_OS = re.compile(r"^import os\b", re.M)
_ADMIN = re.compile(r"admin|root|superuser|owner|staff", re.I)
_CLIENT = re.compile(r"(?i)\w*(?:supabase|client)_?admin\w*|admin_?client|auth\.admin")
_SEED = re.compile(r"(?:^|[/_.-])(?:seed\w*|fixtures?|db-reset|reset-db|populate|bootstrap|scripts?)(?:[/_.-]|$)", re.I)


@fix("secrets/default_password", title="Take a fixed password out of the code", safety=Safety.REVIEW)
def ask_for_password(finding: Finding, app: App, leaks: tuple[Leak, ...]) -> Changes:
    """The edits of every place that the finding names, then whom to give another password."""
    places = [p for p in (finding.place, *finding.related) if isinstance(p, Code)]
    values = {(leak.place.path, leak.place.line): leak for leak in told_by(finding, leaks)}
    changes: list[Change] = []
    for path in dict.fromkeys(p.path for p in places):
        if path.endswith((".py", *SCRIPTS)) and not is_shipped(path, app.files):
            changes += _in_file(app, path, [p for p in places if p.path == path], values)
    yield from changes
    if changes:
        yield Todo("Change the password of every account that was made with the fixed one: it stays in git's history.")


def _in_file(app: App, path: str, places: list[Code], values: dict[tuple[str, int], Leak]) -> Iterator[Change]:
    text = app.files.get(path, "")
    python = path.endswith(".py")
    tops = parse_python(text) if python else parse(text, jsx=not path.endswith(".ts"))
    nodes = [node for top in tops for node in top.walk()]
    read: list[tuple[t.Node, str]] = []
    compared: list[str] = []
    for place in places:
        name = "ADMIN_PASSWORD" if _ADMIN.search(_CLIENT.sub("", app.excerpt(place, around=8))) else "SEED_PASSWORD"
        leak = values.get((path, place.line))
        for node in (n for n in nodes if n.line == place.line):
            if isinstance(node, t.Binary) and _is_comparison(node) and (not python or _OS.search(text)):
                named = name if name == "ADMIN_PASSWORD" else "ACCESS_PASSWORD"
                compared.append(named)
                yield _compared(path, text, node, named)
            elif isinstance(node, t.Call) and node.args and _is_text(node.args[0]) and _HASHES.search(_called(node)):
                if _SEED.search(path):
                    read.append((node.args[0], name))
                elif not python:
                    yield Edit(path, node.args[0].start, node.args[0].end, "crypto.randomUUID()")
            elif leak is not None and isinstance(node, t.Literal) and node.value == leak.value and _gives(path, text):
                yield Edit(path, node.start, node.end, "crypto.randomUUID()")
            elif leak is not None and isinstance(node, t.Literal) and node.value == leak.value:
                read.append((node, leak.name if re.fullmatch(r"[A-Z][A-Z0-9_]+", leak.name) else name))
    if read:
        yield from read_instead(app, path, read)
    if names := dict.fromkeys([*compared, *(name for _, name in read)]):
        yield from asked_for(app, path, names)
        yield Todo(f"Set {', '.join(names)} where this runs, to a long random text of your own.")


def _gives(path: str, text: str) -> bool:
    """Whether the code of an app, no seed, gives its password to an account that it makes."""
    return path.endswith(SCRIPTS) and not _SEED.search(path) and ".createUser(" in text


def _is_comparison(node: t.Binary) -> bool:
    """Whether a password that was sent is compared with a literal."""
    left = node.left
    name = left.id if isinstance(left, t.Name) else left.name if isinstance(left, t.Member) else ""
    return node.op in ("==", "!=") and _is_text(node.right) and bool(_PASSWORD.search(name))


def _compared(path: str, text: str, node: t.Binary, name: str) -> Edit:
    code = text.encode("utf-8", "surrogatepass")
    before = code[node.start : node.right.start].decode("utf-8", "surrogatepass")
    after = code[node.right.end : node.end].decode("utf-8", "surrogatepass")
    if path.endswith(".py"):
        read = f'os.environ.get("{name}")'
        asked, word = (f"not {read}", "or") if node.op == "!=" else (f"{read}", "and")
    else:
        read = f'Deno.env.get("{name}")' if "Deno." in text else f"process.env.{name}"
        asked, word = (f"!{read}", "||") if node.op == "!=" else (f"!!{read}", "&&")
    return Edit(path, node.start, node.end, f"({asked} {word} {before}{read}{after})")


def _called(node: t.Call) -> str:
    callee = node.callee
    return callee.name if isinstance(callee, t.Member) else callee.id if isinstance(callee, t.Name) else ""


def _is_text(node: t.Node) -> bool:
    return isinstance(node, t.Literal) and isinstance(node.value, str) and len(node.value) > 2
