"""People sign up as the real service does it, so that the app's own triggers run: as its role, step by step."""

from __future__ import annotations

import json
import re

from apprescue.methods.filling.marks import POWERFUL, addresses, claimed
from apprescue.methods.filling.values import identifier
from apprescue.model.access import Actor
from apprescue.model.catalog import Catalog
from apprescue.model.database import Database, DatabaseError, literal
from apprescue.model.rows import Person

PARTS = (Actor.ADMIN, Actor.OWNER, Actor.SUBSCRIBER, Actor.MEMBER, Actor.STRANGER)
KEY = re.compile(r"raw_user_meta_?data\)?\s*(?:::jsonb?\s*)?->>?\s*'(\w+)'", re.IGNORECASE)
CAST = re.compile(r"raw_user_meta_?data\)?\s*->>\s*'(\w+)'\s*\)*\s*::\s*([\w.]+)", re.IGNORECASE)
NOBODY = "00000000-0000-0000-0000-000000000000"


def people_for(catalog: Catalog, seed: int) -> tuple[Person, ...]:
    """The people, not signed up yet: the administrator has the address and the claims that the app looks for."""
    known = addresses(catalog)
    people = []
    for actor in PARTS:
        admin = actor is Actor.ADMIN
        email = known[0] if admin and known else f"{actor}@people.example"
        provider: dict[str, object] = {"provider": "email", "providers": ["email"]}
        people.append(
            Person(
                actor=actor,
                id=identifier("person", seed, actor),
                email=email,
                app_metadata=json.dumps(provider | (claimed(catalog) if admin else {})),
                user_metadata=json.dumps(_named(catalog, actor)),
            )
        )
    return tuple(people)


def _named(catalog: Catalog, actor: Actor) -> dict[str, str]:
    """What the app's sign-up form sends along: the names that its triggers read."""
    name = str(actor)
    known = {"full_name": f"{name.title()} Person", "name": f"{name.title()} Person", "first_name": name.title(),
             "last_name": "Person", "display_name": f"{name.title()} Person", "username": f"{name}1"}  # fmt: skip
    read = {key for routine in catalog.routines for key in KEY.findall(routine.body)}
    return {key: known.get(key, f"{name} {key}") for key in sorted(read) if key in known or key.endswith("name")}


def _chosen(catalog: Catalog) -> dict[str, str]:
    """The first choice for what a sign-up form lets people choose from and a trigger casts to an enum."""
    found: dict[str, str] = {}
    for routine in catalog.routines:
        for key, written in CAST.findall(routine.body):
            enum = catalog.enums.get(written, catalog.enums.get(f"public.{written}", ()))
            plain = [label for label in enum if not POWERFUL.search(label)]
            found |= {key: plain[0]} if plain else {}
    return found


def sign_up(database: Database, catalog: Catalog, person: Person) -> str:
    """Sign one person up. Returns why it cannot be done as an app's form does it; the account stands in any case.

    Raises DatabaseError where there is no table of accounts, or nothing at all can be written to it.
    """
    complaint = ""
    chosen = json.dumps({**json.loads(person.user_metadata), **_chosen(catalog)})
    for way in (*(_served(person, sent) for sent in (person.user_metadata, chosen, "{}")), ""):
        try:
            database.run(way or _written(person))
        except DatabaseError as error:
            complaint = complaint or f"{error.sqlstate} {error}".splitlines()[0]
            continue
        return "" if way else complaint
    raise DatabaseError("", complaint)


def _served(person: Person, metadata: str) -> str:
    """As the stand-in for the service does it: with the service's rights, so that triggers run as they do there."""
    given = ", ".join(map(literal, (person.id, person.email, metadata, person.app_metadata)))
    return f"select auth.laboratory_sign_up({given})"


def _written(person: Person) -> str:
    """Straight into the tables, with the app's triggers off."""
    identity = json.dumps({"sub": person.id, "email": person.email})
    return f"""set local session_replication_role = replica;
        insert into auth.users (instance_id, id, aud, role, email, raw_app_meta_data, raw_user_meta_data, created_at,
            updated_at, email_confirmed_at)
        values ('{NOBODY}', '{person.id}', 'authenticated', 'authenticated', {literal(person.email)},
            {literal(person.app_metadata)}, {literal(person.user_metadata)}, now(), now(), now());
        insert into auth.identities (provider_id, user_id, identity_data, provider, created_at, updated_at)
        values ('{person.id}', '{person.id}', {literal(identity)}, 'email', now(), now())"""
