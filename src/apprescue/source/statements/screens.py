"""The screens of an app: which page or route runs a statement, what people use it for, and how often they look.

A statement of a page's own file is the page's; one of a component or hook that of the page which brings it in, by the
shortest way of imports; one of a route or server function that of the route. What a screen is for is told in this
order: work that a clock or a provider starts (job), a change (write), text that somebody types (search), one row by a
key of it (detail), and then the words of the page, the route, the function and the table; a list where none says.

Weights say how often a kind of screen is looked at compared with the others. They are guesses about any app with
people in it, told so that they can be argued with: a feed is opened first and scrolled (10), an inbox is looked at
again and again (8), so is whoever earns here at his dashboard (8), lists (6) and search (5) lie one step in, one thing
(detail, 4) is a key's look-up, people write (3) once for several looks, pay (2) rarely, the team (admin, 1) are few,
and nobody waits for a job (0.5). A file of the owner's own statements has the real numbers instead.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from apprescue.model.app import App, Query
from apprescue.model.workload import Screen, Source, Statement
from apprescue.source.project import Project

WEIGHTS = {
    Screen.FEED: 10.0,
    Screen.DASHBOARD: 8.0,
    Screen.INBOX: 8.0,
    Screen.LIST: 6.0,
    Screen.SEARCH: 5.0,
    Screen.DETAIL: 4.0,
    Screen.WRITE: 3.0,
    Screen.CHECKOUT: 2.0,
    Screen.ADMIN: 1.0,
    Screen.JOB: 0.5,
}
_WORDS = (
    (Screen.ADMIN, r"admin|moderat|backoffice|superuser|\bstaff\b"),
    (Screen.CHECKOUT, r"checkout|\bcart|payment|billing|subscrib|purchase|\btip(?:s|ping)?\b|order|invoice|wallet"),
    (Screen.INBOX, r"inbox|messag|conversation|chat|notification|\bdms?\b"),
    (Screen.SEARCH, r"search"),
    (Screen.FEED, r"feed|timeline|\bhome\b|explore|discover|trending|for ?you|browse|reels|stories"),
    (Screen.DASHBOARD, r"dashboard|analytics|stat(?:s|istics)|insight|earning|revenue|report|overview|metric|summary"),
)
_TIMED = re.compile(r"(?:^|[/\s_-])(?:crons?|webhooks?|scheduler)(?:[/.\s_-]|$)")
_BEHIND = re.compile(r"(?:^|[/\s_-])(?:jobs?|workers?|tasks?|queues?|scripts?|seed(?:er|s)?|migrat\w*)(?:[/.\s_-]|$)")
_PAGE = re.compile(
    r"(?:^|/)(?:pages|views|screens|routes)/(?!api/)|(?:^|/)app/(?:.*/)?page\.\w+$|\.page\.\w+$|(?:Page|View|Screen)\.\w+$"
)
_IMPORT = re.compile(r"""(?:from\s*|import\s*\(?\s*|require\(\s*)["']([^"']+)["']""")
_SCRIPTS = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", ".svelte")
_DRAWN = (".tsx", ".jsx", ".vue", ".svelte")
_TYPED = re.compile(r"_?tsquery|websearch_to_tsquery", re.I)
_NEXT = re.compile(r"(?:^|.*/)app/(.*?)/?(?:page|route|layout)\.\w+$")
_SUPABASE = re.compile(r"supabase/functions/([\w-]+)/")


class Screens:
    """Whose screen a query is, in one app."""

    def __init__(self, app: App) -> None:
        self._project = Project(app.files)
        self._files = app.files
        self._jobs = {job.place.path for job in app.jobs} | {job.route for job in app.jobs if job.route}
        self._users: dict[str, list[str]] | None = None
        self._pages: dict[str, str] = {}

    def shown(self, statement: Statement, query: Query) -> Statement:
        """A statement with the name of its screen, what that is for, and its weight."""
        screen = self.screen(query)
        kind = self._kind(statement, query, screen)
        return replace(statement, screen=screen, kind=kind, weight=WEIGHTS[kind])

    def screen(self, query: Query) -> str:
        """The name of the page, route or function that runs a query."""
        if query.route:
            return query.route
        path = query.place.path
        if function := _SUPABASE.search(path):
            return f"function {function[1]}"
        return _titled(self._page(path))

    def _page(self, path: str) -> str:
        """The nearest page that brings a file in, itself where none does."""
        if path not in self._pages:
            self._pages[path] = path if _PAGE.search(path) else self._nearest(path)
        return self._pages[path]

    def _nearest(self, path: str) -> str:
        seen, waiting = {path}, deque([path])
        while waiting:
            users = sorted(self._used_by().get(waiting.popleft(), ()))
            found = [user for user in users if _PAGE.search(user)]
            if found:
                return found[0]
            waiting.extend(user for user in users if user not in seen)
            seen.update(users)
        return path

    def _used_by(self) -> dict[str, list[str]]:
        """Which files bring in each file."""
        if self._users is None:
            self._users = {}
            for path, text in self._files.items():
                if path.endswith(_SCRIPTS):
                    for name in dict.fromkeys(_IMPORT.findall(text)):
                        if target := self._project.target(path, name):
                            self._users.setdefault(target, []).append(path)
        return self._users

    def _kind(self, statement: Statement, query: Query, screen: str) -> Screen:
        path = query.place.path
        shown = bool(query.route) or path.endswith(_DRAWN)
        if {query.route, path} & self._jobs or _TIMED.search(f"{_spaced(screen)} {_spaced(path)}"):
            return Screen.JOB
        if not shown and _BEHIND.search(_spaced(path)):
            return Screen.JOB
        if statement.writes:
            return Screen.WRITE
        if _TYPED.search(statement.sql) or any(p.source is Source.WORD for p in statement.parameters):
            return Screen.SEARCH
        worded = next(_worded(screen), None)
        if worded is Screen.ADMIN:
            return worded
        if _one_row(query, statement):
            return Screen.DETAIL
        told = (worded, *(kind for text in (query.function, path) for kind in _worded(text)), *_worded(query.table))
        return next((kind for kind in told if kind is not None and kind is not Screen.SEARCH), Screen.LIST)


def kind_of(name: str, statement: Statement) -> Screen:
    """What a statement of which only the table and the SQL are known is for."""
    if _TYPED.search(statement.sql) or any(p.source is Source.WORD for p in statement.parameters):
        return Screen.SEARCH
    return next((kind for kind in _worded(name) if kind is not Screen.SEARCH), Screen.LIST)


def _one_row(query: Query, statement: Statement) -> bool:
    if query.operation == "count":
        return False
    by_key = any(f.operator == "eq" and (f.column == "id" or f.column.endswith(("_id", "Id"))) for f in query.filters)
    return query.single and (by_key or bool(query.filters))


def _worded(text: str) -> Iterator[Screen]:
    spaced = _spaced(text)
    yield from (kind for kind, words in _WORDS if re.search(words, spaced))


def _spaced(name: str) -> str:
    """A name's words, apart and in lower case; a path's signs stay."""
    return re.sub(r"([a-z\d])([A-Z])", r"\1 \2", name).replace("_", " ").replace("-", " ").lower()


def _titled(path: str) -> str:
    """A page's name for people: the address of a Next.js page, otherwise the file's name."""
    if path.endswith(_SCRIPTS) and (found := _NEXT.match(path)):
        parts = [part for part in found[1].split("/") if part and not part.startswith(("(", "@"))]
        return "/" + "/".join(parts)
    parts = path.rpartition(".")[0].split("/")
    name = parts[-1]
    return parts[-2] if name in ("index", "page", "+page", "+page.server", "route") and len(parts) > 1 else name
