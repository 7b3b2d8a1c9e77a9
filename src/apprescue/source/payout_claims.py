"""The table of payouts under way: one open claim for an account, whose id is the idempotency key of every try."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.model.app import App
from apprescue.model.patch import Edit
from apprescue.source.history import histories
from apprescue.source.new_migration import new_migration
from apprescue.source.new_types import typed

TABLE = "payout_claims"
_WHY = "While a payout is under way its account stands here once, so that a second try is the same payout."
_DOWN = f'drop table "{TABLE}";'
_PLAIN = f"""create table public.{TABLE} (
  id uuid primary key default gen_random_uuid(),
  open_for text unique,
  created_at timestamptz not null default now()
);
alter table public.{TABLE} enable row level security;
revoke all on public.{TABLE} from anon, authenticated;"""
_COLUMNS = {"created_at": "string", "id": "string", "open_for": "string | null"}
_PRISMA = f"""create table "{TABLE}" (
  "id" text not null,
  "open_for" text,
  "created_at" timestamp(3) not null default current_timestamp,
  constraint "{TABLE}_pkey" primary key ("id")
);
create unique index "{TABLE}_open_for_key" on "{TABLE}" ("open_for");"""
_MODEL = f"""
/// {_WHY}
model PayoutClaim {{
  id        String   @id @default(uuid())
  openFor   String?  @unique @map("open_for")
  createdAt DateTime @default(now()) @map("created_at")

  @@map("{TABLE}")
}}
"""


def claims_made(app: App, prisma: bool) -> list[Edit] | None:
    """The edits after which the app has the table; none where it has it, None where it cannot be made."""
    if any(TABLE in text for path, text in app.files.items() if path.endswith((".sql", ".prisma"))):
        return []
    found = next(iter(histories(app.files)), None)
    if found is None or (found.kind == "prisma") is not prisma:
        return None
    edits = list(new_migration(app, TABLE, _WHY, _PRISMA if prisma else _PLAIN, _DOWN))
    if prisma:
        model = list(_model(app))
        return [*edits, *model] if edits and model else None
    return [*edits, *typed(app, TABLE, _COLUMNS, ("created_at", "id"))] if edits else None


def _model(app: App) -> Iterator[Edit]:
    schemas = [path for path in app.files if path.endswith("schema.prisma")]
    if len(schemas) == 1 and '"postgresql"' in app.files[schemas[0]]:
        text = app.files[schemas[0]]
        end = len(text.encode("utf-8", "surrogatepass"))
        yield Edit(schemas[0], end, end, ("" if text.endswith("\n") else "\n") + _MODEL)
