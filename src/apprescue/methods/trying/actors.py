"""How each actor comes to the database: the role of its connection and the claims of its token."""

from __future__ import annotations

import json

from apprescue.model.access import Actor
from apprescue.model.rows import Person

ROLES = {Actor.ANON: "anon", Actor.SERVICE: "service_role"}
SESSION = "5e551011-0000-4000-8000-000000000001"


def role_of(actor: Actor) -> str:
    """The database role behind an actor's requests."""
    return ROLES.get(actor, "authenticated")


def claims_of(actor: Actor, person: Person | None) -> str:
    """The claims of the actor's token as JSON. Without an account they say no more than the role."""
    role = role_of(actor)
    if person is None or role != "authenticated":
        return json.dumps({"iss": "supabase", "ref": "rescue", "role": role})
    return json.dumps(
        {
            "iss": "supabase",
            "aud": "authenticated",
            "role": role,
            "sub": person.id,
            "email": person.email,
            "phone": "",
            "app_metadata": json.loads(person.app_metadata),
            "user_metadata": json.loads(person.user_metadata),
            "aal": "aal2",
            "amr": [{"method": "password"}],
            "session_id": SESSION,
            "is_anonymous": False,
        }
    )
