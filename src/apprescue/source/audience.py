"""Who waits for a piece of code: a visitor, only those who run the app, a clock, or nobody at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from apprescue.model.app import App, Query, Route
from apprescue.model.place import Code
from apprescue.source.growth import in_job
from apprescue.source.meaning import is_admin
from apprescue.source.texts import has_any

_STAFF_GUARD = re.compile(r"(?i)admin|staff|moderator|superuser|operator")
_STAFF_FILE = re.compile(r"(?:^|[/_.-])admin(?:[A-Z/_.-]|$)|(?:^|[/_.-])Admin(?:[A-Z/_.-]|$)|[a-z]Admin(?:[A-Z.]|$)")
_PLANNED = re.compile(r"cron\.schedule\s*\(")
_ADDRESS = re.compile(r"/functions/v1/([\w-]+)")
_VERCEL = re.compile(r'"path"\s*:\s*"([^"?]+)')
_TIMER = re.compile(
    r"(?:setInterval|cron\.schedule|add_job|scheduleJob|create_task)\s*\(\s*(?:[\"'`][^\"'`]*[\"'`]\s*,\s*)?"
    r"(?:async\s*)?(?:\(\)\s*=>\s*\{?\s*)?(?:(?:void|await)\s+)?(\w+)"
)
_TIMER_SIGNS = ("setInterval", "cron.schedule", "add_job", "scheduleJob", "create_task")
_CLASS = re.compile(r"^\s*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?(?:class|interface)\s+\w")
_INHERITS = re.compile(r"\bextends\b|\(\s*(?!object\b|ABC\b|\))\w")
_CODE = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".py", ".vue", ".svelte")
_PLAN_SPAN = 1500


class Audience:
    """For whom the app's queries are asked, told from all addresses that reach a place."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._routes = {str(r): r for r in app.routes}
        self._dead: dict[tuple[str, str], bool] = {}

    def few_wait(self, queries: Iterable[Query], path: str) -> bool:
        """Whether only the staff or a clock ever waits for what stands in a file and makes these calls."""
        asked = list(queries)
        routes = [r for name in {q.route for q in asked} if (r := self._routes.get(name)) is not None]
        if routes:
            return all(self.for_staff(r) or self.clocked(r) for r in routes) or self._on_timer(asked)
        return bool(_STAFF_FILE.search(path)) or self._on_timer(asked)

    def in_job(self, query: Query, path: str) -> bool:
        """Whether a clock or a queue starts what stands in a file, as its name says: no page, nobody signed in."""
        route = self._routes.get(query.route)
        signed_in = route is not None and route.guarded("login", "ownership", "plan")
        return in_job(path) and query.as_whom != "browser" and not signed_in

    def for_staff(self, route: Route) -> bool:
        """Whether a guard lets only those who run the app through, or the address says that it is theirs."""
        return is_admin(route.path) or any(
            g.kind == "role" and not g.fail_open and _STAFF_GUARD.search(g.name) for g in route.guards
        )

    def clocked(self, route: Route) -> bool:
        """Whether a clock calls the address and no page does."""
        return route.path.rstrip("/") in self._plans

    def unused(self, query: Query) -> bool:
        """Whether a query stands in a method that no code of the app names."""
        name = query.function.rpartition(".")[2]
        if not name or query.place in self._reached:
            return False
        key = (query.place.path, name)
        if key not in self._dead:
            self._dead[key] = self._is_method(*key) and not self._named(name)
        return self._dead[key]

    @cached_property
    def _reached(self) -> frozenset[Code]:
        return frozenset(q.place for q in self._app.queries if q.route)

    @cached_property
    def _plans(self) -> frozenset[str]:
        planned = set()
        for path, text in self._app.files.items():
            if path.endswith(".sql"):
                for start in _PLANNED.finditer(text):
                    planned |= set(_ADDRESS.findall(text[start.start() : start.start() + _PLAN_SPAN].split("\n);")[0]))
        addresses = {f"/functions/v1/{name}" for name in planned if not self._invoked(name)}
        vercel = self._app.files.get("vercel.json", "").partition('"crons"')[2].partition("]")[0]
        return frozenset(addresses | {p.rstrip("/") for p in _VERCEL.findall(vercel)})

    def _invoked(self, name: str) -> bool:
        word = re.escape(name)
        called = rf"invoke\w*\s*(?:<[^>]*>)?\(\s*[\"'`]{word}[\"'`]|functions/v1/{word}(?![\w-])"
        return self._in_code(name, re.compile(called))

    def _in_code(self, name: str, use: re.Pattern[str]) -> bool:
        """Whether the app's code uses a name in a way."""
        return any(name in text and use.search(text) for text in self._code)

    @cached_property
    def _code(self) -> list[str]:
        return [text for path, text in self._app.files.items() if path.endswith(_CODE)]

    def _is_method(self, path: str, name: str) -> bool:
        """Whether it is a method of a class that no framework calls: it inherits from none and nothing marks it."""
        declared = rf"^[ \t]+(?:(?:public|private|static|async)\s+)*(?:def\s+)?{re.escape(name)}\s*(?:<[^>\n]*>)?\("
        lines = self._app.files.get(path, "").split("\n")
        at = [n for n, line in enumerate(lines) if re.search(declared, line)]
        heads = [next((line for line in lines[n::-1] if _CLASS.search(line)), "") for n in at]
        marked = any(lines[n - 1].lstrip().startswith("@") for n in at if n)
        return bool(at) and all(heads) and not marked and not any(_INHERITS.search(head) for head in heads)

    def _named(self, name: str) -> bool:
        word = re.escape(name)
        return self._in_code(name, re.compile(rf"\.\s*{word}\b|[\"'`]{word}[\"'`]|[{{,]\s*{word}\s*[,}}]"))

    def _on_timer(self, queries: list[Query]) -> bool:
        """Whether a timer starts the function that the queries stand in, and no address calls it itself."""
        return bool(queries) and all(
            (q.function.rpartition(".")[2] in self._timers.get(q.place.path, ())) for q in queries
        )

    @cached_property
    def _timers(self) -> dict[str, frozenset[str]]:
        return {
            path: frozenset(_TIMER.findall(text))
            for path, text in self._app.files.items()
            if path.endswith(_CODE) and has_any(text, _TIMER_SIGNS) and _TIMER.search(text)
        }
