"""Which names of a file hold a setting of the environment, and which of them are secrets."""

from __future__ import annotations

import re

from apprescue.source import tree as t
from apprescue.source.javascript import parse
from apprescue.source.python import parse as parse_python
from apprescue.source.refusals import Body

KEY = re.compile(
    r"(?i)secret|signature|signing|hmac|token|password|api_?key|(?:webhook|cron|auth)\w*key|_key$|^key$|Key$"
)
_SENT = re.compile(r"(?i)signature|secret|token|authorization|^auth|header|provided")


def settings_in(body: Body) -> dict[str, str]:
    """The names of the file that hold a setting, each with the setting's name."""
    tops = parse_python(body.text) if body.python else parse(body.text, jsx=not body.path.endswith(".ts"))
    found: dict[str, str] = {}
    for node in (n for top in tops for n in top.walk()):
        if isinstance(node, t.Assign) and node.value is not None and (name := setting(node.value)):
            target = node.target
            if isinstance(target, t.Name):
                found.setdefault(target.id, name)
            elif isinstance(target, t.Member):
                found.setdefault(target.name, name)
    return found


def setting(node: t.Node) -> str:
    """The environment name that an expression reads, itself or before a fallback."""
    if isinstance(node, t.Binary) and node.op in ("||", "??"):
        return setting(node.left)
    if isinstance(node, t.Member) and isinstance(node.object, t.Member) and node.object.name in ("env", "environ"):
        return node.name
    if isinstance(node, t.Member) and isinstance(node.object, t.Name) and node.object.id in ("settings", "config"):
        return node.name.upper() if node.name.islower() or node.name.isupper() else ""
    if isinstance(node, t.Call) and isinstance(node.callee, t.Name) and node.callee.id == "getattr":
        name = node.args[1] if len(node.args) > 1 else None
        return str(name.value).upper() if isinstance(name, t.Literal) else ""
    if isinstance(node, t.Call) and node.args and isinstance(node.args[0], t.Literal):
        callee = node.callee
        own = callee.name if isinstance(callee, t.Member) else callee.id if isinstance(callee, t.Name) else ""
        of = callee.object if isinstance(callee, t.Member) else None
        read = own == "getenv" or (own == "get" and isinstance(of, t.Member) and of.name in ("env", "environ"))
        return str(node.args[0].value) if read else ""
    return ""


def is_key(node: t.Node, bound: dict[str, str]) -> bool:
    """Whether an expression is a secret, or what a caller sent to show that he knows it, and nothing more."""
    if name := setting(node):
        return bool(KEY.search(name))
    last = node.id if isinstance(node, t.Name) else node.name if isinstance(node, t.Member) else ""
    if last in bound:
        return bool(KEY.search(bound[last]) or KEY.search(last))
    return bool(last) and bool(KEY.search(last) or _SENT.search(last))


def setting_of(node: t.Node, bound: dict[str, str]) -> str:
    """The setting that an expression holds, or that is compared with a literal."""
    if isinstance(node, t.Binary):
        node = node.left
    last = node.id if isinstance(node, t.Name) else node.name if isinstance(node, t.Member) else ""
    return setting(node) or bound.get(last, "")
