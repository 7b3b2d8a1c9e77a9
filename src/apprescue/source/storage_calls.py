"""What the app's own code does with stored files: into which bucket, under which names, asked for how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apprescue.source import tree as t
from apprescue.source.javascript import parse
from apprescue.source.project import SCRIPTS

_ASKS = re.compile(r"\.storage\b")
_SERVICE = re.compile(r"(?i)service_?role")
_CALLER = re.compile(r"(?i)^(?:user|my|owner|auth|creator|account|profile|current_?user)?_?(?:id|uid)$")
_PERSON = re.compile(r"(?i)user|auth|session|account|me\b|profile")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class StorageCall:
    """A call on a bucket's files with the caller's own rights. `bucket` is None where the code works it out; `own`
    tells whether the file's name begins with a folder named by a person's id."""

    verb: str
    bucket: str | None
    own: bool
    path: str
    line: int


def storage_calls(files: Mapping[str, str]) -> Iterator[StorageCall]:
    """Every call on files of the storage in code that does not hold the service key."""
    for path, text in files.items():
        if path.endswith(SCRIPTS) and _ASKS.search(text) and not _SERVICE.search(text):
            nodes = [inner for node in parse(text, jsx=not path.endswith(".ts")) for inner in node.walk()]
            given = [node for node in nodes if isinstance(node, t.Assign) and isinstance(node.target, t.Name)]
            for node in nodes:
                if isinstance(node, t.Call) and isinstance(node.callee, t.Member):
                    yield from _call(node, node.callee, given, path)


def _call(node: t.Call, callee: t.Member, given: Sequence[t.Assign], path: str) -> Iterator[StorageCall]:
    """`<client>.storage.from(bucket).verb(name, ...)`."""
    match callee.object:
        case t.Call(callee=t.Member(name="from", object=t.Member(name="storage")), args=args):
            named = _value(args[0], given, node.line) if args else None
            bucket = str(named.value) if isinstance(named, t.Literal) else None
            own = bool(node.args) and _is_own(node.args[0], given, node.line, _DEEPEST)
            yield StorageCall(callee.name, bucket, own, path, node.line)


def _value(node: t.Node, given: Sequence[t.Assign], line: int) -> t.Node:
    """What a name was given last before a line; anything else is itself."""
    if not isinstance(node, t.Name):
        return node
    known = [one for one in given if isinstance(one.target, t.Name) and one.target.id == node.id and one.line <= line]
    return max(known, key=lambda one: one.line).value or node if known else node


def _is_own(node: t.Node, given: Sequence[t.Assign], line: int, deep: int) -> bool:
    """Whether a file's name begins with a person's id and a slash."""
    value = _value(node, given, line)
    if isinstance(value, t.Template):
        pieces = [one for one in value.pieces if not (isinstance(one, t.Literal) and one.value == "")]
        if len(pieces) > 1 and isinstance(pieces[1], t.Literal) and str(pieces[1].value).startswith("/"):
            return _is_caller(pieces[0], given, line)
        return bool(pieces) and deep > 0 and isinstance(pieces[0], t.Name) and _is_own(pieces[0], given, line, deep - 1)
    if isinstance(value, t.Binary) and value.op == "+":
        return deep > 0 and _is_own(t.Template([*_added(value)]), given, line, deep - 1)
    return False


def _added(node: t.Node) -> Iterator[t.Node]:
    if isinstance(node, t.Binary) and node.op == "+":
        yield from _added(node.left)
        yield from _added(node.right)
    else:
        yield node


def _is_caller(node: t.Node, given: Sequence[t.Assign], line: int) -> bool:
    """Whether an expression is a person's id: `userId`, `user.id`, `session.user.id`, or a name given one of them."""
    if isinstance(node, t.Name):
        if node.id.lower() != "id" and _CALLER.match(node.id):
            return True
        value = _value(node, given, line)
        return value is not node and not isinstance(value, t.Name) and _is_caller(value, given, line)
    if isinstance(node, t.Member) and _CALLER.match(node.name):
        holder = node.object
        named = holder.id if isinstance(holder, t.Name) else holder.name if isinstance(holder, t.Member) else ""
        return bool(named) and (node.name.lower() != "id" or bool(_PERSON.search(named)))
    return False
