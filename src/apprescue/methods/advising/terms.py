"""What a statement may ask of a relation: conditions, orders, columns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from apprescue.model.database import ident_of
from apprescue.model.index import Key


class Sort(StrEnum):
    """How a key is asked for."""

    EQUAL = "equal"
    AMONG = "among"
    RANGE = "range"
    BEGINS = "begins"
    CONTAINS = "contains"
    HELD = "held"
    STATE = "state"
    """Not by a key: a condition that only a partial index can carry."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition on a relation. `key` is the column or expression as an index takes it; `text` the condition where
    it holds nothing but constants, as a partial index takes it; `joined` the aliases that its other side comes from;
    `operator` as it is written."""

    sort: Sort
    key: str = ""
    text: str = ""
    joined: frozenset[str] = frozenset()
    operator: str = ""


@dataclass
class Wanted:
    """What one statement asks of one relation. `either` are the branches of each OR; `orders` the tails of a sort and
    the groups; `needs` the columns that it looks at, `whole` where that is the entire row."""

    relation: str
    alias: str
    terms: list[Term] = field(default_factory=list)
    either: list[list[list[Term]]] = field(default_factory=list)
    orders: list[tuple[Key, ...]] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    whole: bool = False


def unqualified(text: str, alias: str) -> str:
    """The text of an expression without the alias in front of its columns."""
    name = re.escape(alias) if re.fullmatch(r"[a-z_][a-z0-9_$]*", alias) else re.escape(ident_of(alias))
    pieces = re.split(r"('(?:[^']|'')*')", text)
    pieces[::2] = [re.sub(rf'(?<![\w."]){name}\.', "", piece) for piece in pieces[::2]]
    return "".join(pieces)
