"""Flask (and Quart): routes, blueprints, method views, Flask-RESTful and RESTX resources, behind `before_request`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from apprescue.model.trace import Step, Value
from apprescue.source.closures import Closure, Kind
from apprescue.source.endpoint import Endpoint, request
from apprescue.source.flow import Flow
from apprescue.source.interpreter import Hook
from apprescue.source.python_routing import (
    Routers,
    head_of,
    methods_of,
    plain,
    routers,
    texts,
    wrapped,
    wrapped_by_class,
)

_SPEAKS = re.compile(r"\b(?:flask\w*|quart|apiflask|connexion)\b|\bBlueprint\b|\bNamespace\b")
_ROOTS = re.compile(
    r"^(?:(?:flask|quart|apiflask|flask_openapi3|flask_smorest|connexion)(?:\.\w+)*\.(?:Flask|Quart|APIFlask|OpenAPI|App|FlaskApp|"
    r"APIBlueprint|Blueprint|Api)|flask_rest(?:ful|x|plus)(?:\.\w+)*\.(?:Api|Namespace))$"
)
_APP = re.compile(r"\.(?:Flask|Quart|APIFlask|OpenAPI|App|FlaskApp)$")
_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_HOOKS = frozenset({"before_request", "before_app_request"})
_PARAMETER = re.compile(r"<(?:[^<>:]+:)?(\w+)>")


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every route of every Flask app; a blueprint that no app is seen to register stands alone only where an app
    registers something that reading cannot tell."""
    found = routers(flow, _SPEAKS, _ROOTS, "flask.Flask")
    walk = _Walk(flow, found)
    apps = [key for key, made in found.created.items() if _APP.search(made.name)]
    for key in apps:
        yield from walk.router(key, _Layer())
    if walk.unknown or not apps:
        for key in [k for k, made in found.created.items() if k not in walk.seen and made.method != "namespace"]:
            given = found.created[key].keywords
            yield from walk.router(key, _Layer(plain(given.get("url_prefix") or given.get("prefix"))))


@dataclass(frozen=True, slots=True)
class _Layer:
    """What stands around a route: the path so far and the functions that run before."""

    prefix: str = ""
    hooks: tuple[Closure, ...] = ()
    name: str = ""


@dataclass(slots=True)
class _Walk:
    """The routers of one project."""

    flow: Flow
    found: Routers
    seen: set[object] = field(default_factory=set)
    inside: list[object] = field(default_factory=list)
    unknown: bool = False

    def router(self, key: object, layer: _Layer) -> Iterator[Endpoint]:
        if key in self.inside or len(self.inside) > 8 or key not in self.found.created:
            return
        self.inside.append(key)
        self.seen.add(key)
        calls = self.found.calls.get(key, [])
        hooks = [c for call in calls for c in _hooks(call)]
        if _APP.search(self.found.created[key].name):
            hooks += self.for_the_whole_app()
        layer = replace(layer, hooks=(*layer.hooks, *hooks))
        for call in calls:
            yield from self.call(call, layer)
        for child, prefix in self.apis_on(key):
            yield from self.router(child, replace(layer, prefix=layer.prefix + prefix))
        self.inside.pop()

    def for_the_whole_app(self) -> list[Closure]:
        """Blueprints may ask something before every request of the app."""
        every = (call for calls in self.found.calls.values() for call in calls)
        return [c for call in every for c in _hooks(call) if _registering(call) == "before_app_request"]

    def apis_on(self, key: object) -> Iterator[tuple[object, str]]:
        """The Flask-RESTful APIs made on an app or blueprint, or given it later."""
        for api, made in self.found.created.items():
            if made.name.endswith(".Api"):
                later = [c for c in self.found.calls.get(api, ()) if c.method == "init_app"]
                handed = [h.args[0] if h.args else h.keywords.get("app", Value()) for h in (made, *later)]
                known = {self.found.router(app) for app in handed} & {*self.found.created}
                if key in known or (not known and _APP.search(self.found.created[key].name)):
                    yield api, plain(made.keywords.get("prefix"))

    def call(self, call: Step, layer: _Layer) -> Iterator[Endpoint]:
        if call.method in ("register_blueprint", "register_api", "add_namespace"):
            yield from self.mounted(call, layer)
        elif call.method == "namespace":
            path = plain(call.keywords.get("path")) or "/" + plain(_first(call, "name"))
            key = self.found.router(Value(name="namespace", step=call))
            yield from self.router(key, replace(layer, prefix=layer.prefix + path.rstrip("/")))
        elif call.method == "add_url_rule":
            view = call.keywords.get("view_func") or (call.args[2] if len(call.args) > 2 else Value())
            yield from self.view(view, [plain(_first(call, "rule"))], call, layer)
        elif call.method == "add_resource" and call.args:
            yield from self.view(call.args[0], [p for a in call.args[1:] for p in texts(a)], call, layer)
        elif call.method.endswith("()") and call.args and (via := call.receiver) and via.method in ("route", *_VERBS):
            paths = [p for a in via.args for p in texts(a)] or [plain(_first(via, "rule"))]
            yield from self.view(call.args[0], paths, via, layer)

    def mounted(self, call: Step, layer: _Layer) -> Iterator[Endpoint]:
        handed = call.args[0] if call.args else call.keywords.get("blueprint", Value())
        child = self.found.router(handed)
        if child is None or child not in self.found.created:
            self.unknown = True
            return
        made = self.found.created[child]
        given = call.keywords.get("url_prefix") or call.keywords.get("path") or made.keywords.get("url_prefix")
        prefix = plain(given or made.keywords.get("path"))
        if call.method == "add_namespace" and not prefix:
            prefix = "/" + plain(_first(made, "name"))
        name = layer.name + plain(call.keywords.get("name") or _first(made, "name")) + "."
        yield from self.router(child, replace(layer, prefix=layer.prefix + prefix.rstrip("/"), name=name))

    def view(self, view: Value, paths: list[str], call: Step, layer: _Layer) -> Iterator[Endpoint]:
        """The endpoints of a function or of a class with a method for each verb."""
        for path in paths:
            if isinstance(view.function, Kind):
                for method, closure in self.verbs(view.function, texts(call.keywords.get("methods"))):
                    yield self.endpoint(method, layer.prefix + path, closure, layer, view.function, call)
            elif isinstance(view.function, Closure):
                for method in _methods(call):
                    yield self.endpoint(method, layer.prefix + path, view.function, layer, None, call)

    def verbs(self, kind: Kind, given: list[str]) -> Iterator[tuple[str, Closure]]:
        """The methods that a class view answers to, as far as its rule gives them to it."""
        wanted = {m.upper() for m in given}
        for verb, closure in methods_of(self.flow, kind, _VERBS):
            if not wanted or verb.upper() in wanted:
                yield verb.upper(), closure
        for _, closure in methods_of(self.flow, kind, ["dispatch_request"]):
            own = next(
                (f["methods"] for k in self.flow.family(kind) if "methods" in (f := self.flow.class_fields(k))), None
            )
            for method in sorted(wanted) or [m.upper() for m in texts(own)] or ["GET"]:
                yield method, closure

    def endpoint(
        self, method: str, path: str, closure: Closure, layer: _Layer, kind: Kind | None, call: Step
    ) -> Endpoint:
        handler, before = wrapped(self.flow, closure)
        if kind is not None:
            handler, outer = wrapped_by_class(self.flow, kind, handler, ("decorators", "method_decorators"))
            before = [*outer, *before]
        path = path or "/"
        asked = request(method, path)
        in_path = {name: Value(frozenset({f"path.{name}"}), name) for name in _PARAMETER.findall(path)}
        if asked.fields is not None:
            own = layer.name + (plain(call.keywords.get("endpoint")) or closure.node.name)
            asked.fields["endpoint"] = Value(name="request.endpoint", constant=own, literal=True)
            asked.fields["blueprint"] = Value(name="request.blueprint", constant=layer.name.rstrip("."), literal=True)
        return Endpoint(
            method,
            path,
            "flask",
            call.place if call.method in ("add_url_rule", "add_resource") else head_of(closure),
            handler,
            before=before,
            named={**in_path, "kwargs": Value(name="request.kwargs", fields=in_path)},
            hooks=[_hook(h) for h in layer.hooks],
            request=asked,
            stands=head_of(closure),
        )


def _hook(closure: Closure) -> Hook:
    return lambda run: run.answers_first(closure)


def _registering(call: Step) -> str:
    """The method that a call registers a function by: as a decorator, or handed over."""
    return call.name.rpartition(".")[2]


def _hooks(call: Step) -> Iterator[Closure]:
    if _registering(call) in _HOOKS and call.args and isinstance(call.args[0].function, Closure):
        yield call.args[0].function


def _first(call: Step, name: str) -> Value | None:
    return call.args[0] if call.args else call.keywords.get(name)


def _methods(call: Step) -> list[str]:
    if call.method in _VERBS:
        return [call.method.upper()]
    return [m.upper() for m in texts(call.keywords.get("methods")) if m.upper() not in ("OPTIONS", "HEAD")] or ["GET"]
