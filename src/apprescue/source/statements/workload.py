"""All that an app asks of its database. Each library has a file beside this one, named as the readers name it.

Such a file has `translator(app, catalog)`, which gives a function from a query to the statements that are sent for it
or to why they cannot be told. A library whose calls tell everything themselves has `translate(query, catalog)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from apprescue.model.app import App, Query
from apprescue.model.catalog import Catalog
from apprescue.model.workload import Source, Statement, Untold, Workload
from apprescue.source.statements.screens import Screens

Told = Statement | Untold
Translate = Callable[[Query], Told | Iterable[Told]]
_FILES = {"sql": "raw"}
_HERE = __name__.rpartition(".")[0]


class Library(Protocol):
    """A file of this folder that knows a library."""

    def translator(self, app: App, catalog: Catalog) -> Translate:
        """What turns a query of the library into statements."""


def workload(app: App, catalog: Catalog) -> Workload:
    """Every query of an app as the SQL that runs in a database, with its screen and weight; what cannot be told with
    its place and the reason. Equal statements of one file are one, of the screen that is looked at most."""
    known: dict[str, Translate | None] = {}
    screens = Screens(app)
    told: list[Told] = []
    for query in app.queries:
        if query.library not in known:
            known[query.library] = _translator(query.library, app, catalog)
        translate = known[query.library]
        found = _told(query, translate)
        told += [screens.shown(one, query) if isinstance(one, Statement) else one for one in found]
    statements = [one for one in told if isinstance(one, Statement)]
    untold = [one for one in told if isinstance(one, Untold)]
    return Workload(tuple(_merged(statements)), tuple(dict.fromkeys(untold)))


def _told(query: Query, translate: Translate | None) -> Iterator[Told]:
    if translate is None:
        yield Untold(query.place, query.library, query.table, f"how {query.library} writes its SQL is not known")
        return
    answer = translate(query)
    yield from (answer,) if isinstance(answer, Statement | Untold) else answer


def _translator(library: str, app: App, catalog: Catalog) -> Translate | None:
    name = f"{_HERE}.{_FILES.get(library, library)}"
    if not library.isidentifier() or find_spec(name) is None:
        return None
    module = import_module(name)
    if hasattr(module, "translator"):
        made: Translate = module.translator(app, catalog)
        return made
    return partial(module.translate, catalog=catalog) if hasattr(module, "translate") else None


def _merged(statements: Iterable[Statement]) -> Iterator[Statement]:
    """One statement for each key. What several screens run weighs as much as all of them."""
    groups: dict[str, list[Statement]] = {}
    for one in statements:
        groups.setdefault(one.key, []).append(one)
    for group in groups.values():
        best = max(group, key=lambda one: (one.weight, _of_me(one)))
        weights = {one.screen: one.weight for one in group}
        yield replace(best, weight=sum(weights.values()), repeats=max(one.repeats for one in group))


def _of_me(statement: Statement) -> int:
    return sum(parameter.source is Source.ME for parameter in statement.parameters)
