"""A powerful function of the database can be led to the wrong tables.

What we look at: functions that run with the owner's rights (SECURITY DEFINER) and do not fix their search path.

Why it matters: such a function looks names up where the caller says. Whoever can create objects in a schema that
comes first puts a table or function of his own there, and it runs with the owner's rights.

How to repair: `alter function f(...) set search_path = '';` and write names with their schema inside
(`public.orders`), or at least `set search_path = public`.

When it is fine: nobody but the owner can create objects in the database. It is cheap to fix all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.facts import no_search_path
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import FunctionPlace


@check(severity=Severity.LOW, impact=Impact.DATA, cwe=["CWE-426"], owasp=["A05:2025"])
def function_without_search_path(app: App) -> Iterator[Seen]:
    """One finding for the app, with every such function."""
    for function in app.schema.functions:
        if function.security_definer and function.search_path is None and function.place.path:
            yield Seen(
                FunctionPlace(function.name, function.place),
                f"{function.name} runs with the owner's rights and without a fixed search path.",
                cause="search path",
                facts=(no_search_path(function.name),),
            )
