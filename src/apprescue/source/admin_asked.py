"""How an app's edge functions ask the database whether a caller is an admin, so that another one asks the same."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from apprescue.model.app import App, Query
from apprescue.source.function_callers import FUNCTIONS

_ADMIN = re.compile(r"(?i)(?:super_?)?admin$")
_PERSON = re.compile(r"\w*user_?id|id$")
_FLAG = re.compile(r"(?i)is_?(?:super_?)?admin$")
_CALLED = re.compile(r"(?s)\.rpc\(\s*['\"](\w+)['\"]\s*,\s*\{([^{}]*)\}")
_PAIR = re.compile(r"(\w+)\s*:\s*([^,\s]+)")
_RULE = re.compile(r"(?i)\b(?:public\.)?(\w+)\(\s*\(?\s*(?:select\s+)?auth\.uid\(\)[^,]*,\s*'(admin|super_?admin)'")


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


@dataclass(frozen=True)
class AdminTest:
    """How a function asks whether whoever calls is an admin: `query` is what is asked of a client with the server's
    key, with `WHO` for his id; `refused` is true of the answer's `staff` where he is none."""

    query: str
    refused: str


WHO = "WHO"


def admin_test(app: App) -> AdminTest | None:
    """The test as most functions make it that only admins may call, else as the row rules know them."""
    guarded = {str(route) for route in app.routes if any(g.kind == "role" and not g.fail_open for g in route.guards)}
    found: Counter[AdminTest] = Counter()
    for query in app.queries:
        if query.place.path.startswith(FUNCTIONS) and query.route in guarded:
            made = _called(app, query) if query.operation == "rpc" else _looked_up(app, query)
            found.update([made] if made else [])
    if found:
        return max(found, key=lambda one: (found[one], one.query))
    return _by_rules(app)


def _looked_up(app: App, query: Query) -> AdminTest | None:
    """The role in the caller's own row, or in one that gives it to him."""
    if query.operation != "select" or query.as_whom == "browser":
        return None
    person = [f for f in query.filters if f.operator == "eq" and f.value.comes_from("caller")]
    role = [f for f in query.filters if f.operator == "eq" and _ADMIN.match(str(f.value.constant or ""))]
    if len(person) != 1 or not _PERSON.match(person[0].column) or len(query.filters) != len(person) + len(role):
        return None
    asked = f'from("{query.table}").select("COLUMN").eq("{person[0].column}", {WHO})'
    if len(role) == 1:
        text = asked.replace("COLUMN", role[0].column) + f'.eq("{role[0].column}", "{role[0].value.constant}")'
        return AdminTest(f"{text}.limit(1).maybeSingle()", "!staff")
    text = app.files.get(query.place.path, "")
    for column in query.columns:
        word = re.search(rf"\.{re.escape(column)}\s*!==?\s*['\"](\w*[aA]dmin)['\"]", text)
        test = f'staff?.{column} !== "{word[1]}"' if word else f"!staff?.{column}" if _FLAG.match(column) else ""
        if test:
            return AdminTest(f"{asked.replace('COLUMN', column)}.maybeSingle()", test)
    return None


def _called(app: App, query: Query) -> AdminTest | None:
    """A function of the database that is given the caller and the role."""
    said = _CALLED.search("\n".join(app.files[query.place.path].splitlines()[query.place.line - 1 :][:8]))
    values = dict(_PAIR.findall(said[2])) if said else {}
    roles = [name for name, value in values.items() if _ADMIN.match(value.strip("'\""))]
    people = [name for name in values if name not in roles]
    if said is None or len(roles) != 1 or len(people) != 1:
        return None
    return _of_function(said[1], people[0], roles[0], values[roles[0]].strip("'\""))


def _of_function(name: str, person: str, role: str, word: str) -> AdminTest:
    return AdminTest(f'rpc("{name}", {{ {person}: {WHO}, {role}: "{word}" }})', "!staff")


def _by_rules(app: App) -> AdminTest | None:
    """The function of the database by which row rules know the app's admins."""
    said = Counter(found for rule in app.schema.policies for found in _RULE.findall(f"{rule.using} {rule.check}"))
    for (name, word), _ in said.most_common():
        for function in app.schema.functions:
            if function.name.rpartition(".")[2] == name and len(function.parameters) == 2:
                (person, _kind), (role, _) = function.parameters
                return _of_function(name, person, role, word)
    return None
