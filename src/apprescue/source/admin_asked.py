"""How an app's edge functions ask the database whether a caller is an admin, so that another one asks the same."""

from __future__ import annotations

import re

from apprescue.model.app import App, Query
from apprescue.source.function_callers import FUNCTIONS

_ADMIN = re.compile(r"(?i)(?:super_?)?admin$")
_PERSON = re.compile(r"\w*user_?id|id$")


def admin_asked(app: App) -> str:
    """The query that finds the role of `user` with the server's key `supabase`, as functions that only admins may call
    make it; empty where they ask otherwise, or there are none."""
    guarded = {str(route) for route in app.routes if any(g.kind == "role" and not g.fail_open for g in route.guards)}
    for query in app.queries:
        known = query.place.path.startswith(FUNCTIONS) and query.as_whom == "service" and query.operation == "select"
        if known and query.route in guarded and (text := _text(query)):
            return text
    return ""


def _text(query: Query) -> str:
    """`from("user_roles").select("id").eq("user_id", user.id).eq("role", "admin")` of a query like that."""
    person = [one for one in query.filters if one.operator == "eq" and _PERSON.match(one.column)]
    role = [one for one in query.filters if one.operator == "eq" and _ADMIN.match(str(one.value.constant or ""))]
    if len(query.filters) != 2 or len(person) != 1 or len(role) != 1 or not person[0].value.comes_from("caller"):
        return ""
    asked = f'.eq("{person[0].column}", user.id).eq("{role[0].column}", "{role[0].value.constant}")'
    return f'supabase.from("{query.table}").select("{role[0].column}"){asked}.limit(1).maybeSingle()'
