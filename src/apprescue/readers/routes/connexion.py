"""Connexion: the operations of an OpenAPI file with the functions that `operationId` names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from apprescue.model.place import Code
from apprescue.model.trace import Value
from apprescue.source.closures import Closure
from apprescue.source.endpoint import Endpoint, request
from apprescue.source.flow import Flow
from apprescue.source.guards import implied
from apprescue.source.interpreter import Hook, Run
from apprescue.source.openapi import Operation, operations, specifications
from apprescue.source.python_routing import head_of, wrapped
from apprescue.source.quiet import is_test

_ADDED = re.compile(r"add_api\(\s*[\"']([^\"'\n]+)[\"']((?:[^()]|\([^()]*\))*)\)")
_BASE = re.compile(r"base_path\s*=\s*[\"']([^\"'\n]*)[\"']")
_INFO = ("x-bearerInfoFunc", "x-apikeyInfoFunc", "x-basicInfoFunc", "x-tokenInfoFunc")


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every operation whose function stands in the app."""
    scripts = {p: x for p, x in flow.project.files.items() if p.endswith(".py") and "connexion" in x and not is_test(p)}
    if not scripts:
        return
    bases = _bases(scripts.values())
    for path, spec in specifications(flow.project.files):
        for operation in operations(path, flow.project.files[path], spec):
            handler = _named(flow, path, operation.function)
            if handler is not None:
                yield _endpoint(flow, operation, bases.get(posixpath.basename(path), operation.base), handler)


def _bases(texts: Iterable[str]) -> dict[str, str]:
    """The base paths that `add_api("file", base_path="/x")` gives in the file's stead."""
    found = {}
    for text in texts:
        for added in _ADDED.finditer(text):
            if base := _BASE.search(added[2]):
                found[posixpath.basename(added[1])] = base[1].rstrip("/")
    return found


def _named(flow: Flow, path: str, name: str) -> Closure | None:
    """The function (or method of a class) that a dotted name means, looked for from the file's folder upwards."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = flow.project.target(posixpath.join(posixpath.dirname(path), "_.py"), ".".join(parts[:cut]))
        value = flow.exported(module, parts[cut]) if module else None
        found = flow.project.module(module)
        for inner in parts[cut + 1 :]:
            value = flow.run(found).part(value, inner) if value is not None and found is not None else None
        if value is not None:
            return value.function if isinstance(value.function, Closure) else None
    return None


def _endpoint(flow: Flow, operation: Operation, base: str, closure: Closure) -> Endpoint:
    handler, before = wrapped(flow, closure)
    path = base + operation.path
    named = {
        name: Value(frozenset({"body" if where == "body" else f"{_WHERE[where]}.{name}"}), name)
        for name, where in operation.parameters
        if where in _WHERE or where == "body"
    }
    named.setdefault("body", Value(frozenset({"body"}), "body"))
    return Endpoint(
        operation.method,
        path,
        "flask",
        Code(operation.spec, operation.line),
        handler,
        before=before,
        named=named,
        hooks=list(_hooks(flow, operation)),
        request=request(operation.method, path),
        stands=head_of(closure),
    )


_WHERE = {"path": "path", "query": "query", "header": "header", "cookie": "cookie", "formData": "form"}


def _hooks(flow: Flow, operation: Operation) -> Iterator[Hook]:
    """What Connexion asks before the handler: the functions that its security schemes name."""
    for scheme in operation.security:
        for key in _INFO:
            name = scheme.get(key)
            asked = _named(flow, operation.spec, name) if isinstance(name, str) else None
            if asked is not None:
                yield _asks(asked)


def _asks(closure: Closure) -> Hook:
    def hook(run: Run) -> None:
        told = run.enter(closure, [Value(frozenset({"header.authorization"}), "token")])
        run.hold(implied(told, True, head_of(closure), run.configured))
        run.named |= {"token_info": told, "user": run.part(told, "sub")}

    return hook
