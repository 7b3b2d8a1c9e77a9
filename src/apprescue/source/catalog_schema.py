"""The database's final state as the server tells it, put in the words of the schema that files describe."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from apprescue.model.catalog import Catalog, Relation, Routine
from apprescue.model.place import Code
from apprescue.model.schema import Bucket, Column, DbFunction, ForeignKey, Index, Policy, Schema, Table, View
from apprescue.source.sql_text import default, inside

NOWHERE = Code("", 0)
_CLIENTS = ("anon", "authenticated")
_RIGHTS = ("select", "insert", "update", "delete")


def schema_of(catalog: Catalog, told: Schema) -> Schema:
    """The schema that a catalog shows; where the files tell of a thing, it keeps their place. Triggers and enums are
    those of the files, the enums' values those of the server where it gives them."""
    places = {t.name: t.place for t in told.tables}
    rules = {(p.table, p.name): p.place for p in told.policies}
    relations = {r.name for r in catalog.relations}
    functions = {f.name: f.place for f in told.functions}
    bins = {b.name: b.place for b in told.buckets}
    return Schema(
        tables=tuple(_table(r, places.get(r.name, NOWHERE)) for r in catalog.relations if r.kind == "table"),
        policies=tuple(p for r in catalog.relations for p in _policies(r, rules)),
        functions=tuple(_function(r, functions.get(r.name, NOWHERE), relations) for r in catalog.routines),
        triggers=told.triggers,
        views=tuple(
            View(r.name, r.definition, NOWHERE, r.security_invoker, r.kind.startswith("mat"))
            for r in catalog.relations
            if r.kind != "table"
        ),
        buckets=tuple(Bucket(b.name, b.public, bins.get(b.name, NOWHERE)) for b in catalog.buckets),
        enums={**told.enums, **catalog.enums},
        rules=told.rules,
        exposed=told.exposed or any(r.policies for r in catalog.relations),
    )


def _table(relation: Relation, place: Code) -> Table:
    granted = {(role, right.lower()) for role, right in relation.grants}
    return Table(
        relation.name,
        tuple(
            Column(c.name, _plain(c.type), place, not c.required, c.default, c.generated or c.identity == "always")
            for c in relation.columns
        ),
        place,
        "catalog",
        primary_key=relation.primary_key,
        foreign_keys=tuple(ForeignKey(r.columns, r.to, r.to_columns, place, r.on_delete) for r in relation.references),
        indexes=tuple(Index("", key, place, unique=True) for key in relation.unique),
        checks=tuple(condition for _, condition in relation.checks),
        rls=relation.rls,
        grants=tuple(_column_grants(relation)),
        revokes=tuple((role, right) for role in _CLIENTS for right in _RIGHTS if (role, right) not in granted),
    )


def _column_grants(relation: Relation) -> Iterator[tuple[str, str]]:
    columns = {c.name for c in relation.columns}
    for role, *rest in relation.column_grants:
        column = next((part for part in rest if part in columns), "")
        right = next((part for part in rest if part.lower() in _RIGHTS), "")
        if column and right:
            yield role, f"{right.lower()}({column})"


def _plain(written: str) -> str:
    name = written.lower().removeprefix("public.")
    return "text" if re.match(r"character varying|varchar|citext", name) and not name.endswith("[]") else name


def _policies(relation: Relation, places: dict[tuple[str, str], Code]) -> Iterator[Policy]:
    for rule in relation.policies:
        place = places.get((relation.name, rule.name), NOWHERE)
        command, roles = rule.command.lower(), rule.roles or ("public",)
        yield Policy(rule.name, relation.name, command, roles, rule.using, rule.check, place, rule.permissive)


def _given_back(written: str, relations: Collection[str]) -> str:
    """What a function returns, as a file would have it read: rows of a table by its name, made-up rows as a record."""
    name = written.lower().removeprefix("setof ").strip()
    if name.startswith("table("):
        return "record"
    return f"public.{name}" if f"public.{name}" in relations else name


def _function(routine: Routine, place: Code, relations: Collection[str]) -> DbFunction:
    path = next((s.partition("=")[2] for s in routine.settings if s.startswith("search_path")), None)
    return DbFunction(
        routine.name,
        routine.arguments,
        _given_back(routine.returns, relations),
        routine.language,
        routine.body,
        place,
        routine.definer,
        path,
        frozenset(routine.executors),
        defaults=tuple(_defaults(routine)),
    )


def _defaults(routine: Routine) -> list[str]:
    """What the last arguments are where a call leaves them out, as the server writes it."""
    taken = inside(routine.definition, 0)
    found = [default(taken[word.end() :]) for word in re.finditer(r"\bDEFAULT ", taken)]
    return found if len(found) == routine.defaults else []
