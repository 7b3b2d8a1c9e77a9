"""A Django project's settings and addresses: the root of its `urlpatterns`, defaults of REST framework, middleware."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from apprescue.model.trace import Step, Value
from apprescue.source.flow import Flow
from apprescue.source.known import plain
from apprescue.source.project import Module
from apprescue.source.python_routing import Routers, routers
from apprescue.source.quiet import is_test

_PATTERNS = re.compile(r"^\s*urlpatterns\b", re.M)
_SETTINGS = re.compile(r"^\s*(?:ROOT_URLCONF|REST_FRAMEWORK|MIDDLEWARE)\s*=", re.M)
_ROUTERS = re.compile(r"^(?:rest_framework|rest_framework_nested|rest_framework_extensions)(?:\.\w+)*\.\w*Router$")


@dataclass(frozen=True, slots=True)
class Address:
    """What a path leads to: a view, under the prefixes before it, and the call that says so. `router` is the calls
    on a router that is included there."""

    path: str
    view: Value
    said: Step
    router: tuple[Step, ...] = ()
    slash: str = "/"


@dataclass(slots=True)
class Django:
    """The parts of one project."""

    flow: Flow
    found: Routers
    inside: list[str] = field(default_factory=list)

    def addresses(self) -> Iterator[Address]:
        """Every path of every root of addresses."""
        modules = {m.path: m for m in self._modules(_PATTERNS)}
        for module in modules.values():
            self.flow.registrations(module, lambda step, closure: None)
        roots = [p for p in self._roots() if p in modules]
        if not roots:
            included = {p for m in modules.values() for p in self._included(m)}
            roots = [p for p in modules if p not in included]
        for path in dict.fromkeys(roots):
            yield from self.module(path, "")

    def setting(self, name: str) -> Iterator[tuple[Module, Value]]:
        """The values of a setting, in every settings file that gives it one."""
        for module in self._modules(_SETTINGS):
            if name in module.names:
                yield module, self.flow.lookup(module, name)

    def named(self, module: Module, dotted: str) -> Value:
        """What a dotted name in the settings means."""
        source, _, name = dotted.rpartition(".")
        return self.flow.imported(module, source, name)

    def _modules(self, pattern: re.Pattern[str]) -> Iterator[Module]:
        for path in self.flow.project.paths():
            if path.endswith(".py") and not is_test(path) and pattern.search(self.flow.project.files[path]):
                module = self.flow.project.module(path)
                if module is not None:
                    yield module

    def _roots(self) -> Iterator[str]:
        for module, value in self.setting("ROOT_URLCONF"):
            if isinstance(value.constant, str):
                yield self.flow.project.target(module.path, value.constant)

    def _included(self, module: Module) -> Iterator[str]:
        for item in self._patterns(module):
            yield from (p for p in [self._target(module, item.args[1])] if p) if len(item.args) > 1 else ()

    def _patterns(self, module: Module) -> Iterator[Step]:
        value = self.flow.lookup(module, "urlpatterns")
        yield from _steps(value)

    def module(self, path: str, prefix: str) -> Iterator[Address]:
        """The addresses of one module of patterns."""
        module = self.flow.project.module(path)
        if module is None or path in self.inside or len(self.inside) > 8:
            return
        self.inside.append(path)
        for item in self._patterns(module):
            yield from self.item(module, item, prefix)
        self.inside.pop()

    def item(self, module: Module, item: Step, prefix: str) -> Iterator[Address]:
        """What one `path(...)` leads to, patterns that it includes followed."""
        if self.found.roots.search(item.chain[0].name):
            yield self._router(item.result or Value(step=item), prefix, item)
            return
        route, view = _argument(item, 0, "route"), _argument(item, 1, "view")
        full = prefix + _as_written(plain(route), item.method)
        if target := self._target(module, view):
            yield from self.module(target, full)
            return
        given = (
            view.step.args[0] if view.step is not None and view.step.method == "include" and view.step.args else view
        )
        if given.step is not None and self.found.roots.search(given.step.chain[0].name) and view is not given:
            yield self._router(given, full, item)
        elif (inner := list(_steps(given))) and view is not given:
            for one in inner:
                yield from self.item(module, one, full)
        else:
            yield Address(full, view, item)

    def _router(self, value: Value, prefix: str, said: Step) -> Address:
        made = value.step.chain[0] if value.step is not None else said
        slash = made.keywords.get("trailing_slash", Value())
        path = prefix + self._above(made)
        return Address(path, value, said, tuple(self._on(made)), "" if slash.constant is False else "/")

    def _above(self, made: Step) -> str:
        """The path of the router that a router is nested in: `NestedSimpleRouter(router, "rooms", lookup="room")`."""
        above = made.args[0].step if len(made.args) > 1 else None
        if above is None or "Nested" not in made.method:
            return ""
        lookup = plain(_argument(made, 2, "lookup")) or "nested_1"
        return f"{self._above(above.chain[0])}{plain(made.args[1])}/<{lookup}_pk>/"

    def _on(self, made: Step, depth: int = 0) -> Iterator[Step]:
        """The calls on a router, and on those whose registry it takes over."""
        key = self.found.router(Value(name="router", step=made))
        for call in self.found.calls.get(key, ()):
            other = call.args[0].step if call.args and call.name.endswith("registry.extend") else None
            if other is not None and depth < 5:
                yield from self._on(other.chain[0], depth + 1)
            else:
                yield call

    def _target(self, module: Module, view: Value) -> str:
        """The module of patterns that `include("app.urls")` or `include(urls)` means."""
        made = view.step
        if made is None or made.method != "include" or not made.args:
            return ""
        first = made.args[0].items[0] if made.args[0].items and len(made.args[0].items) == 2 else made.args[0]
        if isinstance(first.constant, str):
            return self.flow.project.target(module.path, first.constant)
        return first.function.path if isinstance(first.function, Module) else ""


def django(flow: Flow) -> Django:
    """The project, with every call on a router of REST framework."""
    found = routers(
        flow, re.compile(r"\brest_framework\w*\b|\w*Router\("), _ROUTERS, "rest_framework.routers.DefaultRouter"
    )
    return Django(flow, found)


def _steps(value: Value) -> Iterator[Step]:
    """The calls in a list of patterns; lists in it and `i18n_patterns(...)` opened."""
    if value.step is not None and value.items is None:
        if value.step.method in ("i18n_patterns", "patterns", "format_suffix_patterns"):
            for argument in value.step.args:
                yield from _steps(argument)
        else:
            yield value.step if value.step.result else replace(value.step, result=value)
        return
    for item in value.items or ():
        yield from _steps(item)


def _argument(step: Step, number: int, name: str) -> Value:
    return step.args[number] if len(step.args) > number else step.keywords.get(name, Value())


def _as_written(route: str, method: str) -> str:
    """A pattern without the signs that only anchor it."""
    return route.removeprefix("^").removesuffix("$") if method in ("re_path", "url") else route
