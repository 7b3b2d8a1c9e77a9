"""What the app asks of its database: each query as the SQL that really runs, as whom, with what values, and where."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum

from apprescue.model.database import literal
from apprescue.model.place import Code

HOLE = re.compile(r"\$(\d+)")
LONGEST = 8.0
"""Seconds after which the platform breaks a statement off."""
LIMITS = {"anon": 3.0, "authenticated": LONGEST, "service_role": LONGEST}
"""As Supabase has it, by role. A login of the database itself has two minutes there; nobody waits that long."""


class Screen(StrEnum):
    """What a screen is for. Each weighs as much as people look at it."""

    FEED = "feed"
    DASHBOARD = "dashboard"
    LIST = "list"
    INBOX = "inbox"
    SEARCH = "search"
    CHECKOUT = "checkout"
    DETAIL = "detail"
    ADMIN = "admin"
    WRITE = "write"
    JOB = "job"


class Source(StrEnum):
    """Where the value of a parameter comes from."""

    ME = "me"
    """The id of whoever is signed in."""
    COLUMN = "column"
    """Something that stands in a column: of one row, the parameters of the same relation come from the same row."""
    WORD = "word"
    """A piece of a text that stands in a column, as somebody types it into a search field."""
    MOMENT = "moment"
    """A moment: `text` is an SQL expression like `now() - interval '30 days'`."""
    FIXED = "fixed"
    """Always `text`."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that is only known when the statement runs. `relation` is `schema.name`; `type` the SQL type that it is
    cast to where the statement needs one. `pattern` holds the value where it stands inside a text (`%{}%`); `many`
    for a list of values."""

    source: Source
    relation: str = ""
    column: str = ""
    text: str = ""
    type: str = ""
    pattern: str = "{}"
    many: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """A query of the app as SQL. `sql` has `$1`, `$2` where its parameters go; it is sent as `role` (anon,
    authenticated, service_role under row level security's rules, postgres for a login of the database itself).

    `screen` names the page or route that runs it, `kind` what that screen is for, `weight` how often it runs compared
    to others. `repeats` is how many times one look at the screen runs it (more than 1 in a loop). `settings` are the
    names and values that are set before it in its transaction. `writes` for everything but reading.
    """

    sql: str
    place: Code
    role: str
    parameters: tuple[Parameter, ...] = ()
    library: str = ""
    screen: str = ""
    kind: Screen = Screen.LIST
    weight: float = 1.0
    repeats: int = 1
    settings: tuple[tuple[str, str], ...] = ()
    writes: bool = False

    @property
    def key(self) -> str:
        """Its name, stable over line moves."""
        return hashlib.sha256(f"{self.place.path}\0{self.role}\0{self.sql}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Untold:
    """A query that could not be turned into SQL, and why."""

    place: Code
    library: str
    table: str
    reason: str


@dataclass(frozen=True, slots=True)
class Workload:
    """Everything that the app asks, and what could not be told."""

    statements: tuple[Statement, ...] = ()
    untold: tuple[Untold, ...] = ()


class Standing(StrEnum):
    """Whose values a draw has: of somebody with very many rows, with an ordinary number, with none."""

    HOT = "hot"
    MEDIAN = "median"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Draw:
    """One set of values for a statement. `who` is the id of the signed-in person, empty for nobody; `values` are SQL
    expressions, one for each parameter."""

    standing: Standing
    who: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A statement with sets of values from the data, those of hot, median and empty people in turn."""

    statement: Statement
    draws: tuple[Draw, ...]

    def text(self, draw: Draw) -> str:
        """The SQL with a draw's values in it."""
        return HOLE.sub(lambda hole: draw.values[int(hole[1]) - 1], self.statement.sql)

    def before(self, draw: Draw) -> str:
        """What is sent first in the same transaction: who asks, with which token, as PostgREST does it. One statement;
        empty for a login of the database itself without settings."""
        statement = self.statement
        settings = dict(statement.settings)
        if statement.role != "postgres":
            claims = {"role": statement.role} | ({"sub": draw.who} if draw.who else {})
            settings = {"role": statement.role, "request.jwt.claims": json.dumps(claims)} | settings
        calls = [f"set_config({literal(name)}, {literal(value)}, true)" for name, value in settings.items()]
        return f"select {', '.join(calls)}" if calls else ""
