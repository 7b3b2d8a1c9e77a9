"""A Python query for a row whose id the caller chose looks only among the caller's own rows.

The column that tells whose a row is is that of the app's other queries to the same table, the word for who is calling
that of the file's other queries, or what the app calls him who is put into the handler in the same way; SQLAlchemy,
Django and MongoDB. Left as it is where the app knows no such column or more than one person of a
row, where other people belong to its rows, where the handler speaks of roles, and where it does not load the caller.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import product

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Query, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.handled import Handled, bound_at, declared, handler_of, parsed
from apprescue.source.owner_path import same_name, shared_through
from apprescue.source.python_conditions import Condition, conditions, with_owner
from apprescue.source.routes import answering, head, own_queries, queries_of, written_by

_CHOSEN = ("path", "query", "body", "form")
_ROLES = re.compile(r"(?i)\b\w*(?:role|admin|staff|member|collaborator)\w*\b")
_SHOWN = re.compile(r"(?i)public|visib|publish|shared")
_VALUES = ("str", "int", "float", "bool", "dict", "UUID", "uuid.UUID", "None", "Request")
_PLAIN = re.compile(r"^([A-Za-z_]\w*)(?:\.\w+|\[['\"]\w+['\"]\])*$")


@fix("access/login_without_ownership", title="Look only among the caller's own rows", safety=Safety.REVIEW)
def look_among_own(finding: Finding, app: App) -> Changes:
    """The owner's column in the queries of each address that the finding names."""
    places = (finding.place, *finding.related)
    by_route = queries_of(app)
    edits: dict[Edit, None] = {}
    for route in answering(app.routes):
        handled = handler_of(app, route) if head(route) in places else None
        if handled is not None and handled.path.endswith(".py") and not _ROLES.search(handled.cut(handled.node)):
            edits |= dict.fromkeys(_edits(app, route, handled, own_queries(route, by_route.get(str(route), ()))))
    yield from edits


def _edits(app: App, route: Route, handled: Handled, queries: Sequence[Query]) -> Iterator[Edit]:
    """One for each query of the handler that asks by the row's own id, or of those that change what they find."""
    lines = range(handled.node.line, handled.node.end_line + 1)
    here = [q for q in queries if q.place.path == handled.path and q.place.line in lines and _chosen(q)]
    seen: set[tuple[int, int]] = set()
    for query in sorted(here, key=lambda one: one.place.line):
        column, place = _owner(app, query.table), (query.place.line, query.place.end_line)
        if not column or place in seen or not _is_private(app, query, queries):
            continue
        asked = [one for one in conditions(handled, query) if any(_meets(one, f) for f in _chosen(query))]
        caller = _caller(app, handled, query, column, asked[0].value.start) if len(asked) == 1 else ""
        by_key = bool(asked) and asked[0].form in ("key", "row")
        if caller and not same_name(asked[0].column, column) and (not by_key or _has_id(app, query.table)):
            seen.add(place)
            edit = with_owner(handled, asked[0], column, caller)
            yield from [edit] if edit else []


def _is_private(app: App, query: Query, queries: Sequence[Query]) -> bool:
    """Whether rows of a table are nobody else's business: the address changes them, or they are private by their name;
    none that some see, or that other people belong to."""
    same = [one for one in app.queries if one.table == query.table]
    shown = any(_SHOWN.search(name) for one in same for name in (*(f.column for f in one.filters), *written_by(one)))
    changed = any(one.table == query.table and one.operation in ("update", "delete") for one in queries)
    private = meaning.is_private(query.table) or meaning.is_money(query.table)
    return (changed or (private and not shown)) and not shared_through(app, query.table, with_role=False)


def _chosen(query: Query) -> list[str]:
    """The columns that name one row and that a query holds against what the request says."""
    found = [f.column for f in query.filters if f.operator in ("eq", "==") and f.value.comes_from(*_CHOSEN)]
    return [one for one in found if meaning.words(one)[-1:] in (("id",), ("pk",), ("uuid",))]


def _meets(condition: Condition, column: str) -> bool:
    return same_name(condition.column, column) or {condition.column, column} == {"id", "pk"}


def _has_id(app: App, table: str) -> bool:
    found = next((one for one in app.schema.tables if same_name(one.name.rpartition(".")[2], table)), None)
    return found is None or any(column.name == "id" for column in found.columns)


def _owner(app: App, table: str) -> str:
    """The one column by which the app asks for the caller's rows of a table, if no other tells of another person."""
    asked: Counter[str] = Counter()
    people: set[str] = set()
    for query in (one for one in app.queries if one.table == table):
        asked.update(f.column for f in query.filters if _is_callers(f.operator, f.value.all_origins, f.column))
        people |= {name for name in written_by(query) if meaning.OWNER.match(name)}
    if len(asked) > 1:
        del asked["id"]
    known = next((one for one in app.schema.tables if same_name(one.name.rpartition(".")[2], table)), None)
    people |= {one.name for one in known.columns if meaning.OWNER.match(one.name)} if known else set()
    others = {one for one in people if not any(same_name(one, own) for own in asked)}
    return next(iter(asked)) if len(asked) == 1 and not others else ""


def _is_callers(operator: str, origins: frozenset[str], column: str) -> bool:
    person = meaning.OWNER.match(column) or meaning.words(column)[-1:] == ("id",)
    return operator in ("eq", "==") and any(o.startswith("caller") for o in origins) and bool(person)


def _caller(app: App, handled: Handled, query: Query, column: str, before: int) -> str:
    """Who is calling, in the words in which the file's other queries say it, as far as the handler knows them too."""
    near = bound_at(handled, before)
    outer = {name for node in handled.top for name in declared(node)}
    aim = _points_at(app, query.table, column)
    for far, only in product((False, True), (True, False)):
        said: Counter[str] = Counter()
        for other in (one for one in app.queries if one.library == query.library):
            mine = [
                f.column
                for f in other.filters
                if _is_callers(f.operator, f.value.all_origins, f.column)
                and (f.column == column if only else _points_at(app, other.table, f.column) == aim != "")
            ]
            if not mine or far == (other.place.path == handled.path):
                continue
            path, text = other.place.path, app.files.get(other.place.path, "")
            home = replace(handled, path=path, text=text, top=parsed(path, text)) if far else handled
            for one in conditions(home, other):
                if any(same_name(one.column, name) for name in mine):
                    said.update(_here(home, one.value, handled, near, () if far else outer))
        if said:
            return said.most_common(1)[0][0]
    return ""


def _points_at(app: App, table: str, column: str) -> str:
    """The table that a column of another one points at; empty where that is not known."""
    known = next((one for one in app.schema.tables if same_name(one.name.rpartition(".")[2], table)), None)
    keys = known.foreign_keys if known else ()
    return next((key.to_table for key in keys if key.columns == (column,)), "")


def _here(home: Handled, value: t.Node, handled: Handled, near: set[str], outer: Collection[str]) -> Iterator[str]:
    """An expression of another function in the names of the handler: what is got in the same way is the same."""
    text = home.cut(value)
    found = _PLAIN.match(text)
    function = next(
        (n for top in home.top for n in top.walk() if isinstance(n, t.Function) and n.start <= value.start < n.end),
        None,
    )
    if found is None or function is None:
        return
    made = _made(home, function, found[1])
    if not made and found[1] in outer and found[1] not in near:
        yield text
    for name in sorted(near) if made else ():
        if _made(handled, handled.node, name) == made:
            yield f"{name}{text[len(found[1]) :]}"


def _made(handled: Handled, function: t.Function, name: str) -> str:
    """What a function gives a name by: a call or the framework; empty for what its caller or the address fills."""
    for one in function.params:
        if isinstance(one.target, t.Name) and one.target.id == name:
            filled = one.default or one.annotation
            text = handled.cut(filled) if filled is not None else ""
            return "request" if name == "request" else "" if text in _VALUES else text
    given = [n for n in function.walk() if isinstance(n, t.Assign) and isinstance(n.target, t.Name)]
    texts = {handled.cut(n.value) for n in given if n.value is not None and getattr(n.target, "id", "") == name}
    text = texts.pop() if len(texts) == 1 else ""
    return text if re.fullmatch(r"(?:await )?\w[\w.]*\([\w.'\"]*\)|\w+\[['\"]\w+['\"]\]", text) else ""
