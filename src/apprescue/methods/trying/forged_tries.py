"""Users try again with what they can write into their own account, and everybody with headers of his own choice,
where a rule believes such a thing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from apprescue.methods.trying.insert_tries import added_by_all
from apprescue.methods.trying.other_values import TEXTS, powerful
from apprescue.methods.trying.outcomes import Way
from apprescue.methods.trying.row_tries import read_by_all
from apprescue.methods.trying.trials import Forged, Lab, Trial, ruled
from apprescue.methods.trying.write_tries import changed_by_all
from apprescue.model.access import Actor
from apprescue.model.catalog import Relation

METADATA = re.compile(r"user_meta_?data'?(?:::\w+)?\)*\s*->>?\s*'(\w+)'")
HEADER = re.compile(r"request\.headers?.{0,80}?->>?\s*'([\w-]+)'|request\.header\.([\w-]+)", re.S)
TEXT = re.compile(r"'([^']*)'")
AHEAD = 160
OWN, HEADERS = "with his own user_metadata", "with a header of his choice"
MOST, MOST_ASKED = 8, 3


def text_behind(lab: Lab, text: str) -> str:
    """A rule's text with the bodies of the functions that it calls."""
    seen: dict[str, str] = {}
    waiting = [text]
    while waiting:
        for routine in lab.mentions.routines(waiting.pop()):
            if routine.signature not in seen:
                seen[routine.signature] = routine.body
                waiting.append(routine.body)
    return " ".join([text, *seen.values()])


def forged_by_all(lab: Lab, relation: Relation, plain: list[Trial]) -> list[Trial]:
    """What becomes possible by a forged part, which was not without it."""
    text = text_behind(lab, ruled(relation))
    return [*_with_metadata(lab, relation, plain, text), *_with_headers(lab, relation, plain, text)]


def metadata_for(lab: Lab, text: str) -> dict[str, object]:
    """What a rule wants to read in the part of the account that the user writes himself."""
    found: dict[str, object] = {}
    owner = lab.specimens.people.get(Actor.OWNER)
    for match in METADATA.finditer(text):
        ahead = text[match.end() : match.end() + AHEAD]
        values = sorted((v for v in TEXT.findall(ahead) if v and not METADATA.search(v)), key=powerful)
        if re.match(r"[^=]{0,12}::bool", ahead):
            found.setdefault(match[1], True)
        elif "::uuid" in ahead[:20] or not values:
            found.setdefault(match[1], owner.id if owner else "admin")
        else:
            found.setdefault(match[1], values[0])
    return found


def _with_metadata(lab: Lab, relation: Relation, plain: list[Trial], text: str) -> Iterator[Trial]:
    if "user_meta" not in text or not lab.present(Actor.STRANGER):
        return
    wanted = metadata_for(lab, text) or {"role": "admin", "is_admin": True}
    guessed = {lab.specimens.people[Actor.OWNER].id if lab.present(Actor.OWNER) else "", "admin"}
    others = [{k: v if w in guessed else w for k, w in wanted.items()} for v in _asked_for(lab, relation, text)]
    known = list(plain)
    for chosen in [wanted, *others][:MOST]:
        forged = Forged(OWN, metadata=json.dumps(chosen))
        gained = list(_gained(replace(lab, forged=forged), relation, known, (Actor.STRANGER,), forged.label))
        if chosen is wanted or any(trial.worked for trial in gained):
            yield from gained
        if any(trial.worked for trial in gained):
            return


def _asked_for(lab: Lab, relation: Relation, text: str) -> list[str]:
    """What stands in the columns of others' rows that the rules compare: the number of a team, a tenant's name."""
    columns = [c.name for c in relation.columns if c.base in (*TEXTS, "uuid") and c.name not in relation.primary_key]
    named = [c for c in columns if re.search(rf"\b{re.escape(c)}\b", text)]
    rows = [r for r in lab.specimens.of(relation.name) if Actor.STRANGER not in r.people]
    return list(dict.fromkeys(value for row in rows for c in named if (value := row.values.get(c))))[:MOST_ASKED]


def _with_headers(lab: Lab, relation: Relation, plain: list[Trial], text: str) -> Iterator[Trial]:
    names = {a or b for a, b in HEADER.findall(text)}
    owner = lab.specimens.people.get(Actor.OWNER)
    if not names or owner is None:
        return
    keys = [value for value, actor in lab.specimens.aliases.items() if actor is Actor.OWNER]
    literals = [value for match in HEADER.finditer(text) for value in TEXT.findall(text[match.end() :][:AHEAD])]
    held = _asked_for(lab, relation, text)
    values = [*keys[:3], *(v for v in literals if v), *held, owner.email, "true", "admin"]
    gained: list[Trial] = []
    for value in list(dict.fromkeys(values))[:MOST]:
        forged = Forged(HEADERS, headers=json.dumps(dict.fromkeys(sorted(names), value)))
        known = [*plain, *gained]
        gained += _gained(replace(lab, forged=forged), relation, known, (Actor.ANON, Actor.STRANGER), forged.label)
    worked = [trial for trial in gained if trial.worked]
    yield from worked or list({(t.actor, t.row): t for t in gained}.values())


def _gained(lab: Lab, relation: Relation, plain: list[Trial], actors: tuple[Actor, ...], label: str) -> Iterator[Trial]:
    """The trials that work only with the forged part; where none does, those of reading, which were refused."""
    could = {_key(trial) for trial in plain if trial.worked}
    again = [
        *read_by_all(lab, relation, actors),
        *changed_by_all(lab, relation, actors),
        *added_by_all(lab, relation, actors),
    ]
    fresh = [replace(t, trick=label, intended=False) for t in again if t.worked and _key(t) not in could]
    if fresh:
        yield from fresh
        return
    for trial in again:
        if trial.operation.value == "select" and not trial.column and trial.outcome.way is Way.REFUSED:
            yield replace(trial, trick=label, intended=False)


def _key(trial: Trial) -> tuple[object, ...]:
    return trial.actor, trial.operation, trial.row, trial.column
