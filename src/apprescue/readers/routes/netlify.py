"""Netlify functions: a file or a folder each, in the folder that netlify.toml names; scheduled ones have no address."""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apprescue.model.trace import Value
from apprescue.source import tree as t
from apprescue.source.closures import Closure
from apprescue.source.endpoint import Endpoint, request, unwrapped
from apprescue.source.flow import Flow
from apprescue.source.project import Module
from apprescue.source.serving import exported_place, literals, methods_of, object_value

_ENDING = r"\.(?:ts|js|mts|mjs|cjs|cts)$"
_CONTEXT = Value(
    name="context",
    fields={
        "clientContext": Value(fields={"user": Value(frozenset({"caller"}), "user")}, name="clientContext"),
        "params": Value(frozenset({"path"}), "params"),
        "cookies": Value(frozenset({"cookie"}), "cookies"),
    },
)


def read(flow: Flow) -> Iterable[Endpoint]:
    """Every function that has an address, once per method that it answers to."""
    folders = dict(_folders(flow.project.files))
    for path in flow.project.paths():
        for folder, scheduled in folders.items():
            found = re.match(re.escape(folder) + r"/(?:([^/]+)/)?([^/]+?)" + _ENDING, path)
            name = found[1] or found[2] if found else ""
            if (
                found
                and found[2] in (name, "index")
                and name not in scheduled
                and (module := flow.project.module(path))
            ):
                yield from _function(flow, module, name)
    yield from _on_the_edge(flow)


def _on_the_edge(flow: Flow) -> Iterator[Endpoint]:
    """The edge functions that have an address and answer there; one that calls `context.next()` only passes on."""
    said: dict[str, list[str]] = {}
    for path, text in flow.project.files.items():
        listed = _toml(text).get("edge_functions", []) if posixpath.basename(path) == "netlify.toml" else []
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one.get("function"), str) and isinstance(one.get("path"), str):
                said.setdefault(one["function"], []).append(one["path"])
    for path in flow.project.paths():
        found = re.search(r"(?:^|/)netlify/edge-functions/(?:([^/]+)/)?([^/]+?)" + _ENDING, path)
        name = found[1] or found[2] if found else ""
        module = flow.project.module(path) if found and found[2] in (name, "index") else None
        if module is not None and not re.search(r"\bnext\(", module.text):
            yield from _function(flow, module, name, said.get(name, []))


def _folders(files: Mapping[str, str]) -> Iterator[tuple[str, set[str]]]:
    """Folders of functions with the names of those in them that a clock starts."""
    seen = {p[: p.index("netlify/functions/") + 17] for p in files if "netlify/functions/" in p}
    settings = {p: _toml(text) for p, text in files.items() if posixpath.basename(p) == "netlify.toml"}
    for path, setting in settings.items():
        functions, build = setting.get("functions", {}), setting.get("build", {})
        named = functions.get("directory") or build.get("functions")
        if isinstance(named, str):
            seen.add(posixpath.normpath(posixpath.join(posixpath.dirname(path), build.get("base", ""), named)))
    clock = {n for s in settings.values() for n, one in s.get("functions", {}).items() if "schedule" in _table(one)}
    for folder in sorted(seen):
        yield folder, clock


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _function(flow: Flow, module: Module, name: str, paths: list[str] | None = None) -> Iterator[Endpoint]:
    """A function at the addresses that its `config` gives it; else at `paths`, or at that of its name."""
    exported = next((n for n in ("handler", "default") if flow.exported(module.path, n) is not None), "")
    value = flow.exported(module.path, exported) if exported else None
    config = object_value(module, "config")
    if value is None or (config and config.get("schedule")) or _is_scheduled(value):
        return
    wrappers, handler = unwrapped(value)
    if not isinstance(handler.function, Closure):
        return
    named = [f"/.netlify/functions/{name}"] if paths is None else paths
    addresses = _texts(config, "path") or named

    def given(method: str, address: str = next(iter(addresses), "")) -> tuple[Value, ...]:
        return request(method, address), _CONTEXT

    methods = [m.upper() for m in _texts(config, "method")]
    if not methods:
        tested, others = methods_of(flow, handler, given)
        methods = [*tested, *(["ANY"] if others else [])]
    for address in addresses:
        for method in methods:
            place = exported_place(module, exported)
            arguments = given(method, address)
            yield Endpoint(method, address, "netlify", place, handler, wrappers, arguments)


def _is_scheduled(value: Value) -> bool:
    return value.step is not None and value.step.name.startswith("@netlify/functions.schedule")


def _texts(config: t.Object | None, name: str) -> list[str]:
    return literals(config.get(name)) if config is not None else []
