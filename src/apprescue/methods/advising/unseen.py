"""What a statement makes the database do beside what its plan shows: the queries inside functions that it, a row
policy or a trigger calls, and the search for rows that hang on a deleted one.

Each becomes a statement of its own, with the weight of the one that causes it. What a function works with, its
arguments, its variables and the row of a trigger, stands in it as an unknown value of that type; a query that cannot
be planned so is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from apprescue.methods.expressions import Text, Tree, condition, each, kind_of, statements, words
from apprescue.methods.rewriting.routines import Routines, body_queries, read_body
from apprescue.model.catalog import Catalog, Relation, Routine
from apprescue.model.database import ident
from apprescue.model.plan import Plan
from apprescue.model.workload import Draw, Drawn, Standing, Statement


def unseen(catalog: Catalog, plans: Sequence[tuple[Drawn, Plan]]) -> Iterator[tuple[Drawn, Statement]]:
    """The further statements with the one that each is caused by; `plans` are the statements with their plans."""
    looking = _Looking(catalog)
    seen: dict[tuple[str, str], tuple[Drawn, float]] = {}
    for drawn, plan in plans:
        statement = drawn.statement
        for sql, role in dict.fromkeys(looking.caused(statement, plan)):
            first, weight = seen.get((sql, role), (drawn, 0.0))
            seen[sql, role] = (first, weight + statement.weight * statement.repeats)
    for (sql, role), (first, weight) in seen.items():
        why = first.statement
        caused = replace(why, sql=sql, role=role, parameters=(), weight=weight, repeats=1, writes=False)
        yield Drawn(caused, (Draw(Standing.MEDIAN, first.draws[0].who),)), why


PLANNED = ("SelectStmt", "UpdateStmt", "DeleteStmt", "InsertStmt")


class _Looking:
    """What hangs on what."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog, self._routines = catalog, Routines(catalog)
        self._queries: dict[str, list[str]] = {}
        self._rows: dict[str, Relation] = {}
        self._hanging: dict[str, list[str]] = {}
        for relation in catalog.relations:
            for _, _, function in relation.triggers:
                self._rows.setdefault(function, relation)
            for reference in relation.references:
                types = [c.type if (c := relation.column(name)) else "text" for name in reference.columns]
                pairs = zip(reference.columns, types, strict=True)
                where = " and ".join(f"{ident(name)} = {_unknown(type_)}" for name, type_ in pairs)
                self._hanging.setdefault(reference.to, []).append(
                    f"select 1 from only {ident(relation.name)} where {where}"
                )

    def caused(self, statement: Statement, plan: Plan) -> Iterator[tuple[str, str]]:
        """The queries that a statement causes, each with whose rights it runs under."""
        read = statements(statement.sql)
        routines = self._routines.called_in(read.tree if read else None)
        for step in plan.deep():
            if (relation := self._catalog.relation(step.relation)) is None:
                continue
            for rule in relation.policies if statement.role != "postgres" else ():
                routines += self._routines.called(rule.using) + self._routines.called(rule.check)
            if step.kind == "ModifyTable":
                routines += [one for _, _, name in relation.triggers for one in self._routines.named((name,))]
                if _is_delete(read):
                    yield from ((sql, "postgres") for sql in self._hanging.get(relation.name, ()))
        for routine in self._reached(routines):
            role = "postgres" if routine.definer else statement.role
            yield from ((sql, role) for sql in self._inside(routine))

    def _reached(self, routines: Iterable[Routine]) -> list[Routine]:
        found: dict[str, Routine] = {}
        todo = list(routines)
        while todo:
            routine = todo.pop()
            if routine.signature not in found:
                found[routine.signature] = routine
                for query in body_queries(routine):
                    read = statements(query) or condition(query)
                    todo += self._routines.called_in(read.tree if read else None)
        return sorted(found.values(), key=lambda routine: routine.signature)

    def _inside(self, routine: Routine) -> list[str]:
        if routine.signature not in self._queries:
            types = self._types(routine)
            found = [_filled(query, routine, types) for query in body_queries(routine)]
            self._queries[routine.signature] = [sql for sql in found if sql]
        return self._queries[routine.signature]

    def _types(self, routine: Routine) -> dict[str, str]:
        """The types of what a function's queries may name, by its name in small letters; a row's by `new.column`."""
        types = {name.lower(): type_ for name, type_ in routine.arguments if name}
        if routine.language == "sql":  # there a column of that name comes first
            named = [relation for table in _tables(routine) if (relation := self._catalog.relation(table))]
            types = {name: type_ for name, type_ in types.items() if not any(r.column(name) for r in named)}
        types |= {f"${number}": type_ for number, (_, type_) in enumerate(routine.arguments, 1)}
        if routine.language == "plpgsql":
            for variable in each(read_body(routine), "PLpgSQL_var"):
                told = variable.get("datatype", {}).get("PLpgSQL_type", {}).get("typname", "")
                types.setdefault(str(variable.get("refname", "")).lower(), told.replace("pg_catalog.", ""))
        if (relation := self._rows.get(routine.name)) is not None:
            types |= {f"{row}.{c.name}": c.type for row in ("new", "old") for c in relation.columns}
        return types


def _tables(routine: Routine) -> list[str]:
    read = statements(routine.body)
    tree = read.tree if read else []
    ranges = [*each(tree, "RangeVar"), *each(tree, "relation")]
    return [f"{one.get('schemaname', 'public')}.{one.get('relname', '')}" for one in ranges]


def _is_delete(read: Text | None) -> bool:
    return read is not None and any(True for _ in each(read.tree, "DeleteStmt"))


def _filled(query: str, routine: Routine, types: Mapping[str, str]) -> str:
    """A query of a body with unknown values for what comes from outside; empty where it asks for no rows."""
    read = statements(query)
    expression = None if read else condition(query)
    read = read or expression
    kind = "SelectStmt" if expression else kind_of(read.tree[0])[0] if read and len(read.tree) == 1 else ""
    if read is None or kind not in PLANNED or (kind == "SelectStmt" and not any(each(read.tree, "RangeVar"))):
        return ""
    filled = read.edited(list(_edits(read, routine, types))).strip().rstrip(";")
    return f"select {filled}" if expression else filled


def _edits(read: Text, routine: Routine, types: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    for kind in ("ColumnRef", "ParamRef"):
        for fields in each(read.tree, kind):
            type_ = types.get(_name(kind, fields, routine))
            span = read.span({kind: fields}) if type_ else None
            if type_ and span:
                yield span[0], span[1], _unknown(type_)


def _name(kind: str, fields: Tree, routine: Routine) -> str:
    if kind == "ParamRef":
        return f"${fields.get('number', 0)}"
    parts = words(fields.get("fields"))
    if len(parts) == 2 and parts[0] == routine.name.partition(".")[2]:
        parts = parts[1:]
    return ".".join(parts).lower()


def _unknown(type_: str) -> str:
    return f"(select null::{type_})"
