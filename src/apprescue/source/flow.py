"""Follow what a function does without running it: calls, the data in them, the guards before them.

`Flow` finds what top-level names stand for across files, once, and makes traces: of a handler, of a module, of what
registers routes. The walking itself is in `source/interpreter.py`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from apprescue.model.place import Code
from apprescue.model.trace import Guard, Step, Trace, Value
from apprescue.source import known, stand_ins
from apprescue.source import tree as t
from apprescue.source.closures import Closure, Kind, Scope, first_line, is_settings, place_of
from apprescue.source.interpreter import DEPTH, Binding, Entered, Hook, Run
from apprescue.source.project import Module, Project, package_of
from apprescue.source.rows import table_name

_SETTINGS = re.compile(r"^ROOT_URLCONF\s*=", re.M)
_MODELS = re.compile(r"\b(?:Column|mapped_column|relationship)\(|\bmodels\.Model\b|\bSQLModel\b")


class Flow:
    """Traces of a project's functions. Values of top-level names are found once and shared. `guards` keeps what
    middleware was found to be, so that one that stands before many routes is followed once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._scopes: dict[str, Scope] = {}
        self._pending: set[tuple[str, str]] = set()
        self._fields: dict[int, dict[str, Value]] = {}
        self._router_classes: dict[int, str] = {}
        self.guards: dict[object, list[tuple[dict[str, object], list[Guard]]]] = {}

    def trace(
        self,
        closure: Closure,
        given: Sequence[Value] = (),
        side: str = "server",
        guards: Iterable[Guard] = (),
        fields: Mapping[str, Value] | None = None,
        hooks: Iterable[Hook] = (),
        binding: Binding | None = None,
        request: Value | None = None,
    ) -> Trace:
        """What a function does when called with `given` behind `guards`. `fields` binds parameters by name.

        `hooks` are what runs before it, in order, in the same trace. With `binding`, a framework gives parameters
        their values by their names and types. `request` is the one that a framework's global stands for.
        """
        place = Code(closure.module.path, first_line(closure.node), closure.node.end_line)
        run = Run(self, Trace(closure.node.name, place, side), list(guards))
        run.asked = any(v.name in ("request", "context") and "..." in (v.fields or ()) for v in given)
        run.binding, run.request = binding, request
        run.asked |= request is not None
        for hook in hooks:
            hook(run)
        bound = {**run.bound(closure), **(fields or {})}
        run.trace.exits.clear()
        value = run.enter(closure, list(given), bound | run.named)
        run.leftovers()
        run.trace.returns = [choice for choice, _ in value.choices] or [value]
        return run.trace

    def run_module(self, module: Module, side: str, followed: Collection[int] = ()) -> Trace:
        """What a module's top level does, with every function in it that nobody calls. `followed` are the first lines
        of functions to leave out: other traces tell of them."""
        run = Run(self, Trace("", Code(module.path, 1), side), [], frozenset(followed))
        run.module = module
        scope = self.scope(module)
        run.block(module.body, scope)
        run.leftovers()
        return run.trace

    def instance(self, module: Module, node: t.Class) -> Value:
        """An object of one of the app's classes, its constructor run."""
        return self.run(module).instance(Value(name=node.name, function=Kind(node, module)))

    def registrations(self, module: Module, entered: Entered, function: Closure | Kind | None = None) -> list[Step]:
        """The steps of a module's top level (or of one function, or of making one object), where functions that are
        handed to a call are entered only with the arguments that `entered(step, closure)` gives (None: not at all;
        empty: the usual). Loops over what is known piece by piece run once for each piece."""
        run = Run(self, Trace("", Code(module.path, 1), "server"), [])
        run.module, run.entered_with = module, entered
        if isinstance(function, Kind):
            run.instance(Value(name=function.node.name, function=function))
        elif function is not None:
            run.enter(function, list(entered(None, function) or []))
        else:
            run.block(module.body, self.scope(module))
        return run.trace.steps

    def run(self, module: Module) -> Run:
        """A run on a module's top level, for a reader's own questions."""
        run = Run(self, Trace("", Code(module.path, 1), "server"), [])
        run.module = module
        return run

    def scope(self, module: Module) -> Scope:
        """The top-level scope of a module."""
        if module.path not in self._scopes:
            self._scopes[module.path] = Scope()
        return self._scopes[module.path]

    def lookup(self, module: Module, name: str) -> Value:
        """The value of a top-level name, followed through imports."""
        scope = self.scope(module)
        if name in scope.names:
            return scope.names[name]
        key = (module.path, name)
        if key in self._pending:
            return Value(name=name)
        self._pending.add(key)
        value = self._top_level(module, name)
        self._pending.discard(key)
        scope.names[name] = value
        return value

    def _top_level(self, module: Module, name: str) -> Value:
        if name in module.imports:
            return self.imported(module, *module.imports[name])
        node = module.names.get(name)
        if node is None:
            for star in module.stars:
                if target := self.project.target(module.path, star):
                    found = self.exported(target, name)
                    if found is not None:
                        return found
            return Value(name=name)
        return self.value_of(module, node, name)

    def value_of(self, module: Module, node: t.Node, name: str = "") -> Value:
        """The value of a top-level definition or expression."""
        run = Run(self, Trace("", place_of(module, node), "server"), [])
        run.module = module
        scope = Scope(self.scope(module))
        if isinstance(node, t.Assign):
            given = run.value(node.value, scope) if node.value is not None else Value(name=name)
            run.bind(node.target, given, scope)
            return scope.names.get(name, given)
        return run.value(node, scope)

    def imported(self, module: Module, source: str, name: str) -> Value:
        """The value behind an import."""
        target = self.project.target(module.path, source)
        if not target and module.is_python and name != "*":
            inner = f"{source}{name}" if source.endswith(".") else f"{source}.{name}"
            if found := self.project.target(module.path, inner):
                return self._whole(found)
        if not target:
            package = package_of(source)
            full = package if name in ("default", "*") else f"{package}.{name}"
            return self.of_package(full) if module.is_python else Value(name=full)
        if name == "*":
            return self._whole(target)
        found_value = self.exported(target, name)
        if found_value is None and module.is_python:
            inner = self.project.target(
                module.path, f"{source.rstrip('.')}.{name}" if source.strip(".") else source + name
            )
            return self._whole(inner) if inner else Value(name=f"{target}:{name}")
        if found_value is None and not module.is_python:
            if name == "default":
                return self._whole(target)
            found_value = self._of_whole_export(target, name)
        return found_value or Value(name=f"{target}:{name}")

    def of_package(self, name: str) -> Value:
        """A thing of a package: what it stands for in a request, what is written down of it, else its name."""
        own = name.rpartition(".")[2]
        if name == "django.conf.settings" and self.settings:
            return self._whole(self.settings)
        if stand_ins.SPEAKS.match(name) and own in self.stand_in.names:
            return self.lookup(self.stand_in, own)
        return known.shared(name) or Value(name=name)

    @cached_property
    def settings(self) -> str:
        """The file that Django's `settings` stand for; empty where there is none."""
        texts = self.project.files
        return next((p for p in self.project.paths() if p.endswith(".py") and _SETTINGS.search(texts[p])), "")

    @cached_property
    def stand_in(self) -> Module:
        """The module of what frameworks do, as far as it matters."""
        from apprescue.source import python

        return Module("", stand_ins.TEXT, python.parse(stand_ins.TEXT), python=True)

    def _of_whole_export(self, path: str, name: str) -> Value | None:
        """A part of what a module exports in one piece: `module.exports = { name }`."""
        whole = self.exported(path, "default")
        return (whole.fields or {}).get(name) if whole is not None else None

    def _whole(self, path: str) -> Value:
        return Value(name=f"{path}:", function=self.project.module(path))

    def family(self, kind: Kind) -> Iterable[Kind]:
        """A class and the classes that it is made from, each once, the nearest first."""
        return {id(one.node): one for one in self._kin(kind, 0)}.values()

    def _kin(self, kind: Kind, depth: int) -> Iterable[Kind]:
        yield kind
        for base in kind.node.bases if depth < DEPTH else ():
            found = self.base(kind, base).function
            if isinstance(found, Kind) and found.node is not kind.node:
                yield from self._kin(found, depth + 1)

    def router_class(self, kind: Kind) -> str:
        """The framework's app or router class that one of the app's own is made from; empty for any other."""
        if id(kind.node) not in self._router_classes:
            bases = (self.base(one, base).name for one in self.family(kind) for base in one.node.bases)
            found = next((name for name in bases if known.ROUTERS.search(name)), "") if kind.module.path else ""
            self._router_classes[id(kind.node)] = found
        return self._router_classes[id(kind.node)]

    @cached_property
    def models(self) -> dict[str, Kind]:
        """The Python classes that stand for tables, by the table's name."""
        found: dict[str, Kind] = {}
        for path in self.project.paths():
            if path.endswith(".py") and _MODELS.search(self.project.files[path]):
                module = self.project.module(path)
                for node in module.names.values() if module is not None else ():
                    if isinstance(node, t.Class) and module is not None and node.bases:
                        found.setdefault(table_name(node), Kind(node, module))
        return found

    def class_fields(self, kind: Kind) -> dict[str, Value]:
        """What a Python class's body assigns, shared by all its objects."""
        found = self._fields.get(id(kind.node))
        if found is None:
            found = self._fields[id(kind.node)] = {}
            run, scope = self.run(kind.module), Scope(self.scope(kind.module))
            for member in kind.node.body:
                if isinstance(member, t.Assign) and isinstance(member.target, t.Name) and member.value is not None:
                    name, value = member.target.id, run.value(member.value, scope)
                    if is_settings(kind.node) and name != "model_config":
                        value = Value(frozenset({f"env.{name}"}), f"{kind.node.name}().{name}", value.constant)
                    found[name] = scope.names[name] = value
        return found

    def validated(self, kind: Kind) -> Value:
        """What a serializer lets through of the body: the fields that it names and that are not for reading only."""
        own = self.class_fields(kind)
        meta = next((m for m in kind.node.body if isinstance(m, t.Class) and m.name == "Meta"), None)
        said = self.class_fields(Kind(meta, kind.module)) if meta is not None else {}
        names = [str(i.constant) for i in said.get("fields", Value()).items or ()] or [
            n for n, v in own.items() if v.step
        ]
        model = said.get("model", Value()).function
        if said.get("fields", Value()).constant == "__all__" and isinstance(model, Kind):
            names = [n for n, v in self.class_fields(model).items() if v.step and "." in v.step.name and n != "objects"]
        kept = {str(i.constant) for i in said.get("read_only_fields", Value()).items or ()} | {"id", "pk"}
        kept |= {n for n, v in own.items() if v.step and v.step.keywords.get("read_only", Value()).constant is True}
        kept |= {n for n, v in own.items() if v.step and v.step.method == "SerializerMethodField"}
        fields = {n: Value(frozenset({f"body.{n}"}), f"validated_data.{n}") for n in names if n not in kept}
        return Value(frozenset({"body", "validated"}), "validated_data", fields=fields)

    def base(self, kind: Kind, base: t.Node) -> Value:
        """What a class's base stands for."""
        if isinstance(base, t.Name):
            return self.lookup(kind.module, base.id)
        if isinstance(base, t.Index):
            return self.base(kind, base.object)
        return self.value_of(kind.module, base) if isinstance(base, (t.Member, t.Call)) else Value()

    def exported(self, path: str, name: str) -> Value | None:
        """The value that a module exports under a name."""
        found = self.project.exported(path, name)
        if found is None:
            return None
        module, what = found
        return self.lookup(module, what) if isinstance(what, str) else self.value_of(module, what)
