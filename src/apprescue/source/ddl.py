"""SQL that makes what a `Schema` tells of: for tables that no migration makes, and for apps without any migration.

Types of the generated `types.ts` are coarse (a string may be an id, a date or a text); a column's name and what it
points at tell the rest. Whatever cannot be told is made so that anything fits in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from apprescue.model.database import ident, literal
from apprescue.model.rebuilt import Mend
from apprescue.model.schema import Column, DbFunction, ForeignKey, Schema, Table
from apprescue.source.supabase_types import GIVEN, ORIGIN

_PLAIN = re.compile(
    r"(?:small|big)?int(?:eger|2|4|8)?|(?:small|big)?serial|real|float[48]?|double precision|numeric|decimal|money"
    r"|bool(?:ean)?|text|citext|varchar|char(?:acter)?(?: varying)?|bpchar|name|uuid|jsonb?|bytea|date|interval"
    r"|time|timetz|timestamp|timestamptz"
    r"|inet|cidr|macaddr|xml|tsvector|point|(?:int[48]|num|ts|tstz|date)range|vector"
)
_OTHER_NAMES = {
    "doubleprecision": "double precision", "datetime": "timestamp", "string": "text", "number": "numeric",
    "float": "double precision", "serial8": "bigserial", "enum": "text", "double": "double precision",
}  # fmt: skip
_FOREIGN_ID = re.compile(
    r"(?:^|_)(?:stripe|paypal|paystack|razorpay|flutterwave|external|google|apple|facebook|instagram|twitter|tiktok|youtube"
    r"|telegram|whatsapp|discord|spotify|github|provider|payment_intent|checkout|charge|mux|agora|livekit|twilio|onesignal"
    r"|firebase|device|request|correlation|trace|mpesa|plaid|shopify|calendly|zoom|resend|message_sid|tx|chain)_(?:\w+_)?id$"
)
_ID = re.compile(
    r"(?:^|_)(?:id|uuid)$|(?:^|_)(?:created|updated|reviewed|approved|invited|assigned|resolved|banned|deleted)_by$"
)
_MOMENT = re.compile(
    r"_(?:at|until|expires|expiry|since)$|^(?:timestamp|expires|last_seen|last_login)$|_date$|_time(?:stamp)?$"
)
_DAY = re.compile(r"(?:^|_)(?:dob|birth_?da(?:y|te)|date_of_birth)$|^(?:date|day)$")
_WHOLE = re.compile(
    r"_(?:count|cents|days|hours|minutes|seconds|order|rank|position|level|views|likes|points)$|^(?:age|rank|position)$"
)
_FIXED = {
    "uuid": "gen_random_uuid()", "timestamptz": "now()", "timestamp": "now()", "date": "current_date",
    "boolean": "false", "numeric": "0", "integer": "0", "bigint": "0", "jsonb": "'{}'", "text": "''",
}  # fmt: skip
_SCRIPT_DEFAULT = re.compile(r"^(?:sql(?:<[^>]*>)?)?`(.*)`$", re.S)


def enum(name: str, values: Collection[str]) -> str:
    """A type of these values."""
    return f"create type {ident(name)} as enum ({', '.join(map(literal, values))})"


def table(
    one: Table,
    schema: Schema,
    *,
    without: Collection[str] = (),
    names: Mapping[str, str] | None = None,
    closed: bool = False,
) -> str:
    """A table with its columns and key; foreign keys follow by `keys`. `names` gives columns the names that they had;
    `closed` turns row rules on, as the hosting does for tables that are made by hand."""
    named = names or {}
    parts = [_column(c, one, schema, named.get(c.name, c.name)) for c in one.columns if c.name not in without]
    key = [named.get(c, c) for c in one.primary_key if one.column(c) and c not in without]
    if key:
        parts.append(f"primary key ({', '.join(map(ident, key))})")
    made = f"create table if not exists {ident(one.name)} ({', '.join(parts)})"
    return f"{made}; alter table {ident(one.name)} enable row level security" if closed else made


def column(one: Column, owner: Table, schema: Schema) -> str:
    """A column, added to its table; it may be empty, for there may be rows."""
    free = replace(one, nullable=True)
    return f"alter table {ident(owner.name)} add column if not exists {_column(free, owner, schema, one.name)}"


def keys(tables: Collection[Table], schema: Schema) -> Iterator[str]:
    """The unique columns of tables, then their foreign keys; each is made unless such a one stands already."""
    for one in tables:
        for index in one.indexes:
            if index.unique and not index.where and all(one.column(c) for c in index.columns):
                yield _unless(one.name, index.columns, "u", f"unique ({', '.join(map(ident, index.columns))})")
    for one in tables:
        for own, to, its in dict.fromkeys((k.columns, k.to_table, k.to_columns) for k in one.foreign_keys):
            target = schema.table(to)
            columns = its or (target.primary_key if target else ())
            if target and own and columns and all(one.column(c) for c in own):
                at = f"{ident(target.name)} ({', '.join(map(ident, columns))})"
                key = f"foreign key ({', '.join(map(ident, own))}) references {at} not valid"
                yield _unless(one.name, own, "f", key)


def function(one: DbFunction, schema: Schema, *, body: str = "") -> str:
    """A function of that name which answers nothing, or what `body` (a query of its parameters) says."""
    given = ", ".join(f"{ident(name)} {sql_type(kind, schema)}" for name, kind in one.parameters)
    back = "void" if one.returns in ("", "void") else sql_type(one.returns, schema)
    back = "setof record" if one.returns == "record[]" else "record" if one.returns == "record" else back
    tail = "security definer set search_path = public" if body else "set search_path = public"
    query = body or (
        "select" if back == "void" else f"select null::{back}" if "record" not in back else "select row(null)"
    )
    return f"create function {ident(one.name)}({given}) returns {back} language sql stable {tail} as {literal(query)}"


def whole(schema: Schema, source: str) -> Iterator[Mend]:
    """Everything that a schema tells of, for an app that has no migrations: it is no guess, so no object is named."""
    for name, values in schema.enums.items():
        if values:
            yield Mend(enum(name, values), (), source)
    for one in schema.tables:
        yield Mend(table(one, schema), (), source)
    yield from (Mend(key, (), source) for key in keys(schema.tables, schema))


def sql_type(written: str, schema: Schema) -> str:
    """A type as a reader wrote it, as one that PostgreSQL knows; text where it knows none."""
    kind, many = written.strip().lower(), ""
    while kind.endswith("[]"):
        kind, many = kind.removesuffix("[]"), many + "[]"
    kind = re.sub(r"\s*\(.*\)", "", kind).removeprefix("pg_catalog.")
    kind = _OTHER_NAMES.get(kind, kind)
    if _PLAIN.fullmatch(kind) or kind == "void":
        return kind + many
    bare = written.strip().removesuffix("[]").rpartition(".")[2].strip('"')
    known = next((name for name in schema.enums if name.rpartition(".")[2].lower() == bare.lower()), None)
    return (ident(known) if known else "text") + many


def type_of(one: Column, owner: Table, schema: Schema) -> str:
    """A column's type: what it points at, or its name, tells more than the generated types do."""
    written = sql_type(one.type, schema)
    if owner.origin != ORIGIN:
        return written
    return _of_target(one, owner, schema) or by_name(one.name, written, owner.foreign_keys)


def by_name(name: str, written: str = "text", keys_of: Collection[ForeignKey] = ()) -> str:
    """What a column of that name usually is, where it is written as text or as a number."""
    pointing = any(name in key.columns for key in keys_of)
    if written == "text":
        if pointing or (_ID.search(name) and not _FOREIGN_ID.search(name)):
            return "uuid"
        return "date" if _DAY.search(name) else "timestamptz" if _MOMENT.search(name) else "text"
    if written == "numeric":
        return "bigint" if pointing or _ID.search(name) else "integer" if _WHOLE.search(name) else "numeric"
    return written


def _of_target(one: Column, owner: Table, schema: Schema) -> str:
    """The type of the column that a single foreign key points at, one step far."""
    for key in owner.foreign_keys:
        target = schema.table(key.to_table)
        if key.columns == (one.name,) and target and target.name != owner.name and len(key.to_columns) == 1:
            other = target.column(key.to_columns[0])
            if other is not None:
                return by_name(other.name, sql_type(other.type, schema), target.foreign_keys)
    return ""


def _column(one: Column, owner: Table, schema: Schema, name: str) -> str:
    kind = type_of(one, owner, schema)
    needed = "" if one.nullable or one.name in owner.primary_key else " not null"
    if kind in ("bigint", "integer") and one.name in owner.primary_key and (one.default == GIVEN or one.generated):
        return f"{ident(name)} {kind} generated by default as identity"
    default = _default(one, kind, schema)
    return f"{ident(name)} {kind}{f' default {default}' if default else ''}{needed}"


def _default(one: Column, kind: str, schema: Schema) -> str:
    """A default as SQL: of a schema file where it is a plain value, of the generated types what is usual."""
    if one.default == GIVEN or (not one.default and one.name == "id" and kind == "uuid" and one.nullable):
        if kind.endswith("[]"):
            return "'{}'"
        values = next((v for n, v in schema.enums.items() if ident(n) == kind), ())
        return literal(values[0]) if values else _FIXED.get(kind, "")
    text = one.default.strip()
    if found := _SCRIPT_DEFAULT.match(text):
        text = found[1].strip()
    if text in ("now()", "CURRENT_TIMESTAMP", "current_timestamp", "gen_random_uuid()", "true", "false"):
        return "" if text == "gen_random_uuid()" and kind not in ("uuid", "text") else text
    if text == "uuid()":
        return "gen_random_uuid()"
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text) and kind in (
        "integer",
        "bigint",
        "smallint",
        "numeric",
        "real",
        "double precision",
    ):
        return text
    quoted = re.fullmatch(r"[\"'](.*)[\"']", text)
    if quoted and kind in ("text", "varchar", "citext"):
        return literal(quoted[1])
    values = next((v for n, v in schema.enums.items() if ident(n) == kind), ())
    bare = quoted[1] if quoted else text
    return literal(bare) if bare in values else ""


def _unless(name: str, columns: Collection[str], kind: str, constraint: str) -> str:
    """A constraint, made unless the table has one of its kind on these columns."""
    kinds = "('u', 'p')" if kind == "u" else f"('{kind}')"
    on = f"{literal(ident(name))}::regclass"
    words = f"unnest({literal(tuple(columns))}::text[]) with ordinality as named(word, place)"
    places = (
        f"select array_agg(attnum order by place) from {words} join pg_attribute on attrelid = {on} and attname = word"
    )
    stands = f"select from pg_constraint where conrelid = {on} and contype in {kinds} and conkey = ({places})"
    added = f"alter table {ident(name)} add {constraint}"
    return f"do $mend$ begin if not exists ({stands}) then {added}; end if; end $mend$"
