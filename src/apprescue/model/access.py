"""Who can do what to whose rows: what came of it when it was tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from apprescue.model.proof import Proof
from apprescue.model.replay import Replay

ONLY_SAID = Replay()


class Actor(StrEnum):
    """Who tries. A stranger has an account and rows of his own, and nothing to do with the row's owner."""

    ANON = "anon"
    STRANGER = "stranger"
    OWNER = "owner"
    SUBSCRIBER = "subscriber"
    MEMBER = "member"
    ADMIN = "admin"
    SERVICE = "service"


class Operation(StrEnum):
    """What is tried. `LIST` is of buckets, `CALL` of functions, `LISTEN` of the realtime publication."""

    SELECT = "select"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    CALL = "call"
    LIST = "list"
    LISTEN = "listen"


class Verdict(StrEnum):
    """What came of a try, held against what is meant.

    LEAK: it worked and should not. ALLOWED: it worked and is meant. UNDECIDED: it worked and nobody said whether it
    is meant. DENIED: it was refused, and the controls show that the refusal means something. BROKEN: it failed for
    everyone, also for whom it is meant. UNTESTED: it could not be tried, or a control failed.
    """

    LEAK = "leak"
    ALLOWED = "allowed"
    UNDECIDED = "undecided"
    DENIED = "denied"
    BROKEN = "broken"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class Cell:
    """One try. `object` is `schema.name` of a table, view, function (with its argument types), or a bucket's name.

    `kind` is table, view, function, bucket. `column` is empty where the whole row is meant. `row` says whose or which
    row ("another's", "own", "forged for another", "public", ...). `replay` is the try, with all that it takes to run it
    alone in the rebuilt database where something came of it; `detail` says what came back or why it could not be tried.
    """

    object: str
    kind: str
    column: str
    actor: Actor
    operation: Operation
    row: str
    verdict: Verdict
    intended: bool | None = None
    detail: str = ""
    replay: Replay = ONLY_SAID

    @property
    def sql(self) -> str:
        """The try as text: where something came of it as a script that runs alone (rows, role, claims and rollback in
        it), else the statement."""
        told = self.verdict in (Verdict.LEAK, Verdict.UNDECIDED, Verdict.BROKEN)
        return self.replay.sql if told else self.replay.act

    @property
    def claim(self) -> Claim:
        """What it shows, as a claim."""
        broken = self.verdict is Verdict.BROKEN
        return Claim(self.name, self.operation, self.actor, self.column, self.own, broken)

    @property
    def name(self) -> str:
        """The object's name, a function's without its arguments."""
        return self.object.partition("(")[0]

    @property
    def own(self) -> bool:
        """Whether it was tried on the actor's own row, or with a row in his own name."""
        return self.row.startswith("own")

    @property
    def proof(self) -> Proof:
        """The try as a proof that can be run again alone."""
        expected = "an answer" if self.verdict is Verdict.BROKEN else "a refusal, or no row"
        return Proof("database", self.sql, self.actor.value, expected, self.detail)


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says an actor can do: a check's suspicion, or a cell's. An empty column means the row.

    `own` tells whether it is done to the actor's own row (None where that does not matter), `fails` that it works for
    nobody.
    """

    object: str
    operation: Operation
    actor: Actor | None = None
    column: str = ""
    own: bool | None = None
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """The whole matrix. `seconds` is what it took; `missing` maps an object to why nothing of it could be tried."""

    cells: tuple[Cell, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0

    def leaks(self) -> Iterator[Cell]:
        """The tries that worked and should not have."""
        return (cell for cell in self.cells if cell.verdict is Verdict.LEAK)

    def answering(self, claim: Claim) -> tuple[Cell, ...]:
        """The cells of a claim's object and operation, and of its actor and column where it names them."""
        return tuple(
            cell
            for cell in self.cells
            if cell.name == claim.object
            and cell.operation is claim.operation
            and claim.actor in (None, cell.actor)
            and claim.column in ("", cell.column)
            and claim.own in (None, cell.own)
        )
