"""What is called through PostgREST as the SQL that it sends: named arguments, and a read of its rows."""

from __future__ import annotations

import re

from apprescue.model.catalog import Attribute, Catalog, Routine
from apprescue.model.database import ident_of
from apprescue.model.trace import Value
from apprescue.model.workload import Parameter, Source
from apprescue.source.statements.answers import ANSWERED, SOURCE, body_of, counts
from apprescue.source.statements.placing import placed, qualified
from apprescue.source.statements.postgrest import Reading
from apprescue.source.statements.query_string import Read
from apprescue.source.statements.request import Request
from apprescue.source.statements.told import UntoldError, flat
from apprescue.source.statements.values import Values, built, some

_PREFIX = re.compile(r"^(?:p|_|in|arg|v|param|input)_|^_|_(?:p|param|arg|input|in)$")
_PERSON = re.compile(r"^(?:current_|auth_|my_)?(?:user|viewer|caller)(?:_?u?u?id)?$", re.I)
_GIVES = re.compile(r"[(,]\s*(?:IN)?OUT\s")


def routine_of(catalog: Catalog, request: Request, given: set[str] | None) -> Routine:
    """The function that takes the arguments; `given` is None where they are only known at run time."""
    bare = request.path.removeprefix("rpc/")
    named = [r for r in catalog.routines if r.name == f"{request.schema}.{bare}" and not r.procedure]
    if not named:
        raise UntoldError(f"the database that the app's files make has no function `{bare}`")
    fits = [r for r in named if given is None or _takes(r, given)]
    if not fits:
        raise UntoldError(f"no function `{bare}` takes {', '.join(sorted(given or ())) or 'no arguments'}")
    return fits[0]


def _takes(routine: Routine, given: set[str]) -> bool:
    names = [name for name, _ in routine.arguments]
    required = names[: len(names) - routine.defaults]
    return set(required) <= given <= set(names) or (names == [""] and routine.arguments[0][1] in ("json", "jsonb"))


def call_sql(request: Request, values: Values, catalog: Catalog, read: Read, routine: Routine) -> str:
    """The statement that calls a function and reads what it gives."""
    to = routine.returns.removeprefix("SETOF ").strip()
    relation = catalog.relation(to) if "." in to else None
    rows = relation is not None or to.startswith("TABLE(") or (to == "record" and bool(_GIVES.search(_head(routine))))
    bare = read.name
    node = placed(read, relation, ident_of(SOURCE), bare, catalog)
    reading = Reading(values)
    called = _called(request, values, routine)
    if rows:
        call = f"SELECT pgrst_call.* FROM {called[0]}{qualified(routine.name)}({called[1]}) pgrst_call"
    else:
        call = (
            f"SELECT pgrst_call.pgrst_scalar FROM {called[0]}"
            f"(SELECT {qualified(routine.name)}({called[1]}) pgrst_scalar) pgrst_call"
        )
    part, total = counts(request, reading.counted(node))
    single = rows and not routine.returns_set and not routine.returns.startswith("TABLE(")
    body = body_of(request, "_postgrest_t" if rows else "_postgrest_t.pgrst_scalar")
    if (single or (not rows and not routine.returns_set)) and body.endswith("'[]')"):
        body = body.replace("), '[]')", ")->0, 'null')")
    paged = "1" if not routine.returns_set else "pg_catalog.count(_postgrest_t)"
    return (
        f"WITH {SOURCE} AS ({call}) {part} SELECT {total} AS total_result_set, {paged} AS page_total, {body} AS body, "
        f"{ANSWERED}, '' AS response_inserted FROM ({reading.rows(node)}) _postgrest_t"
    )


def _head(routine: Routine) -> str:
    return routine.definition.partition("RETURNS")[0]


def _called(request: Request, values: Values, routine: Routine) -> tuple[str, str]:
    """What stands before the call, and its arguments."""
    if request.method in ("GET", "HEAD"):
        given = dict(request.query)
        texts = [
            f"{ident_of(name)} := {_spelled(values, given[name], name, kind)}::{kind}"
            for name, kind in routine.arguments
            if name in given
        ]
        return "", ", ".join(texts)
    fields = flat(request.body) if request.body is not None else {}
    if [name for name, _ in routine.arguments] == [""] and routine.arguments:
        inner = values.json(request.body or Value(fields={}), None, None, "call")
        return "", f"{inner}::{routine.arguments[0][1]}"
    required = len(routine.arguments) - routine.defaults
    taken = [
        (name, kind)
        for place, (name, kind) in enumerate(routine.arguments)
        if name in fields or ("" in fields and place < required)
    ]
    if not taken:
        return "", ""
    json = built({n: _argument(values, fields.get(n, Value()), n, k) for n, k in taken})
    typed = ", ".join(f"{ident_of(n)} {k}" for n, k in taken)
    names = ", ".join(ident_of(n) for n, _ in taken)
    before = (
        f"(SELECT {json} AS json_data) pgrst_payload, LATERAL (SELECT {names} "
        f"FROM json_to_record(pgrst_payload.json_data) AS _({typed}) LIMIT 1) pgrst_body, LATERAL "
    )
    return before, ", ".join(f"{ident_of(n)} := pgrst_body.{ident_of(n)}" for n, _ in taken)


def _spelled(values: Values, text: str, name: str, kind: str) -> str:
    holes = values.holes(text)
    return _argument(values, holes[0], name, kind) if holes else values.constant(text)


def _argument(values: Values, value: Value, name: str, kind: str) -> str:
    """A function's argument: what a column of that name would hold, where the function's own words do not tell."""
    if value.literal or value.fields is not None or (value.items is not None and value.step is None):
        return values.json(value, None, None, "call")
    if kind.startswith(("timestamp", "date")):
        found = values.parameter(value, None, Attribute(name, kind, kind))
        told = found if found.source is Source.MOMENT else Parameter(Source.MOMENT, text="now()", type=kind)
        return f"{values.put(told)}::{kind}"
    bare = _PREFIX.sub("", name)
    if kind in ("uuid", "text") and (values.is_me(value) or _PERSON.match(bare)):
        return f"{values.put(Parameter(Source.ME, type=kind))}::{kind}"
    like = _column_like(values.catalog, bare, kind)
    if like is not None:
        return f"{values.put(Parameter(Source.COLUMN, *like, type=kind))}::{kind}"
    return f"{values.put(Parameter(Source.FIXED, text=some(kind, values.catalog), type=kind))}::{kind}"


def _column_like(catalog: Catalog, name: str, kind: str) -> tuple[str, str] | None:
    """The column that an argument's name means: where foreign keys of that name lead, else a column of it."""
    for relation in catalog.relations:
        for key in relation.references:
            if key.columns == (name,) and catalog.relation(key.to):
                return key.to, key.to_columns[0]
    for relation in catalog.relations:
        column = relation.column(name)
        if column is not None and column.type == kind and relation.kind == "table" and name != "id":
            return relation.name, name
    return None
