"""From texts to an App: run every reader and put together what they saw."""

from __future__ import annotations

import gc
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from apprescue.model.app import App, EnvDeclared, EnvRead, Query, Route
from apprescue.model.outcome import NotExamined
from apprescue.model.schema import Schema, joined
from apprescue.model.trace import Trace
from apprescue.readers import env, queries, rest, routes, schema
from apprescue.readers.interface import on_shelf
from apprescue.source.assigned import changed
from apprescue.source.endpoint import route_of
from apprescue.source.flow import Flow
from apprescue.source.project import Project
from apprescue.source.quiet import is_tools_own
from apprescue.source.sides import side_of
from apprescue.source.syntax import SCRIPTS
from apprescue.source.texts import has_any

TESTS = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|e2e|cypress|spec|fixtures|mocks)/|\.(?:test|spec|stories)\.\w+$|"
    r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$"
)

# What only draws in the browser is not followed: it asks for nothing, waits for nothing and keeps nothing.
_ACTS = (
    "await ", ".then(", ".from(", ".rpc(", "fetch(", "axios", ".invoke(", "InnerHTML", "innerHTML", ".cookie", "eval(",
    "new Function", "openai", "anthropic", "generateContent", "sentry", "Sentry", "firebase", "Math.random",
    "createClient", ".upload(",
)  # fmt: skip
_KEEPS = re.compile(r"Storage\b")


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Deep trees need a deep stack, and millions of small values are made that all stay: collecting is in vain."""
    limit, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(limit, 20_000))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the texts themselves, without any code being followed; `trouble` is what could not be read."""

    schema: Schema
    env: tuple[EnvRead | EnvDeclared, ...]
    trouble: tuple[NotExamined, ...]


def written(files: Mapping[str, str]) -> Written:
    """The database's rules and the names of the environment."""
    trouble: list[NotExamined] = []
    with _undisturbed():
        env_seen = tuple(_env(_of_the_app(files), trouble))
        return Written(_schema(files, trouble), env_seen, tuple(trouble))


def read(
    files: Mapping[str, str],
    root: str = "",
    name: str = "",
    commit: str = "",
    progress: Callable[[str], None] = lambda _: None,
    aside: Callable[[], Written] | None = None,
) -> tuple[App, Flow, list[NotExamined]]:
    """The App of these texts, the flow behind it, and what could not be read. `aside` is asked for what is `written`
    in the texts, where that was read beside us."""
    trouble: list[NotExamined] = []
    with _undisturbed():
        flow = Flow(Project(_of_the_app(files)))
        progress("reading routes")
        found = list(_routes(flow, trouble))
        progress("following the code")
        traces = list(_traces(flow, found, trouble))
        app = App(root, files, name, commit, routes=tuple(found), traces=tuple(traces))
        progress("reading the database's rules")
        told = aside() if aside is not None else written(files)
        trouble += told.trouble
        app = replace(
            app,
            schema=told.schema,
            env_reads=tuple(e for e in told.env if isinstance(e, EnvRead)),
            env_declared=tuple(e for e in told.env if isinstance(e, EnvDeclared)),
        )
        app = replace(app, queries=tuple(_queries(app)))
        for reader in on_shelf(rest):
            app = replace(app, **reader.read(app, flow.project))
    return app, flow, trouble


def _of_the_app(files: Mapping[str, str]) -> dict[str, str]:
    """The texts without the scripts that an agent or an editor keeps in a folder of its own."""
    return {path: text for path, text in files.items() if not (path.endswith((".py", *SCRIPTS)) and is_tools_own(path))}


def _routes(flow: Flow, trouble: list[NotExamined]) -> Iterator[Route]:
    seen = set()
    for reader in on_shelf(routes):
        with _reported(reader.__name__, trouble):
            for endpoint in reader.read(flow):
                key = (endpoint.method, endpoint.path, endpoint.place)
                if key not in seen:
                    seen.add(key)
                    yield route_of(flow, endpoint)


def _traces(flow: Flow, found: list[Route], trouble: list[NotExamined]) -> Iterator[Trace]:
    followed: dict[str, set[int]] = defaultdict(set)
    for route in found:
        if route.trace is not None:
            for where, line in route.trace.followed:
                followed[where].add(line)
            yield route.trace
    for path in flow.project.paths():
        side = side_of(path, flow.project.files)
        if TESTS.search(path) or (side == "browser" and not _acts(flow.project.files[path])):
            continue
        module = flow.project.module(path)
        if module is not None:
            with _reported(path, trouble):
                trace = flow.run_module(module, side, followed[path])
                for where, line in trace.followed:
                    followed[where].add(line)
                yield trace


def _acts(text: str) -> bool:
    return has_any(text, _ACTS) or _KEEPS.search(text) is not None


def _queries(app: App) -> Iterator[Query]:
    readers = on_shelf(queries)
    by_trace = {id(r.trace): str(r) for r in app.routes}
    for trace in app.traces:
        told: dict[int, Query] = {}
        for step in trace.steps:
            if not step.continued:
                found = next((q for reader in readers if (q := reader.read(step))), None)
                if found is not None and id(found.step) not in told:
                    told[id(found.step)] = found
                    whose = "browser" if trace.side == "browser" and found.as_whom == "server" else found.as_whom
                    function, route = found.function or found.step.function, by_trace.get(id(trace), "")
                    yield replace(found, route=route, function=function, as_whom=whose)
        for query in changed(trace, told):
            yield replace(query, route=by_trace.get(id(trace), ""), function=query.step.function)


def _schema(files: Mapping[str, str], trouble: list[NotExamined]) -> Schema:
    """All that the schema's readers saw; what stands in SQL is asked first."""
    parts: list[Schema] = []
    for reader in sorted(on_shelf(schema), key=lambda r: not r.__name__.endswith("sql_migrations")):
        with _reported(reader.__name__, trouble):
            parts.append(reader.read(files))
    return joined(parts)


def _env(files: Mapping[str, str], trouble: list[NotExamined]) -> list[EnvRead | EnvDeclared]:
    seen: list[EnvRead | EnvDeclared] = []
    for reader in on_shelf(env):
        with _reported(reader.__name__, trouble):
            seen.extend(reader.read(files))
    return seen


@contextmanager
def _reported(what: str, trouble: list[NotExamined]) -> Iterator[None]:
    """A reader that breaks over one app is said, and the others go on."""
    try:
        yield
    except Exception as error:
        trouble.append(NotExamined(what, f"could not be read: {type(error).__name__}: {error}"))
