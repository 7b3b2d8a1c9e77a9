"""The questions that only the owner can answer: what stays open, most valuable first, at most ten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apprescue.model.access import Actor
from apprescue.model.intent import Meant, Question, key_of
from apprescue.model.schema import Schema, Table
from apprescue.source.intent_words import stands_for_money
from apprescue.source.sql_access import Who
from apprescue.source.sql_rights import reading, writing
from apprescue.source.sql_text import bare

MOST = 10


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question with what its answer is worth (higher first)."""

    key: str
    text: str
    evidence: str
    default: bool
    worth: int


def questions(doubts: Iterable[Doubt]) -> tuple[Question, ...]:
    """The ten most valuable doubts as questions, in a fixed order."""
    ranked = sorted(doubts, key=lambda d: (-d.worth, d.key))
    return tuple(Question(d.key, d.text, d.evidence, d.default) for d in ranked[:MOST])


def doubts_of(schema: Schema, table: Table, meant: Meant, guess: bool, titles: tuple[str, ...]) -> Iterator[Doubt]:
    """What stays open of a table although something lets a caller do it: only that is worth a question."""
    name, table_key = bare(table.name), table.name.removeprefix("public.")
    weight = 30 * stands_for_money(table) + 10 * bool(meant.secret) + 10 * meant.owned
    if meant.public is None and _readable(schema, table, Who.EVERYONE):
        text = f"May every visitor, also without signing in, read the rows of {name}?"
        yield Doubt(key_of("tables", table_key, "public"), text, meant.reasons.get("public", ""), guess, 70 + weight)
    elif meant.shared is None and meant.public is not True and _readable(schema, table, Who.MEMBERS):
        text = f"May everyone who is signed in read all rows of {name}?"
        yield Doubt(key_of("tables", table_key, "shared"), text, meant.reasons.get("public", ""), guess, 60 + weight)
    for column in (c for c, kind in meant.kinds.items() if kind == "contact"):
        if meant.may_read(Actor.ANON, shown=True, column=column) is None and meant.public:
            text = f"Is {column} in {name} private, not for everybody's eyes?"
            evidence = f"Strangers may read some rows of {name}, and with them {column}."
            yield Doubt(key_of("tables", table_key, "secret", column), text, evidence, True, 65 + weight)
    inserting = {d.who for d in writing(schema, table, "insert")} if table.rls is not False else {Who.EVERYONE}
    if meant.anon_may_insert is None and Who.EVERYONE in inserting:
        text = f"May visitors who are not signed in add rows to {name}?"
        yield Doubt(
            key_of("tables", table_key, "anon_insert"), text, meant.reasons.get("anon_insert", ""), False, 50 + weight
        )
    elif meant.user_may_insert is None and inserting & {Who.EVERYONE, Who.MEMBERS}:
        text = f"May every signed-in user add rows to {name}?"
        yield Doubt(
            key_of("tables", table_key, "insert"),
            text,
            f"A rule of {name} lets him.",
            not stands_for_money(table),
            40 + weight,
        )
    changing = (
        {d.who for c in ("update", "delete") for d in writing(schema, table, c)}
        if table.rls is not False
        else {Who.EVERYONE}
    )
    if meant.anyone_may_change is None and not meant.owned and changing & {Who.EVERYONE, Who.MEMBERS}:
        text = f"May every signed-in user change any row of {name}?"
        yield Doubt(
            key_of("tables", table_key, "anyone_may_change"),
            text,
            f"No column of {name} says whose a row is.",
            False,
            55 + weight,
        )
    if any(d.who is Who.OWNER for d in writing(schema, table, "update")):
        for column in titles:
            text = f"May a user choose {column} in {name} himself?"
            evidence = f"We saw nothing that decides by {column}; it may be a mere title."
            yield Doubt(key_of("tables", table_key, "own", column), text, evidence, True, 45 + weight)


def _readable(schema: Schema, table: Table, who: Who) -> bool:
    return table.rls is False or any(w.who >= who and not w.owners for _, w in reading(schema, table))
