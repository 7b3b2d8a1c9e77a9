"""Vercel functions: every file under `api/` of a project that is deployed to Vercel, without a framework of its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from apprescue.model.trace import Value
from apprescue.source.closures import Closure
from apprescue.source.endpoint import RESPONSE, Endpoint, request, unwrapped
from apprescue.source.flow import Flow
from apprescue.source.quiet import is_test
from apprescue.source.serving import exported_place, known_request, methods_of, path_names

_PATH = re.compile(r"^(?P<root>(?:.*?/)??)api/(?P<path>(?:[^/]+/)*[^/]+)\.(?:ts|js|mjs|cjs|tsx|mts)$")
_TYPED = re.compile(r"""['"]@vercel/(?:node|edge|functions)['"]""")
_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every function of every Vercel project, once per method that it answers to."""
    files = flow.project.files
    for path in flow.project.paths():
        found = _PATH.search(path)
        if not found or is_test(path) or any(part.startswith(("_", ".")) for part in path.split("/")):
            continue
        deployed = posixpath.join(found["root"], "vercel.json") in files
        own = not found["root"] or posixpath.join(found["root"], "package.json") in files
        if deployed or (own and _TYPED.search(files[path])):
            yield from _function(flow, path, re.sub(r"/?\bindex$", "", "/api/" + found["path"]))


def _function(flow: Flow, path: str, address: str) -> Iterator[Endpoint]:
    module = flow.project.module(path)
    if module is None:
        return
    for method in _VERBS:
        value = flow.exported(path, method)
        if value is not None:
            wrappers, handler = unwrapped(value)
            place = exported_place(module, method)
            yield Endpoint(
                method, address, "vercel", place, handler, wrappers, (request(method, address), Value(name="route"))
            )
    value = flow.exported(path, "default")
    wrappers, handler = unwrapped(value) if value is not None else ([], Value())
    if not isinstance(handler.function, Closure):
        return
    in_path = {name: Value(frozenset({f"path.{name}"}), name) for name in path_names(address)}
    query = Value(frozenset({"query"}), "request.query", fields={**in_path, "...": Value()})

    def given(method: str) -> tuple[Value, ...]:
        return known_request(request(method, address), query=query), RESPONSE

    tested, others = methods_of(flow, handler, given)
    for method in [*tested, *(["ANY"] if others else [])]:
        place = exported_place(module, "default")
        arguments = given(method)
        yield Endpoint(method, address, "vercel", place, handler, wrappers, arguments)
