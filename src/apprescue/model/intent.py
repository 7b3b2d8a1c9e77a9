"""What is meant, as far as it is known: who owns a row, what is public, which columns nobody may see or change."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Meant:
    """What is meant of one table. None where it is not known.

    `owners` are the columns that hold whose row it is (two for a message between two). `public` tells whether
    strangers may read its rows; `public_when` is the SQL condition of the rows that they may read (published posts).
    `secret` columns are never for strangers, `pinned` ones never the owner's own to change; `shared` tables are read
    by every member (lookup tables); `written_by` are the roles that the app's own code writes with.
    `why` gives the evidence in words.
    """

    table: str
    owners: tuple[str, ...] = ()
    public: bool | None = None
    public_when: str = ""
    secret: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    user_may_insert: bool | None = None
    user_may_update: bool | None = None
    user_may_delete: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that only the owner can say: `key` names it in the answers' file, `default` is our reading."""

    key: str
    text: str
    evidence: str
    default: bool


@dataclass(frozen=True, slots=True)
class Intent:
    """What is meant of the whole database: tables by name, buckets that are public, functions meant for everyone."""

    tables: dict[str, Meant] = field(default_factory=dict)
    public_buckets: frozenset[str] = frozenset()
    open_functions: frozenset[str] = frozenset()
    questions: tuple[Question, ...] = ()

    def of(self, table: str) -> Meant:
        """What is meant of a table; nothing known gives an empty answer."""
        return self.tables.get(table, Meant(table))
