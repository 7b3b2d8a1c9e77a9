"""Supabase Edge Functions: one folder, one address, one handler given to `Deno.serve`.

`verify_jwt` in config.toml (on unless it says otherwise) makes the gateway ask for a token that the project signed. The
public anon key is one, so it is no login: it is kept as the endpoint's `gateway`, not as a guard.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator

from apprescue.model.place import Code
from apprescue.model.trace import Step, Value
from apprescue.source import tree as t
from apprescue.source.endpoint import Endpoint, request, unwrapped
from apprescue.source.flow import Flow
from apprescue.source.project import Module
from apprescue.source.routing import framework_of
from apprescue.source.serving import METHODS, methods_of

_PATH = re.compile(r"(?:^|(?P<root>.*)/)supabase/functions/(?P<name>[^_./][^/]*)/index\.(?:ts|tsx|js|mjs)$")
_ALLOW = "Access-Control-Allow-Methods"


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every deployed function, once per method that it answers to."""
    for path in flow.project.paths():
        found = _PATH.search(path)
        module = flow.project.module(path) if found else None
        if found and module:
            asks = _settings(flow, found["root"] or "").get(found["name"], True)
            yield from _function(flow, module, found["name"], "verify_jwt" if asks else "")


def _function(flow: Flow, module: Module, name: str, gateway: str) -> Iterator[Endpoint]:
    step, handler = _served(flow, module)
    place = step.place if step else Code(module.path, 1)
    if handler.step is not None and framework_of(handler.step):
        return
    before, inner = unwrapped(handler)
    address = f"/functions/v1/{name}"
    tested, others = methods_of(flow, inner, lambda m: (request(m),))
    methods = tested or [_announced(flow, module)]
    if tested and others and "POST" not in tested:
        methods = [*tested, "POST"]
    for method in methods:
        yield Endpoint(method, address, "supabase_functions", place, inner, before, (request(method),), gateway=gateway)


def _served(flow: Flow, module: Module) -> tuple[Step | None, Value]:
    """The call that serves, and what it serves; a default export where there is none."""
    for step in flow.registrations(module, lambda step, closure: None if step is None or closure.node.params else []):
        if step.name == "Deno.serve" or (step.method == "serve" and step.args):
            given = [a for a in step.args if a.function is not None or a.step is not None]
            inside = [v for a in step.args for k, v in (a.fields or {}).items() if k == "handler"]
            for value in (*inside, *reversed(given)):
                return step, value
    default = flow.exported(module.path, "default")
    if default is not None and default.fields is not None:
        default = default.fields.get("fetch", default)
    return None, default or Value(name=module.path)


def _announced(flow: Flow, module: Module) -> str:
    """The one method that the function's CORS headers name beside OPTIONS, else POST."""
    for path in (module.path, *(flow.project.target(module.path, source) for source, _ in module.imports.values())):
        seen = flow.project.module(path) if _ALLOW in flow.project.files.get(path, "") else None
        for node in (n for top in seen.body for n in top.walk()) if seen else ():
            named = node.get(_ALLOW) if isinstance(node, t.Object) else None
            if isinstance(named, t.Literal):
                methods = [m for m in METHODS if m in str(named.value).upper().replace(" ", "").split(",")]
                return methods[0] if len(methods) == 1 else "POST"
    return "POST"


def _settings(flow: Flow, root: str) -> dict[str, bool]:
    """Each function's verify_jwt, where config.toml sets it."""
    text = flow.project.files.get(f"{root}/supabase/config.toml".lstrip("/"), "")
    try:
        functions = tomllib.loads(text).get("functions", {})
    except tomllib.TOMLDecodeError:
        return {}
    return {name: bool(one.get("verify_jwt", True)) for name, one in functions.items() if isinstance(one, dict)}
