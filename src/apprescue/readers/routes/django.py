"""Django and REST framework: `urlpatterns`, function and class views, view sets on routers, permissions, middleware."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from apprescue.model.trace import Guard, Step, Value
from apprescue.source import tree as t
from apprescue.source.closures import Closure, Instance, Kind
from apprescue.source.django_project import Address, Django, django
from apprescue.source.endpoint import Endpoint, Middleware, request
from apprescue.source.flow import Flow
from apprescue.source.python_routing import head_of, methods_of, plain, texts, wrapped

_VERBS = ("get", "post", "put", "patch", "delete")
_ACTIONS = {
    "list": ("GET", False),
    "create": ("POST", False),
    "retrieve": ("GET", True),
    "update": ("PUT", True),
    "partial_update": ("PATCH", True),
    "destroy": ("DELETE", True),
}
_PARAMETER = re.compile(r"<(?:[^<>:]+:)?(\w+)>")
_OF_PACKAGE = (
    ("POST", re.compile(r"\.(?:Token\w*View|ObtainAuthToken|obtain_\w+|refresh_jwt_token|verify_jwt_token)$")),
    ("GET", re.compile(r"\.(?:Spectacular\w*|Redirect|Template|TemplateHTML|JavaScriptCatalog)View$|\.serve$")),
)
_ONLY = {"require_GET": "GET", "require_POST": "POST", "require_safe": "GET"}


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every address that the project's `urlpatterns` lead to, except those that packages include."""
    if any("django" in flow.project.files[p] for p in flow.project.paths() if p.endswith(".py")):
        reader = _Reader(flow, django(flow))
        for address in reader.project.addresses():
            yield from reader.address(address)


@dataclass
class _Reader:
    """The views of one project."""

    flow: Flow
    project: Django

    def address(self, address: Address) -> Iterator[Endpoint]:
        if address.router:
            for call in address.router:
                if call.method == "register" and len(call.args) > 1:
                    yield from self.view_set(address, call)
            return
        view, outer = _unwrapped(address.view)
        path = "/" + address.path
        if isinstance(view.function, Kind):
            yield from self.class_view(path, view, outer, address.said)
        elif isinstance(view.function, Closure):
            yield from self.function_view(path, view.function, outer, address.said)
        elif "." in view.name and not view.name.endswith((".urls", "include()")) and view.items is None:
            yield self.of_package(path, view, outer, address.said)

    def of_package(self, path: str, view: Value, outer: Sequence[Value], said: Step) -> Endpoint:
        """A view whose code stands in a package: known by its name."""
        name = view.name.removesuffix(".as_view()")
        method = next((m for m, pattern in _OF_PACKAGE if pattern.search(name)), "ANY")
        endpoint = Endpoint(method, path, "django", said.place, Value(name=name), [*self.middleware, *outer])
        asked = view.step.keywords.get("permission_classes") if view.step is not None else None
        if asked is not None:
            endpoint.guards = self.permitted(_items(asked), method, path, said)
        return endpoint

    def function_view(self, path: str, closure: Closure, outer: Sequence[Value], said: Step) -> Iterator[Endpoint]:
        handler, before = wrapped(self.flow, closure)
        before = [*outer, *before]
        api = _decorator(before, "api_view")
        permissions = _decorator(before, "permission_classes")
        classes = _items(permissions.args[0]) if permissions is not None and permissions.args else None
        for method in _methods(before):
            endpoint = self.endpoint(path, method, handler, closure, said)
            endpoint.given = [request("" if method == "ANY" else method, path)]
            endpoint.before = [
                *self.middleware,
                *(b for b in before if _name(b) not in ("api_view", "permission_classes")),
            ]
            if api is not None:
                endpoint.guards = self.permitted(self.defaults if classes is None else classes, method, path, said)
            yield endpoint

    def permitted(self, classes: Sequence[Value], method: str, path: str, said: Step) -> list[Guard]:
        """The guards that permission classes are, asked on an empty view."""
        view = self.flow.stand_in.names["APIView"]
        assert isinstance(view, t.Class)
        run = self.flow.run(self.flow.stand_in)
        made = run.instance(Value(name="view", function=Kind(view, self.flow.stand_in)))
        assert isinstance(made.function, Instance)
        made.function.fields["permission_classes"] = Value(items=tuple(classes))
        asks = run.method(made, "check_permissions")
        assert isinstance(asks.function, Closure)
        trace = self.flow.trace(asks.function, [request(method, path)])
        return [Guard(g.kind, g.name, said.place, g.fail_open) for g in trace.guards]

    def class_view(self, path: str, view: Value, outer: Sequence[Value], said: Step) -> Iterator[Endpoint]:
        assert isinstance(view.function, Kind)
        mapping = view.step.args[0].fields if view.step is not None and view.step.args else None
        options = view.step.keywords if view.step is not None else {}
        chosen = {str(v.constant): k.upper() for k, v in (mapping or {}).items()} or {v: v.upper() for v in _VERBS}
        known = list(methods_of(self.flow, view.function, chosen))
        allowed = self.allowed(view.function)
        for name, closure in known:
            if chosen[name] in allowed:
                yield self.method(path, chosen[name], view.function, name, closure, outer, said, options)
        if not known and view.function.node.bases:
            yield Endpoint(
                "ANY", path, "django", said.place, Value(name=view.function.node.name), [*self.middleware, *outer]
            )

    def view_set(self, address: Address, call: Step) -> Iterator[Endpoint]:
        kind = call.args[1].function
        if not isinstance(kind, Kind):
            return
        base = ("/" + address.path + plain(call.args[0]).strip("/")).rstrip("/")
        lookup = self.field(kind, "lookup_url_kwarg") or self.field(kind, "lookup_field")
        detail = f"{base}/<{lookup.constant if lookup else 'pk'}>"
        allowed = self.allowed(kind)
        for name, closure in methods_of(self.flow, kind, _ACTIONS):
            method, one = _ACTIONS[name]
            path = (detail if one else base) + address.slash or "/"
            if method in allowed:
                yield self.method(path, method, kind, name, closure, (), call, {})
        for closure, options, methods in self.actions(kind):
            own = plain(options.get("url_path"))
            one = options.get("detail", Value()).constant is True
            for method in (m for m in methods if m in allowed):
                path = f"{detail if one else base}/{own}{address.slash}"
                yield self.method(path, method, kind, closure.node.name, closure, (), call, options)

    def allowed(self, kind: Kind) -> Collection[str]:
        """The methods that a view's `http_method_names` leave it."""
        named = self.field(kind, "http_method_names")
        return {name.upper() for name in texts(named)} or {*map(str.upper, _VERBS)}

    def actions(self, kind: Kind) -> Iterator[tuple[Closure, dict[str, Value], list[str]]]:
        """The methods that `@action` makes addresses of, with its options: also those for a further method of one."""
        first: dict[str, dict[str, Value]] = {}
        for one in self.flow.family(kind):
            for member in (m for m in one.node.body if isinstance(m, t.Function)):
                found = dict(methods_of(self.flow, kind, [member.name])) if member.decorators else {}
                for decorator in member.decorators:
                    if (other := _mapped(decorator)) and other[0] in first:
                        yield found[member.name], first[other[0]], [other[1].upper()]
                        continue
                    made = self.flow.run(one.module).value(decorator, self.flow.scope(one.module)).step
                    if made is not None and made.method in ("action", "detail_route", "list_route"):
                        named = Value(constant=member.name, literal=True)
                        first[member.name] = {"url_path": named, **made.keywords}
                        methods = [m.upper() for m in texts(made.keywords.get("methods"))]
                        yield found[member.name], first[member.name], methods or ["GET"]

    def field(self, kind: Kind, name: str) -> Value | None:
        """What a view's class or the app's own bases of it give a name."""
        for one in self.flow.family(kind):
            if one.module.path and (found := self.flow.class_fields(one).get(name)) is not None:
                return found
        return None

    def method(
        self,
        path: str,
        method: str,
        kind: Kind,
        name: str,
        closure: Closure,
        outer: Sequence[Value],
        said: Step,
        options: dict[str, Value],
    ) -> Endpoint:
        """A method of a view behind the class's own `dispatch`."""
        this = closure.this
        assert this is not None
        assert isinstance(this.function, Instance)
        handler, before = wrapped(self.flow, closure)
        classed = [self.flow.run(kind.module).value(d, self.flow.scope(kind.module)) for d in kind.node.decorators]
        asked = request(method, path)
        endpoint = self.endpoint(path, method, handler, closure, said)
        fields = this.function.fields
        fields |= {"answer": handler, "request": asked, "kwargs": Value(fields=endpoint.named), "lookup": _lookup(path)}
        fields["action"] = Value(name="request.action", constant=name, literal=True)
        fields["permission_classes"] = (
            options.get("permission_classes")
            or self.field(kind, "permission_classes")
            or Value(items=tuple(self.defaults))
        )
        if self.field(kind, "queryset") is None and (model := self.field(kind, "model")) is not None:
            fields["queryset"] = self.flow.run(kind.module).part(model, "objects")
        dispatch = self.flow.run(kind.module).method(this, "dispatch")
        if isinstance(dispatch.function, Closure):
            endpoint.handler = dispatch
        endpoint.given = [asked]
        endpoint.before = [*self.middleware, *outer, *(_inner(c) for c in classed), *(_inner(b) for b in before)]
        return endpoint

    def endpoint(self, path: str, method: str, handler: Value, closure: Closure, said: Step) -> Endpoint:
        named = {n: Value(frozenset({f"path.{n}"}), n) for n in _PARAMETER.findall(path)}
        stands = head_of(closure) if closure.module.path else said.place
        return Endpoint(method, path, "django", said.place, handler, named=named, stands=stands)

    @cached_property
    def defaults(self) -> list[Value]:
        """REST framework's DEFAULT_PERMISSION_CLASSES."""
        for module, value in self.project.setting("REST_FRAMEWORK"):
            listed = (value.fields or {}).get("DEFAULT_PERMISSION_CLASSES")
            if listed is not None:
                return [self.project.named(module, str(v.constant)) for v in _items(listed) if v.constant]
        return []

    @cached_property
    def middleware(self) -> list[Middleware]:
        """The app's own middleware, and Django's that asks for a login everywhere."""
        found = []
        for module, value in self.project.setting("MIDDLEWARE"):
            for name in texts(value) if value.items else ():
                own = self.project.named(module, name)
                if isinstance(own.function, Kind) and own.function.module.path:
                    run = self.flow.run(own.function.module)
                    found.append(Middleware(run.method(run.instance(own, [Value(name="next")]), "__call__")))
                elif isinstance(own.function, Closure):
                    found.append(Middleware(own))
                elif name.endswith(".LoginRequiredMiddleware"):
                    found.append(Middleware(Value(name="login_required")))
        return found


def _mapped(decorator: t.Node) -> tuple[str, str] | None:
    """The action and the method of `@mine.mapping.delete`."""
    match decorator:
        case t.Member(object=t.Member(object=t.Name(id=action), name="mapping"), name=verb) if verb in _VERBS:
            return action, verb
    return None


def _lookup(path: str) -> Value:
    names = _PARAMETER.findall(path)
    return Value(constant="pk" if "pk" in names or not names else names[-1], literal=True)


def _items(value: Value) -> tuple[Value, ...]:
    return value.items if value.items is not None else (value,)


def _name(value: Value) -> str:
    made = value.step.name if value.step is not None else value.name
    return made.rpartition(".")[2]


def _decorator(values: Sequence[Value], name: str) -> Step | None:
    return next((v.step for v in values if v.step is not None and _name(v) == name), None)


def _unwrapped(view: Value) -> tuple[Value, list[Value]]:
    """The view behind `login_required(view)` and the like, as `urlpatterns` may wrap it."""
    outer: list[Value] = []
    while view.step is not None and not isinstance(view.function, (Kind, Closure)) and view.step.args:
        outer.append(view)
        view = view.step.args[0]
    return view, outer


def _inner(decorator: Value) -> Value:
    """What `method_decorator(login_required, name="dispatch")` decorates with."""
    made = decorator.step
    if made is None or made.method != "method_decorator" or not made.args:
        return decorator
    return made.args[0].items[0] if made.args[0].items else made.args[0]


def _methods(before: Sequence[Value]) -> list[str]:
    """The methods that decorators leave a function view."""
    for value in before:
        name = _name(value)
        if name in _ONLY:
            return [_ONLY[name]]
        if name in ("require_http_methods", "api_view") and value.step is not None:
            given = texts(value.step.args[0]) if value.step.args else []
            return [m.upper() for m in given if m.upper() not in ("HEAD", "OPTIONS")] or ["GET"]
    return ["ANY"]
