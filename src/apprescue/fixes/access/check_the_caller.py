"""A function with its owner's rights that pages call asks first who is calling: himself for himself, the staff for all.

Which of its arguments is the caller is taken from what the pages put there, or from its name where only one can be it;
who belongs to the staff, from the app's own row rules. Nothing is done where row rules or other functions call it in
the name of others, where a caller sets his own money or plan by it, and where the caller cannot be told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.catalog import Catalog, Routine
from apprescue.model.database import literal
from apprescue.model.finding import Finding, Severity
from apprescue.source.called_functions import Callers, caller_argument, callers, found_at
from apprescue.source.catalog_schema import schema_of
from apprescue.source.deeds import deed, gives_itself
from apprescue.source.function_sql import argument, guarded, with_semicolon
from apprescue.source.meant_rules import staff_condition
from apprescue.source.new_migration import new_migration
from apprescue.source.sql_access import STAFF_VALUE
from apprescue.source.sql_body import body_of
from apprescue.source.sql_text import bare, without_comments

_STAFF_NAME = re.compile(r"(?i)(?:^|_)(?:admin|moderator|staff|reviewer|super_?admin)(?:_|$)")
_STAFF_DEED = re.compile(r"(?i)^(?:admin_|(?:un)?ban_|(?:un)?suspend_|moderate_|impersonate_|assign_\w*(?:role|admin))")
_ROLE_ASKED = re.compile(
    r"(?i)(?:=|\bin\s*\(|[,\[])\s*'[\w -]*(?:admin|moderator|staff|owner)[\w -]*'|\bis_\w*admin\s*\("
)
_STAFF_PAGE = re.compile(r"(?i)(?:^|[/_.-])(?:admin|moderat|backoffice|godmode)|Admin[A-Z.]")


@fix(
    "access/definer_function_without_caller_check",
    "access/function_acting_for_anyone",
    title="Let a powerful function ask who is calling it",
)
def check_the_caller(finding: Finding, app: App, catalog: Catalog) -> Changes:
    """One migration for the functions that the finding names."""
    ups, downs, found = [], [], found_at(finding, catalog)
    for routine in found:
        up = _asking(app, catalog, routine)
        if not up:
            return
        ups.append(up)
        downs.append(with_semicolon(routine.definition))
    if found:
        name = bare(found[0].name)
        why = f"{name} works with its owner's rights, and asked nobody who he is. Now it refuses to act for others."
        yield from new_migration(app, f"check caller {name}", why, "\n".join(ups), "\n".join(downs))


def _asking(app: App, catalog: Catalog, routine: Routine) -> str:
    """The function made again with the question in it; empty where we are not sure whom to ask for."""
    use = callers(app, catalog, routine)
    if not use.need_the_right or use.rules or use.functions:
        return ""
    allowed = " and ".join(_allowed(app, catalog, routine, use)) if use.pages or use.unread else "false"
    return allowed and guarded(routine, allowed, "You may not do this for others.", outside=bool(use.triggers))


def _allowed(app: App, catalog: Catalog, routine: Routine, use: Callers) -> Iterator[str]:
    """What must hold for a caller: he names himself, he is of the staff, or either."""
    schema = schema_of(catalog, app.schema)
    function = next((one for one in schema.functions if (one.name, one.body) == (routine.name, routine.body)), None)
    if function is None:
        return
    plainly = deed(schema, function)[0] in (Severity.CRITICAL, Severity.HIGH) or not body_of(function).writes
    own = caller_argument(routine, use.pages, plainly)
    named = f"{argument(routine, own)} = auth.uid(){_cast(routine, own)}" if own else ""
    staff = staff_condition(schema, routine.name)
    on_staff_pages = [bool(_STAFF_PAGE.search(call.place.path)) for call in use.pages]
    if (
        _STAFF_NAME.search(own)
        or _STAFF_DEED.search(bare(routine.name))
        or (not own and all(on_staff_pages or [False]))
    ):
        asks = own and _asks_for_role(routine.body, own)
        if staff or asks:
            yield from filter(None, (named, "" if asks else f"({staff})"))
    elif named and re.search(rf"\b{re.escape(own)}\b", without_comments(routine.body)) and not gives_itself(function):
        yield f"({named} or ({staff}))" if staff and any(on_staff_pages) else named
        yield from _staff_roles(catalog, routine)


def _asks_for_role(body: str, argument: str) -> bool:
    """Whether the function itself looks whether the one whom an argument names is of the staff."""
    word = re.compile(rf"\b{re.escape(argument)}\b")
    return any(word.search(one) and _ROLE_ASKED.search(one) for one in without_comments(body).split(";"))


def _cast(routine: Routine, name: str) -> str:
    kind = next(kind for one, kind in routine.arguments if one == name)
    return "" if kind == "uuid" else "::text"


def _staff_roles(catalog: Catalog, routine: Routine) -> Iterator[str]:
    """Nobody gives himself a role of the staff."""
    for name, kind in routine.arguments:
        values = [one for one in catalog.enums.get(kind, ()) if STAFF_VALUE.search(one)]
        if values:
            told = ", ".join(map(literal, values))
            yield f"{argument(routine, name)} " + (f"not in ({told})" if len(values) > 1 else f"<> {told}")
