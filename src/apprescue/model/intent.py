"""What is meant, as far as it is known: who owns a row, what is public, which columns nobody may see or change."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from apprescue.model.access import Actor


@dataclass(frozen=True, slots=True)
class Through:
    """A row's link to another table's row: its `column` holds that table's `key`, and `owner` there names a person."""

    column: str
    table: str
    key: str
    owner: str


@dataclass(frozen=True, slots=True)
class Meant:
    """What is meant of one table. None where it is not known.

    `owners` are the columns that hold whose row it is (two for a message between two), `authors` those of them that
    must name whoever adds the row. `through` tells the owner by a parent's row, `member_of` the table that lists who
    belongs to the row's team or room. `public` tells whether strangers may read its rows; `public_when` is the SQL
    condition of the rows that they may read (published posts), `paid` that the other rows are for those who paid;
    then `sold` are the columns that hold what is sold, and the rest of such a row may be shown.
    `shared` and `shared_when` say the same of everyone who is signed in; a `linked` row is shown by the rules to those
    who have to do with it (a team, subscribers). `secret` columns are never for strangers,
    `pinned` ones never the owner's own to set or change, `authored` ones the author's and not the other party's; by
    `answered` ones the other party answers, so that the author may not set them when he adds the row;
    `granted` ones are pinned for the row's subject and set by the firm that adds it. Rows without
    an owner are changed by users only where `anyone_may_change`. `kinds` says what a secret or pinned column holds:
    secret, personal, contact; role, money, plan, payout account, trust, ban, reach, decision, quota, counter.
    `why` gives the evidence in words, `reasons` the same by topic (`public`, `insert`, a column's name).
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
    authors: tuple[str, ...] = ()
    through: tuple[Through, ...] = ()
    member_of: tuple[Through, ...] = ()
    shared: bool | None = None
    shared_when: str = ""
    linked: bool = False
    paid: bool = False
    sold: tuple[str, ...] = ()
    authored: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    anon_may_insert: bool | None = None
    anyone_may_change: bool | None = None
    kinds: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def owned(self) -> bool:
        """Whether a row is somebody's, by its own columns or by those of its parent."""
        return bool(self.owners or self.through)

    def may_read(self, actor: Actor, own: bool = False, shown: bool | None = None, column: str = "") -> bool | None:
        """Whether an actor is meant to read a row. `own` tells whether it is his, `shown` whether the row meets
        `when` (None where that was not looked at). Contact data in rows that somebody published is not decided."""
        if own or actor in (Actor.OWNER, Actor.ADMIN, Actor.SERVICE):
            return True
        if self.linked and actor in (Actor.MEMBER, Actor.SUBSCRIBER):
            return True
        teaser = self.paid and bool(column) and column not in self.sold
        held_back = bool(self.when(actor)) and shown is False and not teaser
        if held_back and actor is Actor.SUBSCRIBER and self.paid:
            return True
        said = self.public if actor is Actor.ANON else self.public or self.shared
        if column in self.secret:
            published = said and not held_back and bool(self.when(actor)) and not self.paid
            return None if published and self.kinds.get(column) == "contact" else False
        return False if held_back and said is not None else said

    def when(self, actor: Actor) -> str:
        """The SQL condition of the rows that an actor who is a stranger to them may read; empty for all."""
        return self.public_when if actor is Actor.ANON else self.shared_when

    def may_insert(self, actor: Actor, own: bool = True, column: str = "") -> bool | None:
        """Whether an actor is meant to add a row; not `own` where it names somebody else as its author, `column`
        where he sets that column himself."""
        if actor in (Actor.ADMIN, Actor.SERVICE):
            return True
        fixed = column in self.pinned and column not in self.granted
        if fixed or column in self.answered or (not own and self.authors):
            return False
        if actor is Actor.ANON:
            return self.anon_may_insert
        return self.user_may_insert

    def may_change(self, actor: Actor, own: bool = False, column: str = "") -> bool | None:
        """Whether an actor is meant to change a row, or one column of it."""
        return self._may_write(actor, own, self.user_may_update, column)

    def may_delete(self, actor: Actor, own: bool = False) -> bool | None:
        """Whether an actor is meant to delete a row."""
        return self._may_write(actor, own, self.user_may_delete, "")

    def _may_write(self, actor: Actor, own: bool, owner_may: bool | None, column: str) -> bool | None:
        if actor in (Actor.ADMIN, Actor.SERVICE):
            return True
        if own or actor is Actor.OWNER:
            return False if column in self.pinned else None if column in self.answered else owner_may
        if self.owned:
            if column in self.authored:
                return False
            return None if self.linked and actor in (Actor.MEMBER, Actor.SUBSCRIBER) else False
        return False if actor is Actor.ANON else self.anyone_may_change


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that only the owner can say: `key` names it in the answers' file, `default` is our reading."""

    key: str
    text: str
    evidence: str
    default: bool


@dataclass(frozen=True, slots=True)
class Intent:
    """What is meant of the whole database: tables by name, buckets that are public, functions meant for everyone.

    Of buckets and functions in neither of the two sets it is not known. `reasons` gives the evidence in words by
    `bucket name` or `function name`.
    """

    tables: dict[str, Meant] = field(default_factory=dict)
    public_buckets: frozenset[str] = frozenset()
    open_functions: frozenset[str] = frozenset()
    questions: tuple[Question, ...] = ()
    private_buckets: frozenset[str] = frozenset()
    closed_functions: frozenset[str] = frozenset()
    reasons: dict[str, str] = field(default_factory=dict)

    def of(self, table: str) -> Meant:
        """What is meant of a table; nothing known gives an empty answer."""
        return self.tables.get(table, Meant(table))

    def bucket_is_public(self, name: str) -> bool | None:
        """Whether strangers may read a bucket's files."""
        return True if name in self.public_buckets else False if name in self.private_buckets else None

    def function_is_open(self, name: str) -> bool | None:
        """Whether clients may call a function (`schema.name`) for whatever it does."""
        return True if name in self.open_functions else False if name in self.closed_functions else None


def key_of(*parts: str) -> str:
    """A question's key as the answers' file writes it: `tables.posts.public`, a part in quotes where it must be.

    >>> key_of("buckets", "press kit", "public")
    'buckets."press kit".public'
    """
    return ".".join(p if re.fullmatch(r"[A-Za-z0-9_-]+", p) else _quoted(p) for p in parts)


def _quoted(part: str) -> str:
    return json.dumps(part, ensure_ascii=False).replace("\x7f", "\\u007f")
