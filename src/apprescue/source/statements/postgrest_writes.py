"""What is changed through PostgREST as the SQL that it sends: a CTE that changes, and a read of its rows."""

from __future__ import annotations

from collections.abc import Iterable

from apprescue.model.catalog import Attribute, Relation
from apprescue.model.database import ident_of, literal
from apprescue.model.trace import Value
from apprescue.source.statements.answers import ANSWERED, SOURCE, body_of
from apprescue.source.statements.placing import Node, placed, qualified
from apprescue.source.statements.postgrest import Reading
from apprescue.source.statements.query_string import Read, columns_of
from apprescue.source.statements.told import UntoldError, flat
from apprescue.source.statements.values import Values, built

_INSERTED = "set_config('pgrst.inserted', (coalesce(nullif(current_setting('pgrst.inserted', true), '')::int, 0)"
_KEPT = frozenset("id created_at inserted_at updated_at".split())


def write_sql(read: Read, relation: Relation, values: Values) -> str:
    """The statement of an insert, upsert, update or delete, with the read of what it changed."""
    request = values.request
    shown = "return=representation" in request.prefer
    answer = Read(read.name, columns=read.columns, embeds=read.embeds, orders=read.orders)
    node = placed(answer, relation, ident_of(SOURCE), read.name, values.catalog)
    reading = Reading(values, limited=False)
    returning = _returning(node, relation) if shown else "RETURNING 1"
    changed = _Change(values, relation, read).sql(returning)
    rows = reading.rows(node) if shown else f"SELECT * FROM {SOURCE}"
    merges = "resolution=merge-duplicates" in request.prefer
    inserted = "nullif(current_setting('pgrst.inserted', true),'')::int" if merges else "''"
    return (
        f"WITH {SOURCE} AS ({changed}) SELECT '' AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, "
        f"array[]::text[] AS header, {body_of(request) if shown else chr(39) * 2 + '::text'} AS body, {ANSWERED}, "
        f"{inserted} AS response_inserted FROM ({rows}) _postgrest_t"
    )


def _returning(node: Node, relation: Relation) -> str:
    """The columns that the answer needs: those asked for, the key, and those that lead to what is embedded."""
    names = {column.field.name for column in node.read.columns}
    if "*" in names or any(child.way and child.way.kind == "computed" for child in node.children):
        return f"RETURNING {qualified(relation.name)}.*"
    names |= {a for child in node.children if child.way for a, _ in child.way.pairs} | set(relation.primary_key)
    missing = next((name for name in names if not relation.column(name)), None)
    if missing:
        raise UntoldError(f"`{relation.name.removeprefix('public.')}` has no column `{missing}`")
    return "RETURNING " + ", ".join(f"{qualified(relation.name)}.{ident_of(name)}" for name in sorted(names))


class _Change:
    """The changing part of a statement."""

    def __init__(self, values: Values, relation: Relation, read: Read) -> None:
        self._values = values
        self._relation = relation
        request = values.request
        self._request = request
        bare = Read(read.name, conditions=read.conditions)
        self._where = Reading(values).conditions(Node(bare, relation, qualified(relation.name)))

    def sql(self, returning: str) -> str:
        """The statement, up to and with what it gives back."""
        name = qualified(self._relation.name)
        where = f" WHERE {' AND '.join(self._where)}" if self._where else ""
        if self._request.method == "DELETE":
            return f"DELETE FROM {name}{where} {returning}"
        if self._request.method == "PATCH":
            columns = self._columns("update")
            if not columns:
                raise UntoldError("it writes nothing")
            settings = ", ".join(f"{ident_of(c.name)} = {_body(c)}" for c in columns)
            return f"UPDATE {name} SET {settings} {self._payload(columns, 'update', many=False)}{where} {returning}"
        return self._insert(name, returning)

    def _insert(self, name: str, returning: str) -> str:
        merge = "resolution=merge-duplicates" in self._request.prefer
        ignore = "resolution=ignore-duplicates" in self._request.prefer
        writes = "upsert" if merge or ignore else "insert"
        columns = self._columns(writes)
        names = ", ".join(ident_of(c.name) for c in columns)
        selected = ", ".join(map(_body, columns))
        text = f"INSERT INTO {name}({names}) SELECT {selected} {self._payload(columns, writes, many=True)}"
        if merge:
            text += f"WHERE {_INSERTED} + 1)::text, true) <> '0'"
        keys = columns_of(self._request, "on_conflict") or self._relation.primary_key
        if (merge or ignore) and keys:
            text += f" ON CONFLICT({', '.join(map(ident_of, keys))}) "
            if ignore:
                text += "DO NOTHING"
            else:
                sets = ", ".join(f"{ident_of(c.name)} = EXCLUDED.{ident_of(c.name)}" for c in columns)
                text += f"DO UPDATE SET {sets} WHERE {_INSERTED} - 1)::text, true) <> '-1'"
        return f"{text} {returning}"

    def _rows(self) -> list[dict[str, Value]]:
        body = self._request.body
        rows = [body] if body is None or body.items is None else list(body.items)
        return [flat(row) if row is not None else {} for row in rows]

    def _columns(self, writes: str) -> list[Attribute]:
        names = set(columns_of(self._request, "columns")) or {key for row in self._rows() for key in row}
        unknown = "" in names or self._request.body is None or self._request.body.literal
        unknown |= not names and self._request.method == "PATCH"
        unknown |= not names and self._request.body is not None and self._request.body.fields is None
        names -= {""}
        found = {name: self._relation.column(name) for name in names}
        missing = next((name for name, column in sorted(found.items()) if column is None), None)
        if missing:
            raise UntoldError(f"`{self._relation.name.removeprefix('public.')}` has no column `{missing}`")
        every = {c.name: c for c in found.values() if c is not None}
        if unknown:  # `{[field]: value}` writes one
            likely = list(self._likely(writes))
            every |= {c.name: c for c in (likely if self._named_nowhere() else likely[:1])}
        if not every and writes != "update":
            raise UntoldError("it writes nothing")
        return [every[name] for name in sorted(every)]

    def _named_nowhere(self) -> bool:
        body = self._request.body
        return body is None or bool(body.fields) or body.fields is None

    def _likely(self, writes: str) -> Iterable[Attribute]:
        """The columns that a form fills, for one whose fields are only known at run time."""
        keys = {column for key in self._relation.unique for column in key}
        for column in self._relation.columns:
            if column.generated or column.identity == "always" or column.name in _KEPT:
                continue
            led = any(column.name in reference.columns for reference in self._relation.references)
            if writes == "update":
                if column.name not in keys and not led:
                    yield column
            elif (column.required and not column.default) or (led and column.required):
                yield column
        if writes == "upsert":
            yield from (c for c in self._relation.columns if c.name in self._relation.primary_key and not c.generated)

    def _payload(self, columns: list[Attribute], writes: str, many: bool) -> str:
        """The body as rows: what PostgREST makes of the JSON that it was sent."""
        body = self._request.body
        listed = body is not None and body.items is not None
        defaults = "missing=default" in self._request.prefer
        b = "jsonb" if defaults else "json"
        rows = [self._row(row, columns, writes) for row in self._rows()]
        json = f"{b}_build_array({', '.join(rows)})" if listed else rows[0]
        typed = ", ".join(f"{ident_of(c.name)} {c.type}" for c in columns)
        names = ", ".join(ident_of(c.name) for c in columns)
        source, merged = "pgrst_payload.json_data", ""
        if defaults:
            source = "pgrst_json_defs.val"
            pairs = ", ".join(f"{literal(c.name)}, {c.default}" for c in columns if c.default)
            merged = f"LATERAL (SELECT jsonb_build_object({pairs}) || pgrst_payload.json_data AS val) pgrst_json_defs, "
            if listed:
                merged = (
                    f"LATERAL (SELECT jsonb_agg(jsonb_build_object({pairs}) || elem) AS val "
                    "from jsonb_array_elements(pgrst_payload.json_data) elem) pgrst_json_defs, "
                )
        expand = f"{b}_to_recordset" if listed else f"{b}_to_record"
        return (
            f"FROM (SELECT {json} AS json_data) pgrst_payload, {merged}"
            f"LATERAL (SELECT {names} FROM {expand}({source}) AS _({typed})) pgrst_body "
        )

    def _row(self, row: dict[str, Value], columns: list[Attribute], writes: str) -> str:
        parts: dict[str, str] = {}
        for column in columns:
            if column.name in row:
                text = self._values.json(row[column.name], self._relation, column, writes)
            elif "" in row or not row:
                text = self._values.written(Value(), self._relation, column, writes)
            else:
                continue
            parts[column.name] = text
        return built(parts, binary="missing=default" in self._request.prefer)


def _body(column: Attribute) -> str:
    return f"pgrst_body.{ident_of(column.name)}"
