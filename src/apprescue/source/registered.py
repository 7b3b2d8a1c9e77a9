"""Where Express is told of an address, and how a file beside another one is imported."""

from __future__ import annotations

from posixpath import dirname, relpath

from apprescue.model.app import Route
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting
from apprescue.source.written import Language


def registered(file: Handwriting, route: Route) -> t.Call | None:
    """The call that gives an address its handlers: `router.post("/login", ..., handler)`."""
    for node in file.nodes:
        if isinstance(node, t.Call) and node.line == route.place.line and isinstance(node.callee, t.Member):
            address = node.args[0] if len(node.args) > 1 else None
            told = str(address.value) if isinstance(address, t.Literal) else ""
            if node.callee.name == route.method.lower() and told and route.path.endswith(told):
                return node
    return None


def language_of(file: Handwriting) -> Language:
    """The language of a new file beside this one."""
    modules = any(file.code[n.start :].startswith(b"import") for n in file.top if isinstance(n, t.Import))
    return "ts" if file.path.endswith(".ts") else "js" if modules else "cjs"


def brought(file: Handwriting, name: str, home: str, ending: str) -> str:
    """The row that imports a name from a new file (`home`, without its ending)."""
    seen = relpath(home, dirname(file.path) or ".")
    module = file.said(f"{seen if seen.startswith('.') else f'./{seen}'}{ending}")
    if language_of(file) == "cjs":
        return f"const {{ {name} }} = require({module}){file.end}"
    return f"import {{ {name} }} from {module}{file.end}"
