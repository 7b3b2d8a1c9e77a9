"""Next.js: `route.ts` and `pages/api` files, server actions, and the middleware file that stands before them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from apprescue.model.place import Code
from apprescue.model.trace import Guard, Value
from apprescue.source import tree as t
from apprescue.source.closures import Closure, Scope, place_of
from apprescue.source.endpoint import RESPONSE, Endpoint, guards_of_function, guards_where_true, request, unwrapped
from apprescue.source.flow import Flow
from apprescue.source.patterns import matches
from apprescue.source.project import Module
from apprescue.source.quiet import is_test
from apprescue.source.serving import exported_place, known_request, literals, methods_of, object_value, path_names

_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
_ROUTE = re.compile(r"(?:^|/)route\.(?:ts|tsx|js|jsx|mjs)$")
_PAGE = re.compile(r"^(?P<root>(?:.*?/)??)(?:src/)?pages/api/(?P<path>.+)\.(?:ts|tsx|js|jsx|mjs)$")
_BEFORE = re.compile(r"^(?P<root>(?:.*?/)??)(?:src/)?(?:middleware|proxy)\.(?:ts|js|mjs)$")


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every route handler, API page and server action of every Next.js app in the project."""
    before = dict(_middleware(flow))
    for path in flow.project.paths():
        if is_test(path):
            continue
        if _ROUTE.search(path) and (found := _address(path, flow.project.files)):
            yield from _handlers(flow, path, found[1], before.get(found[0]))
        elif page := _PAGE.search(path):
            yield from _page(flow, path, page, before.get(page["root"]))
        elif "use server" in flow.project.files[path]:
            yield from _actions(flow, path)


def _address(path: str, files: Iterable[str]) -> tuple[str, str] | None:
    """The Next.js app's folder and the address of a route file; None where it stands in no `app` folder."""
    parts = path.split("/")[:-1]
    ways = [n for n, part in enumerate(parts) if part == "app"]
    roots = [(n, "/".join(parts[: n - 1 if n and parts[n - 1] == "src" else n])) for n in ways]
    own = [(n, r) for n, r in roots if posixpath.join(r, "package.json") in files]
    if not ways or any(p.startswith("_") for p in parts[ways[0] :]):
        return None
    number, root = (own or roots)[0]
    shown = [p for p in parts[number + 1 :] if not re.match(r"\(\w[^)]*\)$|@", p)]
    return root + "/" if root else "", "/" + "/".join(shown)


def _handlers(flow: Flow, path: str, address: str, before: _Before | None) -> Iterator[Endpoint]:
    module = flow.project.module(path)
    for method in _VERBS if module else ():
        value = flow.exported(path, method)
        if value is not None and module is not None:
            params = Value(fields={"params": Value(frozenset({"path"}), "params"), "...": Value()}, name="route")
            place = _place(exported_place(module, method), value, path)
            yield _endpoint(method, address, place, value, before, (request(method, address), params))


def _place(place: Code, value: Value, path: str) -> Code:
    closure = value.function
    if isinstance(closure, Closure) and closure.module.path == path:
        return place_of(closure.module, closure.node)
    return place


def _endpoint(
    method: str, address: str, place: Code, value: Value, before: _Before | None, given: tuple[Value, ...]
) -> Endpoint:
    wrappers, handler = unwrapped(value)
    guards = before.guards(method, address, place) if before else []
    return Endpoint(method, address, "nextjs", place, handler, wrappers, given, guards=guards)


def _page(flow: Flow, path: str, found: re.Match[str], before: _Before | None) -> Iterator[Endpoint]:
    address = re.sub(r"/?\bindex$", "", "/api/" + found["path"])
    value = flow.exported(path, "default")
    if value is None:
        return
    in_path = {name: Value(frozenset({f"path.{name}"}), name) for name in path_names(address)}
    query = Value(frozenset({"query"}), "request.query", fields={**in_path, "...": Value()})

    def given(method: str) -> tuple[Value, ...]:
        return known_request(request(method, address), query=query), RESPONSE

    tested, others = methods_of(flow, unwrapped(value)[1], given)
    module = flow.project.module(path)
    for method in [*tested, *(["ANY"] if others else [])] if module else ():
        place = _place(exported_place(module, "default"), value, path) if module else Code(path)
        yield _endpoint(method, address, place, value, before, given(method))


def _actions(flow: Flow, path: str) -> Iterator[Endpoint]:
    """Functions that the browser may call by name: every export of a `"use server"` file, and single functions."""
    module = flow.project.module(path)
    if module is None:
        return
    if _says_server(module.body):
        for name in dict.fromkeys((*module.exports, *module.reexports)):
            value = flow.exported(path, name)
            if value is not None and unwrapped(value)[1].function is not None:
                yield _action(module, name, value, exported_place(module, name))
        return
    for name, node in (found for top in module.body for found in _named_functions(top, "")):
        if _says_server(node.body):
            closure = Closure(node, module, Scope(flow.scope(module)))
            yield _action(module, node.name or name, Value(name=name, function=closure), place_of(module, node))


def _says_server(body: list[t.Node]) -> bool:
    return any(isinstance(node, t.Literal) and node.value == "use server" for node in body[:1])


def _named_functions(node: t.Node, name: str) -> Iterator[tuple[str, t.Function]]:
    if isinstance(node, t.Function):
        yield name, node
    if isinstance(node, t.Assign):
        name = node.target.id if isinstance(node.target, t.Name) else name
    for child in node.children():
        yield from _named_functions(child, name)


def _action(module: Module, name: str, value: Value, place: Code) -> Endpoint:
    wrappers, handler = unwrapped(value)
    closure = handler.function
    params = closure.node.params if isinstance(closure, Closure) else []
    chain = [a for link in value.step.chain if link.method == "use" for a in link.args] if value.step else []
    given = [_argument(p) for p in params]
    return Endpoint("POST", f"{module.path}#{name}", "nextjs", place, handler, [*chain, *wrappers], given)


def _argument(param: t.Parameter) -> Value:
    name, kind = getattr(param.target, "id", ""), getattr(param.annotation, "id", "")
    if kind == "FormData" or re.fullmatch(r"(?i)form_?data", name):
        return Value(frozenset({"form"}), name)
    return Value(frozenset({f"body.{name}" if name else "body"}), name or "input")


class _Before:
    """The middleware file of one app: what runs, and for which addresses."""

    def __init__(self, flow: Flow, value: Value, matchers: list[str]) -> None:
        self.flow, self.value, self.matchers = flow, value, matchers

    def guards(self, method: str, address: str, place: Code) -> list[Guard]:
        """The guards that the middleware is for an address; without a matcher it runs before all."""
        concrete = re.sub(r"\[\[?(?:\.\.\.)?(\w+)\]?\]", r"\1", address)
        if self.matchers and not any(matches(m, concrete) for m in self.matchers):
            return []
        return self.decided(self.value, request(method, concrete), place)

    def decided(self, value: Value, asked: Value, place: Code) -> list[Guard]:
        step, closure = value.step, value.function
        if isinstance(closure, Closure):
            return guards_of_function(self.flow, closure, [asked, Value(name="event")])
        name = step.name if step else value.name
        inner = next((a for a in (step.args if step else ()) if isinstance(a.function, Closure)), None)
        if name.endswith("clerkMiddleware"):
            arguments = [Value(name="auth"), asked]
            function = inner.function if inner is not None else None
            return guards_of_function(self.flow, function, arguments) if isinstance(function, Closure) else []
        asks = next((f for a in (step.args if step else ()) if (f := _authorized(a)) is not None), None)
        found: list[Guard] = []
        if asks is not None:
            caller = Value(frozenset({"caller"}), "caller")
            told = Value(name="told", fields={"token": caller, "auth": caller, "req": asked, "request": asked})
            found = guards_where_true(self.flow, asks, [told])
        elif name.startswith("next-auth/middleware"):
            found = [Guard("login", name, place)]
        return found + (self.decided(inner, asked, place) if inner is not None else [])


def _authorized(options: Value) -> Closure | None:
    """`callbacks: { authorized(...) }` of NextAuth: the function that decides who may go on."""
    callbacks = (options.fields or {}).get("callbacks", Value())
    found = (callbacks.fields or {}).get("authorized", Value()).function
    return found if isinstance(found, Closure) else None


def _middleware(flow: Flow) -> Iterator[tuple[str, _Before]]:
    for path in flow.project.paths():
        found = _BEFORE.search(path)
        module = flow.project.module(path) if found else None
        if not found or not module:
            continue
        names = ("middleware", "proxy", "default")
        value = next((v for n in names if (v := flow.exported(path, n)) is not None), None)
        if value is None and "default" in module.reexports:
            value = flow.imported(module, *module.reexports["default"])
        if value is not None:
            yield found["root"], _Before(flow, value, _matchers(module))


def _matchers(module: Module) -> list[str]:
    config = object_value(module, "config")
    matcher = config.get("matcher") if config else None
    if isinstance(matcher, t.Array):
        sources = [i.get("source") for i in matcher.items if isinstance(i, t.Object)]
        return [*literals(matcher), *(p for s in sources for p in literals(s))]
    return literals(matcher)
