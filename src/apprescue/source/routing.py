"""Routers that an app fills by calls (`app.get("/x", handler)`): which calls fill which router, and what covers what.

A router is known by the step that creates it, wherever it is handed to: through imports, parameters and fields.

It is longer than a room should be because the ways in which apps fill a router are cases of one question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from apprescue.model.trace import Step, Value
from apprescue.source import known
from apprescue.source import tree as t
from apprescue.source.closures import Closure, Kind, place_of
from apprescue.source.endpoint import Endpoint
from apprescue.source.flow import Flow
from apprescue.source.interpreter import Entered
from apprescue.source.project import Module
from apprescue.source.quiet import is_test, is_tools_own

ROOTS = {
    "express": re.compile(
        r"^(?:express|express\.(?:default|Router|default\.Router|application)|express-promise-router|router|router\.Router|"
        r"Router|express-ws\.Router)$"
    ),
    "hono": re.compile(r"(?:^|/)(?:hono|hono/\w+|@?hono/zod-openapi|hono/mod\.ts|@hono/hono)\.(?:Hono|OpenAPIHono)$"),
    "fastify": re.compile(r"^fastify(?:\.(?:fastify|default|Fastify))?$"),
}
_SPEAKS = re.compile(
    r"""['"](?:npm:|jsr:|https?://[^'"\n]*/)?(?:@hono/|@fastify/)?(?:express|hono|fastify|router|zod-openapi)\b"""
)
_REGISTERS = re.compile(r"\.(?:get|post|put|patch|delete|all|use|route|register|addHook)\(|\[\w+\]\(")
_GIVEN_AS = {
    "express": re.compile(r"^(?:express\.)?(?:Express|Application|Router|IRouter)\b"),
    "hono": re.compile(r"^(?:OpenAPI)?Hono\b"),
    "fastify": re.compile(r"^Fastify(?:Instance|PluginAsync|PluginCallback)?\b"),
}
_MAKES = re.compile(r"(?<![\w.])(?:express|[fF]astify|new\s+(?:Hono|OpenAPIHono))\s*(?:<[^()]*>)?\(")
_NAMED_AS = re.compile(r"^_?(?:app|router|server|api|fastify|instance|expressApp|application)$")
SCOPE = "fastify().scope"
_HANDED = re.compile(
    r"(?:export\s+default|module\.exports\s*=)\s*(?:async\s*)?(?:function\s*\w*\s*)?\(?\s*_?(?:app|router|server|fastify)\b"
)
_AT_ONCE = known.LOOPING | {"then", "finally"}


@dataclass(slots=True)
class Registrations:
    """The calls on each router in the order of the text. `loads` tells that files are loaded by computed names."""

    calls: dict[object, list[Step]] = field(default_factory=dict)
    created: dict[object, Step] = field(default_factory=dict)
    at_place: dict[object, list[object]] = field(default_factory=dict)
    loads: bool = False
    _alike: dict[object, list[Step]] = field(default_factory=dict)
    _numbers: dict[Step, int] = field(default_factory=dict)

    def add(self, steps: Sequence[Step]) -> None:
        """Note the calls on routers that one reading of a module met; other calls are left out."""
        seen: dict[object, int] = {}
        for step in steps:
            if step.receiver is None and framework_of(step):
                self._numbers[step] = seen.get(step.place, 0)
                seen[step.place] = seen.get(step.place, 0) + 1
        for step in steps:
            self._note(step)

    def _note(self, step: Step) -> None:
        root = router_of(step)
        if root is None or root is step:
            return
        key = self._key(root)
        if key not in self.calls:
            self.calls[key] = []
            self.created[key] = root
            self.at_place.setdefault((root.place, root.name), []).append(key)
        alike = self._alike.setdefault((key, step.place, step.name), [])
        if not any(self._told(old) == self._told(step) for old in alike):
            alike.append(step)
            self.calls[key].append(step)

    def _told(self, step: Step) -> list[object]:
        """What tells a call from another on the same line: the texts and the routers that it is given."""
        return [self.router(a) or known.plain(a) for a in step.args]

    def router(self, value: Value) -> object | None:
        """The router that a value is; None for any other value."""
        root = router_of(value.step) if value.step is not None else None
        if root is None:
            return None
        key = self._key(root)
        if key in self.calls:
            return key
        return next(iter(self.at_place.get((root.place, root.name), ())), key)

    def _key(self, root: Step) -> object:
        """What a router is known by: its line where the module itself makes it, however often the module was read."""
        if root.function or root.entered or root.name == SCOPE:
            return id(root)
        return root.place, root.name, self._numbers.get(root, 0)

    def of(self, framework: str) -> Iterator[object]:
        """The routers of a framework."""
        for key, step in self.created.items():
            if framework_of(step) == framework:
                yield key


def framework_of(step: Step) -> str:
    """The framework whose router the first call of a chain makes; empty for any other."""
    first = step.chain[0].name
    return next((name for name, pattern in ROOTS.items() if pattern.search(first)), "")


def router_of(step: Step) -> Step | None:
    """The call that made the router that this call is made on (or that it makes): the creation, or a scope of it."""
    if not framework_of(step):
        return None
    chain = step.chain
    return next((link for link in reversed(chain) if link.name == SCOPE), chain[0])


_found: WeakKeyDictionary[Flow, Registrations] = WeakKeyDictionary()


def registrations(flow: Flow) -> Registrations:
    """Every call on a router of a known framework, over the whole project; found once."""
    if flow not in _found:
        _found[flow] = _registrations(flow)
    return _found[flow]


def _registrations(flow: Flow) -> Registrations:
    found = Registrations()
    modules = _imported_first(flow, list(_modules(flow)))
    for module in modules:
        found.loads |= bool(
            re.search(r"readdirSync|glob(?:Sync)?\(|import\.meta\.glob|require\((?!\s*['\"`])\w", module.text)
        )
        found.add(flow.registrations(module, _entered))
    for module in modules:
        _built(flow, module, found)
    by_name = [
        p for p in flow.project.paths() if found.loads and _HANDED.search(flow.project.files[p]) and not is_test(p)
    ]
    for path in dict.fromkeys((*(m.path for m in modules), *by_name)):
        if (uncalled := flow.project.module(path)) and (found.loads or _named_elsewhere(flow, path)):
            _uncalled(flow, uncalled, found)
    return found


def _modules(flow: Flow) -> Iterable[Module]:
    """The modules that may fill a router: those that speak of a framework first, then those that import one of them."""
    paths = [p for p in flow.project.paths() if not p.endswith((".py", ".tsx", ".jsx")) and not is_test(p)]
    speaking = [p for p in paths if _SPEAKS.search(flow.project.files[p])]
    if not speaking:
        return
    for path in speaking:
        if module := flow.project.module(path):
            yield module
    known_paths = set(speaking)
    for path in paths:
        if (
            path not in known_paths
            and _REGISTERS.search(flow.project.files[path])
            and (module := flow.project.module(path))
        ):
            sources = {source for source, _ in module.imports.values()}
            if any(flow.project.target(path, s) in known_paths for s in sources):
                yield module


def _imported_first(flow: Flow, modules: list[Module]) -> list[Module]:
    """The modules in the order in which they run: what a module imports ran before it, its routers are known then."""
    known_paths = {m.path: m for m in modules}
    ordered: dict[str, Module] = {}
    waiting, seen = [(path, False) for path in reversed(known_paths)], set[str]()
    while waiting:
        path, done = waiting.pop()
        module = flow.project.module(path) if path and (done or path not in seen) else None
        if module is None:
            continue
        if done:
            ordered |= {path: module} if path in known_paths else {}
            continue
        seen.add(path)
        sources = [s for s, _ in (*module.imports.values(), *module.reexports.values())]
        waiting.append((path, True))
        waiting += [(flow.project.target(path, s), False) for s in reversed(list(dict.fromkeys(sources)))]
    return list(ordered.values())


def _entered(step: Step | None, closure: Closure) -> Sequence[Value] | None:
    """What a function that is handed to a call gets at once: a scope of the router, or nothing special."""
    if step is None:
        return None
    if framework_of(step):
        if step.method != "register":
            return None
        handed = next((a for a in step.args if a.function is closure), None)
        shared = (
            handed is not None
            and handed.step is not None
            and handed.step.name in ("fastify-plugin", "fastify-plugin.default")
        )
        scope = Step(SCOPE, step.place, step.args, receiver=step, function=step.function)
        return [Value(name="fastify()", step=step.receiver if shared else scope)]
    if step.method in _AT_ONCE or not closure.node.params:
        return []
    return None


def _built(flow: Flow, module: Module, found: Registrations) -> None:
    """Functions and classes that make an app and that no module seen so far calls: the script that starts it does."""
    for name, node in module.names.items():
        made = node.value if isinstance(node, t.Assign) else node
        if not isinstance(made, (t.Function, t.Class)) or name not in {*module.exports, *module.exports.values()}:
            continue
        text = "\n".join(module.text.split("\n")[node.line - 1 : node.end_line])
        reached = {s.place.line for s in found.created.values() if s.place.path == module.path}
        if (
            _MAKES.search(text)
            and "DurableObject" not in text
            and not any(node.line <= line <= node.end_line for line in reached)
        ):
            scope = flow.scope(module)
            maker = Kind(made, module) if isinstance(made, t.Class) else Closure(made, module, scope)
            found.add(flow.registrations(module, _entered, maker))


def _uncalled(flow: Flow, module: Module, found: Registrations) -> None:
    """Functions that get an app but that no code seen calls (loaded by a computed name): their routes stand alone."""
    if not _REGISTERS.search(module.text):
        return
    reached = [s.place.line for calls in list(found.calls.values()) for s in calls if s.place.path == module.path]
    for name in dict.fromkeys((*module.exports, *module.names)):
        value = flow.exported(module.path, name) if name in module.exports else flow.lookup(module, name)
        closure = value.function if value else None
        if not isinstance(closure, Closure) or closure.module is not module or not closure.node.params:
            continue
        node = closure.node
        if any(node.line <= line <= node.end_line for line in reached):
            continue
        given = [_stand_in(flow, closure, p) for p in node.params]
        if any(v.step is not None for v in given):
            found.add(flow.registrations(module, _handing(given), closure))
            reached.append(node.line)


def _named_elsewhere(flow: Flow, path: str) -> bool:
    """Whether any other file names a file, as an import, a script or a setting does."""
    folder, _, file = path.rpartition("/")
    stem = file.split(".")[0]
    name = folder.rpartition("/")[2] if stem in ("index", "main", "app", "server") else stem
    if not name or name != stem:
        return True
    named = re.compile(rf"""['"/]{re.escape(name)}(?:\.[cm]?[jt]sx?)?['"`]""")
    others = ((other, text) for other, text in flow.project.files.items() if other != path)
    return any(named.search(text) for other, text in others if not is_test(other) and not is_tools_own(other))


def _handing(given: Sequence[Value]) -> Entered:
    return lambda step, closure: given if step is None else _entered(step, closure)


def _stand_in(flow: Flow, closure: Closure, param: t.Parameter) -> Value:
    name = getattr(param.target, "id", "")
    kind = getattr(param.annotation, "id", "")
    framework = next((f for f, pattern in _GIVEN_AS.items() if pattern.search(kind)), "")
    if not framework and not kind and _NAMED_AS.search(name) and _REGISTERS.search(closure.module.text):
        framework = "fastify" if "fastify" in closure.module.text or name in ("fastify", "instance") else "express"
    if not framework:
        return Value(name=name)
    made = Step(framework, place_of(closure.module, closure.node))
    if framework == "hono":
        made.name = "hono.Hono"
    return Value(name=f"{made.name}()", step=made)


def once(endpoints: Iterable[Endpoint]) -> Iterator[Endpoint]:
    """Endpoints without those that were found a second time, by another way to the same line."""
    seen = set()
    for endpoint in endpoints:
        key = (endpoint.method, endpoint.path, endpoint.place)
        if key not in seen:
            seen.add(key)
            yield endpoint


def flat(values: Iterable[Value]) -> Iterator[Value]:
    """Values with lists opened: middleware may be handed over in arrays."""
    for value in values:
        if value.items is not None and value.step is None:
            yield from flat(value.items)
        else:
            yield value


def texts(value: Value) -> list[str] | None:
    """The paths that an argument stands for; None where it is no path."""
    if value.items is not None:
        inner = [texts(i) for i in value.items]
        return [p for i in inner for p in i or ()] if inner and all(i is not None for i in inner) else None
    if isinstance(value.constant, str):
        return [value.constant]
    if (declared := _declared_path(value)) is not None:
        return texts(declared)
    return [known.plain(value)] if value.op == "text" else None


def _declared_path(value: Value) -> Value | None:
    """The path of a route that was declared apart: `route.path`, `route.getRoutingPath()` of OpenAPI's createRoute."""
    made = value.step.receiver if value.step is not None and value.step.method == "getRoutingPath" else value.step
    if made is None or made.method != "createRoute" or not made.args:
        return None
    path = (made.args[0].fields or {}).get("path")
    if value.step is made or path is None:
        return path if value.name.endswith("().path") else None
    return Value(constant=re.sub(r"\{(\w+)\}", r":\1", known.plain(path)), literal=True)


def joined(*parts: str) -> str:
    """Parts of a path as one path.

    >>> joined("/api/", "", "/users"), joined("/", "/")
    ('/api/users', '/')
    """
    return "/" + "/".join(p.strip("/") for p in parts if p.strip("/"))


def covers(pattern: str, path: str, exact: bool = False) -> bool:
    """Whether what is registered under `pattern` runs before what is registered at `path`."""
    if pattern.startswith("/^") or (
        pattern.startswith("/") and pattern.count("/") > 1 and pattern.endswith(("/i", "\\//", "$/"))
    ):
        try:
            return re.search(pattern.strip("i")[1:-1].replace("\\/", "/"), path) is not None
        except re.error:
            return False
    wanted, given = pattern.strip("/").split("/"), path.strip("/").split("/")
    for number, part in enumerate(p for p in wanted if p):
        if part.startswith("*") or part in ("(.*)", "{*splat}") or re.fullmatch(r":\w+\(\.\*\)|:\w+\*|\{\*\w+\}", part):
            return True
        if number >= len(given):
            return False
        if not part.startswith(":") and part.lower() != given[number].lower():
            return False
    return not exact or len([p for p in wanted if p]) == len([g for g in given if g])
