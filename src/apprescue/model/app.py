"""The app as its files tell it. Built once by the readers, then only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from apprescue.model.place import Code
from apprescue.model.schema import Schema
from apprescue.model.trace import Guard, Step, Trace, Value

Where = Literal["path", "query", "header", "body", "cookie", "form"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of a request that the handler reads."""

    name: str
    where: Where


@dataclass(frozen=True, slots=True)
class Route:
    """An address that the outside can call.

    `method` is upper case or ANY, `path` has its mounts resolved and the framework's own parameter form
    (`:id`, `{id}`, `[id]`). `guards` are in force in order, those of middleware first. `touches` are among
    data, money, email, storage, ai, admin. `trace` holds every step that the handler takes. `gateway` is what the
    host asks for before the code runs and that is no guard: `verify_jwt`, which a public key passes.
    """

    method: str
    path: str
    framework: str
    place: Code
    parameters: tuple[Parameter, ...] = ()
    guards: tuple[Guard, ...] = ()
    touches: frozenset[str] = frozenset()
    trace: Trace | None = None
    handler: str = ""
    gateway: str = ""

    @property
    def steps(self) -> list[Step]:
        """What the handler does, in order."""
        return self.trace.steps if self.trace else []

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def guarded(self, *kinds: str) -> bool:
        """Whether a guard of one of the kinds holds (one that fails open does not)."""
        return any(g.kind in kinds and not g.fail_open for g in self.guards)


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition of a query: `column` `operator` (eq, in, gt, ilike, or, ...) a value."""

    column: str
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Query:
    """A call to the database.

    `operation` is select, insert, update, upsert, delete, rpc, count or raw; `table` the bare name (or the
    function's for rpc). `columns` is what is asked for ("*" for all), `embeds` the related tables read along, `within`
    what is asked for of them and of those within them, each as `table.column`, where that can be told.
    `limit` is the row limit where one stands, `single` where one row is asked for. `as_whom` is browser
    (public key), user (the caller's token), service (goes round all rules) or server (a database login).
    `written` is what an insert or update writes; `step` the last call of the chain.
    """

    library: str
    table: str
    operation: str
    place: Code
    step: Step
    filters: tuple[Filter, ...] = ()
    columns: tuple[str, ...] = ()
    embeds: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    limit: int | None = None
    paged: bool = False
    single: bool = False
    as_whom: str = "server"
    written: Value | None = None
    sql: str = ""
    function: str = ""
    route: str = ""

    @property
    def in_loop(self) -> bool:
        """Whether it runs once per element of something unbounded."""
        return any(not loop.bounded for loop in self.step.loops)


@dataclass(frozen=True, slots=True)
class EnvRead:
    """A read of an environment name. `fallback` is the literal used where it is not set; `needed` tells that
    something is missing then (not so for a switch, or where something else stands in)."""

    name: str
    place: Code
    side: str
    fallback: str | None = None
    needed: bool = True


@dataclass(frozen=True, slots=True)
class EnvDeclared:
    """A name in an env file or example. `value` is kept for checks and redacted in every paper."""

    name: str
    value: str
    place: Code


@dataclass(frozen=True, slots=True)
class Package:
    """A dependency as its manifest names it."""

    name: str
    version: str
    ecosystem: str
    place: Code
    development: bool = False


@dataclass(frozen=True, slots=True)
class CorsRule:
    """A cross-origin setting. `origins` are literal; `reflects` where the request's own origin is echoed."""

    place: Code
    origins: tuple[str, ...]
    credentials: bool = False
    reflects: bool = False
    framework: str = ""


@dataclass(frozen=True, slots=True)
class AiCall:
    """A call to a language model."""

    provider: str
    place: Code
    step: Step
    route: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A route that a provider calls."""

    provider: str
    route: Route
    verified: bool


@dataclass(frozen=True, slots=True)
class Job:
    """Work that a clock starts: a cron entry, a scheduled function."""

    name: str
    schedule: str
    place: Code
    route: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that watches the app: kind is tracker, logger, error_handler, boundary or health."""

    kind: str
    name: str
    place: Code


@lru_cache(maxsize=256)
def _lines(text: str) -> list[str]:
    return text.split("\n")


@dataclass(frozen=True)
class App:
    """Everything the readers saw. `files` maps each path to its text; binary and over-long files are left out."""

    root: str
    files: Mapping[str, str]
    name: str = ""
    commit: str = ""
    stacks: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    queries: tuple[Query, ...] = ()
    traces: tuple[Trace, ...] = ()
    schema: Schema = field(default_factory=Schema)
    env_reads: tuple[EnvRead, ...] = ()
    env_declared: tuple[EnvDeclared, ...] = ()
    packages: tuple[Package, ...] = ()
    cors: tuple[CorsRule, ...] = ()
    ai_calls: tuple[AiCall, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    jobs: tuple[Job, ...] = ()
    watches: tuple[Watch, ...] = ()

    def excerpt(self, place: Code, around: int = 0) -> str:
        """The text that stands at a place, with some lines around it."""
        lines = _lines(self.files.get(place.path, ""))
        first, last = place.line - 1 - around, max(place.line, place.end_line) + around
        return "\n".join(lines[max(0, first) : last])
