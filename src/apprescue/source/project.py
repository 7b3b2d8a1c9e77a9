"""All the app's modules and the way from a name to what it stands for, across files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from apprescue.source import tree as t
from apprescue.source.manifests import relaxed_json_in, table, words

SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_ENDINGS = ("", *SCRIPTS, *(f"/index{e}" for e in SCRIPTS))
_COMPILED = re.compile(r"\.(?:js|jsx|mjs|cjs)$")
_REMOTE = re.compile(
    r"^(?:https?://(?:esm\.sh|cdn\.skypack\.dev|cdn\.jsdelivr\.net/npm|unpkg\.com|deno\.land/x)/(?:v\d+/)?)"
)


class Module:
    """A file's syntax and the names at its top level.

    `imports` maps a local name to (module as written, imported name), `names` a name to the node that defines it,
    `exports` an exported name to its local name or node, `stars` the modules re-exported whole.
    """

    def __init__(self, path: str, text: str, body: list[t.Node], python: bool = False) -> None:
        self.path, self.text, self.body = path, text, body
        self._python = python
        self.imports: dict[str, tuple[str, str]] = {}
        self.names: dict[str, t.Node] = {}
        self.exports: dict[str, str | t.Node] = {}
        self.reexports: dict[str, tuple[str, str]] = {}
        self.stars: list[str] = []
        for node in body:
            self._note(node)
            if self.is_python and isinstance(node, t.Assign) and isinstance(node.target, t.Name) and _made_anew(node):
                self.names[node.target.id] = node

    @property
    def is_python(self) -> bool:
        """Whether every top-level name is importable, as in Python."""
        return self._python or self.path.endswith(".py")

    def _note(self, node: t.Node) -> None:
        if isinstance(node, t.Import):
            for imported, local in node.names:
                if local == "*":
                    self.stars.append(node.module)
                else:
                    self.imports[local] = (node.module, imported)
        elif isinstance(node, t.Export):
            self._note_export(node)
        elif isinstance(node, (t.Function, t.Class)):
            self.names[node.name] = node
        elif isinstance(node, t.Assign):
            self._note_assign(node)
        elif isinstance(node, (t.Block, t.Try)):
            for inner in node.body:
                self._note(inner)
        elif isinstance(node, t.If):
            for inner in (*node.then, *node.other):
                self._note(inner)

    def _note_assign(self, node: t.Assign) -> None:
        if isinstance(node.target, t.Name):
            self.names.setdefault(node.target.id, node)
        elif isinstance(node.target, (t.Object, t.Array)):
            for name in bound_names(node.target):
                self.names.setdefault(name, node)

    def _note_export(self, node: t.Export) -> None:
        if node.module:
            for local, exported in node.names:
                if local == "*" and exported == "*":
                    self.stars.append(node.module)
                else:
                    self.reexports[exported] = (node.module, local)
            return
        value = node.value
        if value is not None:
            self._note(value)
        for local, exported in node.names:
            self.exports[exported] = value if exported == local and value is not None else local
        if value is not None and not node.names:
            for name in _declared(value):
                self.exports[name] = name


class Project:
    """The modules of an app, parsed when first asked for."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self._modules: dict[str, Module | None] = {}
        self._targets: dict[tuple[str, str], str] = {}
        self._aliases = _aliases(files)
        self._python = {p for p in files if p.endswith(".py")}

    def paths(self) -> Iterator[str]:
        """The paths of all modules, sorted."""
        return iter(self._paths)

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(p for p in sorted(self.files) if p.endswith((".py", *SCRIPTS)) and not p.endswith(".d.ts"))

    def module(self, path: str) -> Module | None:
        """The module at a path; None where there is no such file."""
        if path not in self._modules:
            self._modules[path] = self._parsed(path) if path in self.files else None
        return self._modules[path]

    def _parsed(self, path: str) -> Module:
        text = self.files[path]
        if path.endswith(".py"):
            from apprescue.source import python

            return Module(path, text, python.parse(text))
        from apprescue.source import javascript

        return Module(path, text, javascript.parse(text, jsx=not path.endswith((".ts", ".mts", ".cts"))))

    def target(self, path: str, module: str) -> str:
        """The file that a module name written in `path` means; empty for a package."""
        key = (posixpath.dirname(path), module)
        if key not in self._targets:
            find = self._python_target if path.endswith(".py") else self._script_target
            self._targets[key] = find(key[0], module)
        return self._targets[key]

    def _script_target(self, folder: str, module: str) -> str:
        if module.startswith("."):
            return self._existing(posixpath.normpath(posixpath.join(folder, module)))
        for root, prefix, bases in self._aliases:
            if (not root or folder == root or folder.startswith(root + "/")) and module.startswith(prefix):
                for base in bases:
                    if found := self._existing(posixpath.normpath(posixpath.join(base, module[len(prefix) :]))):
                        return found
        if module.startswith(("@/", "~/")):
            parts = folder.split("/")
            for depth in range(len(parts), -1, -1):
                for source in ("src", "app", "client/src", ""):
                    base = posixpath.join(*parts[:depth], source) if depth else source
                    if found := self._existing(posixpath.join(base, module[2:])):
                        return found
        return ""

    def _existing(self, path: str) -> str:
        path = path.removeprefix("./").lstrip("/")
        for stem in dict.fromkeys((path, _COMPILED.sub("", path))):
            for ending in _ENDINGS:
                if stem + ending in self.files and (ending or path.endswith(SCRIPTS)):
                    return stem + ending
        return ""

    def _python_target(self, folder: str, module: str) -> str:
        dots = len(module) - len(module.lstrip("."))
        parts = [p for p in module.lstrip(".").split(".") if p]
        if dots:
            base = folder.split("/")[: len(folder.split("/")) - (dots - 1)] if folder else []
            return self._python_file([*base, *parts])
        above = folder.split("/") if folder else []
        for depth in range(len(above), -1, -1):
            if found := self._python_file([*above[:depth], *parts]):
                return found
        return ""

    def _python_file(self, parts: list[str]) -> str:
        stem = "/".join(p for p in parts if p)
        return next(
            (p for p in (f"{stem}/__init__.py" if stem else "__init__.py", f"{stem}.py") if p in self._python), ""
        )

    def exported(self, path: str, name: str, seen: frozenset[str] = frozenset()) -> tuple[Module, str | t.Node] | None:
        """The module and local name or node behind an exported name, re-exports followed."""
        module = self.module(path)
        if module is None or path in seen:
            return None
        seen |= {path}
        if name in module.exports:
            return module, module.exports[name]
        if name in module.reexports:
            source, original = module.reexports[name]
            return self.exported(self.target(path, source), original, seen)
        if module.is_python and (name in module.names or name in module.imports):
            return module, name
        for star in module.stars:
            if (target := self.target(path, star)) and (found := self.exported(target, name, seen)):
                return found
        return None


def _made_anew(node: t.Assign) -> bool:
    """Whether an assignment gives a name a value of its own, whatever it had before."""
    if node.op != "=" or node.value is None or not isinstance(node.target, t.Name):
        return False
    return not any(isinstance(n, t.Name) and n.id == node.target.id for n in node.value.walk())


def package_of(module: str) -> str:
    """The package that a module name stands for, without registry, version and `node:`.

    >>> package_of("https://esm.sh/stripe@14.21.0?target=deno"), package_of("npm:@supabase/supabase-js@2")
    ('stripe', '@supabase/supabase-js')
    """
    name = _REMOTE.sub("", module.split("?")[0])
    name = re.sub(r"^(?:npm|jsr|node):/?", "", name)
    name = re.sub(r"^https?://deno\.land/", "", name)
    return re.sub(r"(?<=[^/])@[^/]*", "", name)


def bound_names(pattern: t.Node) -> Iterator[str]:
    """The names that a pattern binds."""
    if isinstance(pattern, t.Name):
        yield pattern.id
    elif isinstance(pattern, t.Object):
        for _, value in pattern.entries:
            yield from bound_names(value)
    elif isinstance(pattern, t.Array):
        for item in pattern.items:
            yield from bound_names(item)
    elif isinstance(pattern, t.Assign):
        yield from bound_names(pattern.target)
    elif isinstance(pattern, t.Spread):
        yield from bound_names(pattern.value)


def _declared(node: t.Node) -> Iterator[str]:
    if isinstance(node, (t.Function, t.Class)):
        yield node.name
    elif isinstance(node, t.Assign):
        yield from bound_names(node.target)
    elif isinstance(node, t.Block):
        for inner in node.body:
            yield from _declared(inner)


def _aliases(files: Mapping[str, str]) -> list[tuple[str, str, list[str]]]:
    """(folder it holds for, prefix, folders it stands for), the deepest folder first."""
    found = []
    for path in files:
        if not re.search(r"(^|/)(tsconfig[\w.]*|jsconfig)\.json$", path):
            continue
        folder = posixpath.dirname(path)
        options = table(relaxed_json_in(files[path]), "compilerOptions")
        base = posixpath.join(folder, *words(options, "baseUrl"))
        paths = table(options, "paths")
        for key in paths:
            where = [posixpath.normpath(posixpath.join(base, x.removesuffix("*"))) for x in words(paths, key)]
            found.append((folder, key.removesuffix("*"), where))
        if words(options, "baseUrl"):
            found += [(folder, name, [posixpath.join(base, name)]) for name in _inside(files, posixpath.normpath(base))]
    return sorted(found, key=lambda a: -len(a[0]))


def _inside(files: Mapping[str, str], folder: str) -> list[str]:
    """What a folder's modules and folders of modules are imported by: `users`, `users/`, `config`."""
    root = "" if folder in ("", ".") else folder + "/"
    inside = (p[len(root) :] for p in files if p.startswith(root) and p.endswith(SCRIPTS))
    heads = {p.split("/")[0] if "/" in p else p.rpartition(".")[0] + "." for p in inside} - {"node_modules"}
    return sorted(name for h in heads for name in ([h.rstrip(".")] if h.endswith(".") else [h, h + "/"]))
