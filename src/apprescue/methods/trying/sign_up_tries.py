"""Somebody signs up and says of himself what is not his to say: does the sign-up trigger believe it, does it work?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from apprescue.methods.trying.forged_tries import text_behind
from apprescue.methods.trying.other_values import NUMBERS, others, powerful
from apprescue.methods.trying.row_tries import strongest
from apprescue.methods.trying.trials import Asked, Lab, Trial
from apprescue.methods.trying.tries import Try
from apprescue.model.access import Actor, Operation
from apprescue.model.catalog import Attribute, Relation
from apprescue.model.database import ident, ident_of, literal

KEY = re.compile(r"user_meta_?data'?(?:::\w+)?\)*\s*->>?\s*'(\w+)'")
NEWCOMER, ADDRESS = "0e5c0e00-0000-4000-8000-00000000000e", "newcomer@example.test"
ADMIN_WORDS, MOST_WORDS = 7, 4


def at_sign_up(lab: Lab) -> list[Trial]:
    """A trial of the sign-up itself, and one for each column that a new user could fill to his advantage."""
    accounts = lab.catalog.accounts
    if accounts is None or not accounts.triggers:
        return []
    bodies = " ".join(
        routine.body for _, _, name in accounts.triggers for routine in lab.catalog.routines if routine.name == name
    )
    text = text_behind(lab, bodies)
    role = _role(lab)
    usual = _usual(lab)
    asked = [_plain(lab, role, usual)]
    keys = tuple(dict.fromkeys(KEY.findall(text)))
    for relation in lab.mentions.tables(text):
        for name in lab.intent.of(relation.name).pinned:
            column = relation.column(name)
            if column is not None and keys:
                asked += _forged(lab, role, relation, column, keys, usual)
    return [t for t in strongest(lab.settled(asked)) if t.worked or t.object == "auth.users"]


def _role(lab: Lab) -> str:
    """The role that the sign-up service has, where the session may become it."""
    ((role,),) = lab.database.query(
        "select case when exists (select from pg_roles where rolname = 'supabase_auth_admin') "
        "and pg_has_role(session_user, 'supabase_auth_admin', 'set') then 'supabase_auth_admin' "
        "else session_user::text end"
    )
    return str(role)


def _usual(lab: Lab) -> dict[str, object]:
    person = lab.specimens.people.get(Actor.STRANGER) or lab.specimens.people.get(Actor.OWNER)
    return dict(json.loads(person.user_metadata)) if person else {}


def _insertion(metadata: dict[str, object]) -> str:
    return (
        "insert into auth.users (id, email, aud, role, raw_app_meta_data, raw_user_meta_data) values "
        f"({literal(NEWCOMER)}, {literal(ADDRESS)}, 'authenticated', 'authenticated', "
        f"""'{{"provider": "email", "providers": ["email"]}}', {literal(json.dumps(metadata))})"""
    )


def _plain(lab: Lab, role: str, usual: dict[str, object]) -> Asked:
    return Asked(
        Trial("auth.users", Actor.STRANGER, Operation.INSERT, "sign-up", True),
        Try(role, "", (_insertion(usual),), look="select count(*)::text from auth.users"),
        lambda answer: answer.changed,
        "no account was made",
    )


def _forged(
    lab: Lab, role: str, relation: Relation, column: Attribute, keys: tuple[str, ...], usual: dict[str, object]
) -> Iterator[Asked]:
    for value in _advantages(lab, relation, column):
        metadata = {**usual, **dict.fromkeys(_alike(keys, column.name), value)}
        spot = f"{ident_of(column.name)}::text = ({literal(value)}::{column.type})::text"
        yield Asked(
            Trial(relation.name, Actor.STRANGER, Operation.INSERT, "own, made at sign-up", False, column=column.name),
            Try(
                role,
                "",
                (_insertion(metadata),),
                look=f"select count(*)::text from {ident(relation.name)} where {spot}",
            ),
            lambda answer: answer.changed,
            "the new row does not hold it",
        )


def _alike(keys: tuple[str, ...], column: str) -> tuple[str, ...]:
    """The keys that the column is filled from by their names; all of them where none is like it."""
    same = tuple(key for key in keys if key in column or column in key)
    return same or keys


def _advantages(lab: Lab, relation: Relation, column: Attribute) -> list[str]:
    """Values that pay off; not every role is one."""
    if column.base == "boolean":
        return [] if column.default.startswith("true") else ["true"]
    if column.base in NUMBERS:
        return ["999999"]
    found = [v for v in others(lab.catalog, relation, column, lab.specimens, None) if v]
    return [v for v in found if powerful(v) < ADMIN_WORDS][:MOST_WORDS]
