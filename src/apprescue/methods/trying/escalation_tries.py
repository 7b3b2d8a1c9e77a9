"""A user changes what he may change of his own row, or adds a row of his own, and then reads what he could not before:
another team's number in his profile, a membership that he gave himself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from apprescue.methods.trying.actors import role_of
from apprescue.methods.trying.forged_tries import text_behind
from apprescue.methods.trying.insert_tries import insertion
from apprescue.methods.trying.other_values import others
from apprescue.methods.trying.outcomes import Outcome, Way
from apprescue.methods.trying.specimens import Specimen, plainly, texts, where_of
from apprescue.methods.trying.trials import Lab, Trial, granted, ruled
from apprescue.methods.trying.tries import Try, tried
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Attribute, Relation
from apprescue.model.database import ident, ident_of, literal

MOST_VALUES, MOST_TABLES = 3, 8
POWERFUL = r"(?:super_?)?(?:admin(?:istrator)?|moderator|staff|root|superuser)"
HIM, HIS_VICTIM = Actor.STRANGER, Actor.OWNER


def climbed(lab: Lab, relation: Relation, plain: Iterable[Trial]) -> list[Trial]:
    """What a step that the rules allow on one's own row of this table opens in the tables whose rules ask it."""
    if not lab.present(HIM) or not lab.present(HIS_VICTIM):
        return []
    asking = [(r, text) for r in lab.catalog.relations if (text := _asks(lab, r, relation))][:MOST_TABLES]
    trials = list(plain)
    found: list[Trial] = []
    for column, step in [*_changes(lab, relation, asking, trials), *_additions(lab, relation, trials)]:
        if not any(t.column == (column.name if column else "") for t in found):
            found += _opened(lab, relation, column, step, [r for r, _ in asking])
    return found


def _asks(lab: Lab, relation: Relation, asked: Relation) -> str:
    """The rules of a table with the functions that they call, where they ask another table."""
    if relation.kind != "table" or not relation.rls or relation.name == asked.name:
        return ""
    if not lab.specimens.of(relation.name):
        return ""
    text = text_behind(lab, ruled(relation))
    return text if asked in lab.mentions.tables(text) else ""


def _changes(
    lab: Lab, relation: Relation, asking: list[tuple[Relation, str]], trials: list[Trial]
) -> Iterator[tuple[Attribute | None, str]]:
    """Updates of the columns that those rules speak of, as far as an owner may change them and nobody minds."""
    mine = next((r for r in lab.specimens.of(relation.name) if HIM in r.people), None)
    free = {t.column for t in trials if t.actor is Actor.OWNER and t.operation is Operation.UPDATE and t.worked}
    minded = {t.column for t in trials if t.operation is Operation.UPDATE and t.intended is False}
    for column in relation.columns if mine else ():
        word = re.compile(rf"\b{re.escape(column.name)}\b")
        if column.name not in free - minded or not any(word.search(text) for _, text in asking):
            continue
        theirs = [r.values.get(column.name) for r in lab.specimens.of(relation.name) if HIS_VICTIM in r.people]
        other = others(lab.catalog, relation, column, lab.specimens, mine.values.get(column.name)) if mine else []
        asked = [value for _, text in asking for value in _objects(column, text)]
        values = [
            v for v in dict.fromkeys([*asked, *theirs, *other]) if v and mine and v != mine.values.get(column.name)
        ]
        for value in values[:MOST_VALUES]:
            where = where_of(relation, mine.values) if mine else "false"
            yield column, f"update {ident(relation.name)} set {ident_of(column.name)} = {literal(value)} where {where}"


def _objects(column: Attribute, rules: str) -> list[str]:
    """What a column of JSON must hold where rules look into it: a key that is true, or has the value asked for."""
    if column.base not in ("json", "jsonb"):
        return []
    taken = re.findall(
        rf"\b{re.escape(column.name)}\s*->>?\s*'(\w+)'(?:::text)?\)*(?:::\w+\)*)?(?:\s*=\s*'(\w+)')?", rules
    )
    return [json.dumps({key: value or True}) for key, value in taken]


def _additions(lab: Lab, relation: Relation, trials: list[Trial]) -> Iterator[tuple[Attribute | None, str]]:
    """A row of his own that hangs on what is another's, where users may add rows and nobody minds."""
    own = [t for t in trials if (t.actor, t.operation, t.row) == (HIM, Operation.INSERT, "own") and not t.column]
    base = lab.filled.more(relation.name, HIM)
    if base is None or any(t.worked and t.intended is False for t in own):
        return
    for reference in relation.references:
        column, key = reference.columns[0], reference.to_columns[0]
        if len(reference.columns) > 1 or lab.specimens.aliases.get(base.value(column) or "") is HIM:
            continue
        theirs = [r.values.get(key) for r in lab.specimens.of(reference.to) if HIS_VICTIM in r.people]
        for value in [v for v in theirs if v and v != base.value(column)][:2]:
            yield None, insertion(relation, {**dict(base.values), column: value}, role_of(HIM))


def _opened(
    lab: Lab, relation: Relation, column: Attribute | None, step: str, tables: list[Relation]
) -> Iterator[Trial]:
    """The tables of which the step shows rows of another's that were hidden before and are meant to be."""
    for table in tables:
        columns = granted(table, role_of(HIM), "select")
        if not columns:
            continue
        plain = lab.request(HIM, texts(columns, ident(table.name)), asks=True)
        stepping = replace(plain, editor=f"set local role {role_of(HIM)};\n{step};\nreset role")
        before, after = tried(lab.database, [plain, stepping])
        new = [row for row in after[-1].gave if row not in before[-1].gave]
        met = [r for r in _hidden(lab, table) if any(_same(r, row) for row in new)]
        if met and after[-1].went:
            yield _trial(lab, relation, column, stepping, table, met)
            return


def _hidden(lab: Lab, table: Relation) -> list[Specimen]:
    meant = lab.intent.of(table.name)
    rows = [r for r in lab.specimens.of(table.name) if HIM not in r.people and (HIS_VICTIM in r.people or not r.people)]
    return [r for r in rows if meant.may_read(HIM, shown=r.shown_to(HIM)) is False]


def _same(row: Specimen, got: dict[str, str | None]) -> bool:
    return all(row.values.get(c) == v for c, v in got.items())


def _trial(
    lab: Lab, relation: Relation, column: Attribute | None, one: Try, table: Relation, met: list[Specimen]
) -> Trial:
    mine = [r for r in lab.specimens.of(relation.name) if HIM in r.people][:1]
    meant = lab.intent.of(relation.name)
    return Trial(
        object=relation.name,
        actor=HIM,
        operation=Operation.UPDATE if column else Operation.INSERT,
        row="own" if column else "own, hanging on another's",
        intended=None if _his_choice(relation, table, column) or (not column and meant.user_may_insert) else False,
        outcome=Outcome(
            Way.WORKED,
            f"after it he reads another's rows of {table.name}",
            plainly(table, (), granted(table, role_of(HIM), "select"), met[0]),
        ),
        one=one,
        column=column.name if column else "",
        on=(*mine, *met[:1]),
        rules=f"{ruled(relation)} {ruled(table)}",
    )


def _his_choice(relation: Relation, table: Relation, column: Attribute | None) -> bool:
    """Whether a column is a setting of one's own (a switch, a word) and not the number of somebody's team, nor what the
    rules know an administrator by."""
    if column is None or re.search(rf"\b{re.escape(column.name)}\b[^;]{{0,40}}'{POWERFUL}'", ruled(table)):
        return False
    return column.base != "uuid" and not any(column.name in r.columns for r in relation.references)
