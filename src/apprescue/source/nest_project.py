"""What one NestJS app says of all its routes: prefix, versions, paths of modules, guards and pipes for everything.

Its classes' decorators are read here too, since modules and controllers are both said by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from apprescue.model.place import Code
from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source import tree as t
from apprescue.source.closures import Closure, Kind
from apprescue.source.flow import Flow
from apprescue.source.project import Module
from apprescue.source.routing import flat, joined, texts


def classes(module: Module) -> Iterator[t.Class]:
    """The classes at the top of a module."""
    for node in module.body:
        inner = node.value if isinstance(node, t.Export) else node
        if isinstance(inner, t.Class):
            yield inner


def decorated(flow: Flow, module: Module, decorators: Sequence[t.Node]) -> list[Step]:
    """The calls that decorators are, `applyDecorators` opened."""
    steps: list[Step] = []
    waiting = [flow.value_of(module, d) for d in decorators]
    while waiting:
        value = waiting.pop(0)
        if value.step is not None and value.step.method == "applyDecorators":
            waiting += list(flat(value.step.args))
        elif value.step is not None:
            steps.append(value.step)
        elif value.name:
            steps.append(Step(value.name, Code(module.path)))
    return steps


@dataclass(slots=True)
class Nest:
    """What holds for the whole app: its prefix and what it leaves out, its guards, whether bodies are validated, and
    whether fields that no rule names are dropped.
    `settings` are those that `registerAs` names, `versions` the default ones (None: no versions in paths), `under`
    the paths that `RouterModule` gives to modules and `owners` the module of each controller, by their classes."""

    flow: Flow
    prefix: str = ""
    excluded: list[str] = field(default_factory=list)
    versions: list[str] | None = None
    validates: bool = False
    whitelists: bool = False
    guards: list[Value] = field(default_factory=list)
    settings: dict[str, Value] = field(default_factory=dict)
    under: dict[int, str] = field(default_factory=dict)
    owners: dict[int, int] = field(default_factory=dict)

    def learn(self, module: Module) -> None:
        """Take in what a module says of the whole app."""
        if "RouterModule" in module.text or "controllers" in module.text:
            for made in classes(module):
                self._mounted(module, made)
        if "NestFactory" in module.text:
            for step in self.flow.registrations(module, lambda step, closure: [] if step else None):
                self._setting(step)
        if "APP_GUARD" in module.text or "APP_PIPE" in module.text:
            for node in (n for top in module.body for n in top.walk() if isinstance(n, t.Object)):
                provided, used = node.get("provide"), node.get("useClass") or node.get("useExisting")
                if isinstance(provided, t.Name) and isinstance(used, t.Node):
                    if provided.id == "APP_GUARD":
                        self.guards.append(self.flow.value_of(module, used))
                    self.validates |= provided.id == "APP_PIPE" and getattr(used, "id", "") == "ValidationPipe"

    def _mounted(self, module: Module, node: t.Class) -> None:
        """Which controllers a module holds, and under which paths it puts other modules."""
        for step in (s for s in decorated(self.flow, module, node.decorators) if s.method == "Module" and s.args):
            given = step.args[0].fields or {}
            for one in flat(given.get("controllers", Value()).items or ()):
                if isinstance(one.function, Kind):
                    self.owners[id(one.function.node)] = id(node)
            for one in flat(given.get("imports", Value()).items or ()):
                if one.step is not None and one.step.name.endswith("RouterModule.register") and one.step.args:
                    self._mounts(one.step.args[0], "")

    def _mounts(self, routes: Value, above: str) -> None:
        for route in routes.items or ():
            fields = route.fields or {}
            path, held = joined(above, known.plain(fields.get("path", Value()))), fields.get("module", Value()).function
            if isinstance(held, Kind):
                self.under[id(held.node)] = path
            self._mounts(fields.get("children", Value()), path)

    def _configured(self, value: Value) -> str:
        """The text of a setting, the default of one that is asked for by its name."""
        asked = value.step
        if known.plain(value) or asked is None or asked.method not in ("get", "getOrThrow") or not asked.args:
            return known.plain(value)
        if len(asked.args) > 1 and isinstance(asked.args[1].constant, str):
            return asked.args[1].constant
        if not self.settings:
            self.settings = dict(_registered(self.flow))
        return known.plain(self.settings.get(known.plain(asked.args[0]), Value()))

    def _setting(self, step: Step) -> None:
        if step.method == "setGlobalPrefix" and step.args:
            self.prefix = self._configured(step.args[0])
            options = step.args[1].fields or {} if len(step.args) > 1 else {}
            self.excluded = texts(options.get("exclude", Value())) or []
        elif step.method == "useGlobalGuards":
            self.guards += step.args
        elif step.method == "enableVersioning":
            options = step.args[0].fields or {} if step.args else {}
            if options.get("type", Value()).name.rpartition(".")[2] in ("URI", ""):
                self.versions = _versions(options.get("defaultVersion", Value()))
        elif step.method == "useGlobalPipes":
            pipes = [a for a in step.args if "ValidationPipe" in a.name]
            self.validates |= bool(pipes)
            given = [o for p in pipes if p.step is not None for o in p.step.args]
            self.whitelists |= any((o.fields or {}).get("whitelist", Value()).constant is True for o in given)

    def prefixes(self, controller: t.Class, steps: list[Step], fields: dict[str, Value]) -> list[str]:
        """The first part of the path for each version of a route, its decorators and its class's options given."""
        above = self.under.get(self.owners.get(id(controller), 0), "")
        if self.versions is None:
            return [above]
        said = next((s.args[0] for s in steps if s.method == "Version" and s.args), fields.get("version", Value()))
        neutral = said.name.endswith("VERSION_NEUTRAL")
        return [joined(f"v{v}", above) for v in _versions(said) or ([] if neutral else self.versions)] or [above]

    def address(self, *parts: str) -> str:
        """The whole path of a route."""
        inner = joined(*parts)
        return inner if inner.strip("/") in [e.strip("/") for e in self.excluded] else joined(self.prefix, inner)


def _versions(value: Value) -> list[str]:
    return [v for v in texts(value) or [known.plain(value)] if v]


def _registered(flow: Flow) -> Iterator[tuple[str, Value]]:
    """The settings of every `registerAs("app", () => ({ ... }))`, by `app.name`."""
    for path in flow.project.paths():
        module = flow.project.module(path) if "registerAs" in flow.project.files[path] else None
        for name in module.exports if module else ():
            made = flow.exported(path, name)
            step = made.step if made is not None else None
            if step is not None and step.method == "registerAs" and len(step.args) > 1:
                closure = step.args[1].function
                told = flow.trace(closure, ()).returns if isinstance(closure, Closure) else []
                for key, value in ((k, v) for one in told for k, v in (one.fields or {}).items()):
                    yield f"{known.plain(step.args[0])}.{key}", value
