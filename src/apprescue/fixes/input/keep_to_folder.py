"""A file's name from a request is reduced to its last part, so that it stays in its folder.

Done where the last part of a path is one name: a text without slashes, or what is called a name, an id or a slug. Where
it may be meant to hold folders, or where the folder itself comes from the request, the path is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.imports import Needed, with_imports

_OPENS = re.compile(
    r"^(?:readFile|writeFile|unlink|createReadStream|createWriteStream|rm|appendFile|stat)(?:Sync)?$"
    r"|^(?:sendFile|download|FileResponse|send_file|open|remove|unlink)$"
)
_ONE = re.compile(r"(?i)(?:name|id|slug|handle|uuid)$")
_PATHS = ("path", "node:path")


@fix("input/path_from_input", title="Keep a file's name within its folder", safety=Safety.REVIEW)
def keep_to_folder(finding: Finding, app: App) -> Changes:
    """The name's last part instead of the name, and the import that it needs."""
    place = finding.place
    file = hand(app, place.path) if isinstance(place, Code) else None
    if file is None or not isinstance(place, Code):
        return
    call = next((c for c in file.calls(place) if c.args and _OPENS.match(_last(c.callee))), None)
    path = _meant(file, call.args[0], call) if call else None
    if path is not None:
        yield from _reduced(file, path)


def _reduced(file: Handwriting, path: t.Node) -> Iterator[Edit]:
    """The edits of the path's last part; none where it is not one name."""
    if isinstance(path, t.Call) and _last(path.callee) in ("join", "resolve") and len(path.args) > 1:
        if not _is_one(file, path.args[-1]):
            return
        base, needed = _basename(file, path)
        yield file.instead(path.args[-1], f"{base}({file.of(path.args[-1])})")
    elif isinstance(path, t.Template):
        parts = _behind_slash(path)
        if not parts or not all(_is_one(file, one) for one in parts):
            return
        base, needed = _basename(file, None)
        whole = "str" if file.is_python else "String"
        yield from (file.instead(one, f"{base}({whole}({file.of(one)}))") for one in parts)
    elif isinstance(path, t.Binary) and path.op in ("/", "+") and _is_one(file, path.right):
        base, needed = _basename(file, None)
        yield file.instead(path.right, f"{base}({file.of(path.right)})")
    else:
        return
    yield from needed


def _meant(file: Handwriting, node: t.Node, at: t.Node) -> t.Node:
    """What a name was given last in the function around it, or the node itself."""
    function = file.function(at)
    if not isinstance(node, t.Name) or function is None:
        return node
    given = [
        one.value
        for one in function.walk()
        if isinstance(one, t.Assign) and one.value and isinstance(one.target, t.Name)
        if one.target.id == node.id and one.end <= at.start
    ]
    return given[-1] if len(given) == 1 else node


def _is_one(file: Handwriting, node: t.Node) -> bool:
    """Whether a part of a path is one name, as far as its own hand tells."""
    meant = _meant(file, node, node)
    if isinstance(meant, t.Template):
        return not any("/" in str(one.value) for one in meant.pieces if isinstance(one, t.Literal))
    return isinstance(node, t.Name | t.Member) and bool(_ONE.search(_last(node)))


def _behind_slash(path: t.Template) -> list[t.Node]:
    """The parts of a text behind its last slash; none where a part stands before the first one."""
    slashes = [n for n, one in enumerate(path.pieces) if isinstance(one, t.Literal) and "/" in str(one.value)]
    return [one for one in path.pieces[slashes[-1] :] if not isinstance(one, t.Literal)] if slashes else []


def _basename(file: Handwriting, join: t.Call | None) -> tuple[str, list[Edit]]:
    """How the file calls the function that takes the last part, and the edits that bring it in."""
    if file.is_python:
        return "os.path.basename", list(file.needs("os"))
    beside = dotted(join.callee).rpartition(".")[0] if join else ""
    if beside:
        return f"{beside}.basename", []
    module = next((name for name in _PATHS if file.imports(name)), "")
    names = dict(found.names) if module and (found := file.imports(module)) else {}
    whole = names.get("default") or names.get("*")
    if whole:
        return f"{whole}.basename", []
    needed = [Needed("basename", module or "path")]
    return "basename", list(with_imports(file.path, file.text, file.top, needed))


def _last(node: t.Node) -> str:
    return node.id if isinstance(node, t.Name) else node.name if isinstance(node, t.Member) else ""
