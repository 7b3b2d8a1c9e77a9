"""Schemas that stand in TypeScript, Prisma and rules files."""

from __future__ import annotations

from textwrap import dedent

from apprescue.model.schema import joined
from apprescue.readers.schema import drizzle, firebase_rules, prisma, sql_migrations, supabase_types

TYPES = """
export type Database = {
  public: {
    Tables: {
      badges: {
        Row: {
          id: string
          level: number
          owner_id: string | null
        }
        Insert: {
          id?: string
        }
        Relationships: [
          {
            foreignKeyName: "badges_owner_id_fkey"
            columns: ["owner_id"]
            isOneToOne: false
            referencedRelation: "people"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      totals: {
        Row: {
          n: number | null
        }
      }
    }
  }
}
"""


def test_generated_types_tell_tables() -> None:
    (table,) = supabase_types.read({"src/types.ts": TYPES}).tables
    assert table.name == "public.badges"
    assert [(c.name, c.type, c.nullable) for c in table.columns] == [
        ("id", "text", False),
        ("level", "numeric", False),
        ("owner_id", "text", True),
    ]
    assert table.rls is None
    assert table.foreign_keys[0].to_table == "public.people"
    assert TYPES.split("\n")[table.columns[0].place.line - 1].strip() == "id: string"


def test_types_add_to_migrations_and_overrule_nothing() -> None:
    sql = "create table badges (id uuid primary key); alter table badges enable row level security;"
    whole = joined(
        [
            sql_migrations.read({"supabase/migrations/1_a.sql": sql}),
            supabase_types.read({"src/types.ts": TYPES}),
        ]
    )
    (table,) = whole.tables
    assert table.rls is True
    assert [(c.name, c.type) for c in table.columns] == [("id", "uuid"), ("level", "numeric"), ("owner_id", "text")]


def test_prisma() -> None:
    text = dedent(
        """
        model Post {
          id       String   @id @default(cuid())
          author   User     @relation(fields: [authorId], references: [id], onDelete: Cascade)
          authorId String
          slug     String   @unique
          tags     String[]
          price    Decimal? // in the shop's currency

          @@index([authorId, slug])
          @@map("posts")
        }
        model User {
          id    String @id
          posts Post[]
        }
        enum Kind {
          FREE
          PAID
        }
        """
    )
    schema = prisma.read({"prisma/schema.prisma": text})
    post, user = schema.tables
    assert post.name == "public.posts"
    assert [c.name for c in post.columns] == ["id", "authorId", "slug", "tags", "price"]
    assert post.foreign_keys[0].to_table == user.name
    assert [(i.columns, i.unique) for i in post.indexes] == [(("slug",), True), (("authorId", "slug"), False)]
    assert schema.enums == {"public.Kind": ("FREE", "PAID")}


def test_drizzle() -> None:
    text = dedent(
        """
        import { pgTable, text, serial, integer, index } from "drizzle-orm/pg-core";
        export const users = pgTable("users", { id: serial("id").primaryKey(), email: text("email").unique() });
        export const orders = pgTable(
          "orders",
          {
            id: serial("id").primaryKey(),
            userId: integer("user_id").references(() => users.id, { onDelete: "cascade" }),
            // a note; with, commas
            state: text("state").default("new"),
          },
          (t) => [index("orders_user").on(t.userId)],
        );
        """
    )
    users, orders = drizzle.read({"shared/schema.ts": text}).tables
    assert [c.name for c in users.columns] == ["id", "email"]
    assert [c.name for c in orders.columns] == ["id", "user_id", "state"]
    assert orders.foreign_keys[0].to_table == "public.users"
    assert orders.foreign_keys[0].on_delete == "cascade"
    assert [i.columns for i in orders.indexes] == [("user_id",)]
    assert text.split("\n")[orders.columns[2].place.line - 1].strip().startswith("state")


def test_firebase_rules() -> None:
    text = dedent(
        """
        service cloud.firestore {
          match /databases/{db}/documents {
            function mine(id) { return request.auth.uid == id; }
            match /users/{id} {
              allow read: if true; // shown
              allow write: if mine(id);
            }
          }
        }
        """
    )
    (match,) = firebase_rules.read({"firestore.rules": text}).rules
    assert match.path == "/databases/{db}/documents/users/{id}"
    assert [(a[0], a[1]) for a in match.allows] == [(("read",), "true"), (("write",), "(request.auth.uid == id)")]
    assert match.allows[1][2].line == 7


def test_rules_of_the_realtime_database() -> None:
    (match,) = firebase_rules.read({"database.rules.json": '{"rules": {".read": true, "a": {}}}'}).rules
    assert (match.service, match.path, match.allows[0][1]) == ("realtime", "/", "true")
