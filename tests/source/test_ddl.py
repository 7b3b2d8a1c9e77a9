"""SQL made of what the app's own files tell of its database; it runs as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from apprescue.lab.postgres import Server, serve
from apprescue.model.schema import Schema
from apprescue.readers.schema import django_models, drizzle, prisma, sqlalchemy_models
from apprescue.source import ddl, supabase_types
from apprescue.source.type_literals import shapes

TYPES = """
export type Json = string | number | null
export type Database = {
  __InternalSupabase: { PostgrestVersion: "12" }
  public: {
    Tables: {
      boats: {
        Row: {
          id: string
          skipper_id: string
          stripe_account_id: string | null
          size_metres: number
          seat_count: number
          launched_at: string
          built_date: string | null
          extras: Json
          state: Database["public"]["Enums"]["boat_state"]
          open: boolean
          names: string[]
        }
        Insert: {
          id?: string
          skipper_id: string
          stripe_account_id?: string | null
          size_metres: number
          seat_count?: number
          launched_at?: string
          built_date?: string | null
          extras?: Json
          state?: Database["public"]["Enums"]["boat_state"]
          open?: boolean
          names?: string[]
        }
        Relationships: [
          {
            foreignKeyName: "boats_skipper_id_fkey"
            columns: ["skipper_id"]
            isOneToOne: true
            referencedRelation: "skippers"
            referencedColumns: ["number"]
          },
        ]
      }
      skippers: {
        Row: { number: number; name: string | null }
        Insert: { number?: number; name?: string | null }
        Relationships: []
      }
    }
    Views: { [_ in never]: never }
    Functions: {
      sail: { Args: { boat: string; far?: number }; Returns: undefined }
      crew: { Args: Record<PropertyKey, never>; Returns: { name: string }[] }
    }
    Enums: {
      boat_state:
        | "afloat"
        | "ashore"
    }
    CompositeTypes: { [_ in never]: never }
  }
}
"""
PRISMA = """
enum Colour {
  RED
  BLUE
}
model Boat {
  id String @id @default(uuid())
  name String @unique
  seats Int @default(4)
  colour Colour @default(RED)
  tags String[]
  made DateTime @default(now())
  owner Owner @relation(fields: [ownerId], references: [email])
  ownerId String
  @@map("boats")
}
model Owner {
  id Int @id @default(autoincrement())
  email String @unique
  boats Boat[]
}
"""
DRIZZLE = """
import { pgTable, pgEnum, serial, text, integer, boolean } from "drizzle-orm/pg-core";
export const colour = pgEnum("colour", ["red", "blue"]);
export const owners = pgTable("owners", { id: serial("id").primaryKey(), email: text("email").notNull().unique() });
export const boats = pgTable("boats", {
  id: serial("id").primaryKey(),
  ownerId: integer("owner_id").references(() => owners.id),
  paint: colour("paint").default("red").notNull(),
  afloat: boolean("afloat").default(true),
});
"""
SQLALCHEMY = """
from sqlalchemy import Column, ForeignKey, Integer, String, Boolean
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Owner(Base):
    __tablename__ = "owners"
    id = Column(Integer, primary_key=True)
    email = Column(String, unique=True, nullable=False)
class Boat(Base):
    __tablename__ = "boats"
    id = Column(Integer, primary_key=True)
    owner_id = Column(Integer, ForeignKey("owners.id"))
    afloat = Column(Boolean, default=True)
"""
DJANGO = """
from django.db import models
class Owner(models.Model):
    email = models.EmailField(unique=True)
class Boat(models.Model):
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
    seats = models.IntegerField(default=4)
"""
Read = Callable[[Mapping[str, str]], Schema]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(most_disk=300 * 1024**2) as given:
        yield given


def made(server: Server, schema: Schema) -> dict[str, list[tuple[str, str, bool]]]:
    """Each table with its columns, their types and whether they must be filled, after all SQL ran without a refusal."""
    name = server.create()
    with server.connect(name) as session:
        for mend in ddl.whole(schema, "a file"):
            session.run(mend.sql)
        rows = session.query(
            "select relname, attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute"
            " join pg_class c on c.oid = attrelid where relnamespace = 'public'::regnamespace and relkind = 'r'"
            " and attnum > 0 order by relname, attnum"
        )
    server.drop(name)
    return {table: [row[1:] for row in rows if row[0] == table] for table in {row[0] for row in rows}}


def test_generated_types_become_tables(server: Server) -> None:
    tables = made(server, supabase_types.read({"types.ts": TYPES}))
    assert tables["boats"] == [
        ("id", "uuid", True),
        ("skipper_id", "numeric", True),
        ("stripe_account_id", "text", False),
        ("size_metres", "numeric", True),
        ("seat_count", "integer", True),
        ("launched_at", "timestamp with time zone", True),
        ("built_date", "timestamp with time zone", False),
        ("extras", "jsonb", True),
        ("state", "boat_state", True),
        ("open", "boolean", True),
        ("names", "text[]", True),
    ]


def test_defaults_that_the_types_hide_let_a_short_insert_pass(server: Server) -> None:
    name = server.create()
    with server.connect(name) as session:
        for mend in ddl.whole(supabase_types.read({"types.ts": TYPES}), "types.ts"):
            if "foreign key" not in mend.sql:
                session.run(mend.sql)
        session.run("insert into boats (skipper_id, size_metres) values (7, 3)")
        assert session.query("select state::text, open, names::text from boats") == [("afloat", False, "{}")]


def test_functions_of_the_types_can_be_called_and_do_nothing(server: Server) -> None:
    schema = supabase_types.read({"types.ts": TYPES})
    name = server.create()
    with server.connect(name) as session:
        for one in schema.functions:
            session.run(ddl.function(one, schema))
        session.query("select public.sail('x', 2)")
        assert session.query("select count(*) from pg_proc where proname in ('sail', 'crew')") == [(2,)]


@pytest.mark.parametrize(
    ("read", "path", "text", "tables"),
    [
        (prisma.read, "prisma/schema.prisma", PRISMA, {"boats", "Owner"}),
        (drizzle.read, "shared/schema.ts", DRIZZLE, {"boats", "owners"}),
        (sqlalchemy_models.read, "app/models.py", SQLALCHEMY, {"boats", "owners"}),
        (django_models.read, "fleet/models.py", DJANGO, {"fleet_boat", "fleet_owner"}),
    ],
)
def test_models_become_tables_with_their_keys(
    server: Server, read: Read, path: str, text: str, tables: set[str]
) -> None:
    schema = read({path: text})
    assert set(made(server, schema)) >= tables
    assert any("foreign key" in mend.sql for mend in ddl.whole(schema, path))


def test_names_of_a_hostile_schema_stay_names(server: Server) -> None:
    hostile = TYPES.replace("skipper_id:", '"a\\"; drop table boats; --":').replace("boat_state:", "boat_state:", 1)
    assert "boats" in made(server, supabase_types.read({"types.ts": hostile}))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("user_id", "uuid"), ("created_by", "uuid"), ("stripe_customer_id", "text"), ("paid_at", "timestamptz"),
        ("birth_date", "date"), ("bio", "text"), ("provider", "text"), ("idea", "text"),
    ],
)  # fmt: skip
def test_a_name_tells_what_a_text_is(name: str, kind: str) -> None:
    assert ddl.by_name(name) == kind


def test_types_are_read_however_they_are_laid_out() -> None:
    row = "'b': string | null, c?: { d: 1 }[]; e:\n | 'x'\n | 'y'\n f: 2"
    text = f"interface Database {{ public: {{ Tables: {{ a: {{ Row: {{ {row} }} }} }} }} }}"
    (shape,) = shapes(text, "Database")
    found = shape.at("public", "Tables", "a", "Row")
    assert {name: one.text for name, one in found.items()} == {
        "b": "string|null",
        "c": "{}[]",
        "e": "|'x'|'y'",
        "f": "2",
    }


def test_types_that_never_end_are_read_to_their_end() -> None:
    assert list(shapes("type Database = { public: { Tables: { a: " + "{ b: " * 300, "Database"))


def test_written_types_are_told_from_generated_ones() -> None:
    assert supabase_types.is_generated(TYPES)
    assert not supabase_types.is_generated("type Database = { public: { Tables: { a: { Row: { b: string } } } } }")


def test_a_file_that_opens_types_again_and_again_takes_no_time() -> None:
    assert not supabase_types.read({"a.ts": "type Database = { public: { Tables: { a: {" * 20_000}).tables
