"""A provider's event that comes again is answered and left: its id is stored before the work, in a table of its own.

For webhooks that verify Stripe's signature, with Supabase's client and the server's key, or with Prisma. The id is
taken away again where the work throws or is refused, so that the provider's next try is done. A table for events that
the app has and does not use is used. Left are handlers that refuse without braces, and those whose files do not show
the client.
"""

from __future__ import annotations

import re

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Todo
from apprescue.model.place import RoutePlace
from apprescue.model.schema import Table
from apprescue.source import tree as t
from apprescue.source.event_door import FORGET, Door, door_of, forgetful
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.history import histories
from apprescue.source.new_migration import new_migration
from apprescue.source.new_types import typed
from apprescue.source.prisma_model import Model, new_model, to_run
from apprescue.source.server_client import server_client

_TABLE = "webhook_events"
_WHY = "The events that providers have sent are remembered here, so that none is handled twice."
_UP = """create table public.webhook_events (
  provider text not null,
  event_id text not null,
  received_at timestamptz not null default now(),
  primary key (provider, event_id)
);
alter table public.webhook_events enable row level security;
revoke all on public.webhook_events from anon, authenticated;
grant select, insert, delete on public.webhook_events to service_role;"""
_DOWN = "drop table public.webhook_events;"
_MODEL = Model(
    "WebhookEvent",
    _TABLE,
    """// The events that providers have sent, so that none is handled twice
model WebhookEvent {
  id         String   @id
  provider   String
  receivedAt DateTime @default(now()) @map("received_at")

  @@map("webhook_events")
}
""",
    _WHY,
    """CREATE TABLE "webhook_events" (
  "id" TEXT NOT NULL,
  "provider" TEXT NOT NULL,
  "received_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "webhook_events_pkey" PRIMARY KEY ("id")
);""",
)
_LEDGER = re.compile(r"(?i)^public\.(?:(?:processed|stripe|handled)_)*(?:webhook|stripe|processed)_?events?$")
_EVENT_ID = re.compile(r"(?i)(?:^|_)event_?id$|^id$")
_NAMES = ("eventId", "unstored", FORGET, "eventStore")
_PRISMA = re.compile(
    r"^(\w+)\.(?:\w+\.(?:find(?:Unique|First|Many)(?:OrThrow)?|create|update|upsert|updateMany)|\$transaction)$"
)


@fix("input/event_handled_twice", title="Handle each of a provider's events once")
def remember_events(finding: Finding, app: App) -> Changes:
    """The table, and what stands at the webhook's door."""
    named = [one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)]
    route = next((one for one in app.routes if str(one) in named), None)
    file = hand(app, route.place.path) if route else None
    if route is None or file is None or file.is_python or not route.trace:
        return
    handler = next((n for n in file.nodes if isinstance(n, t.Function) and n.line == route.trace.place.line), None)
    door = door_of(file, handler) if handler else None
    answers = _answers(file, handler) if handler else None
    if door is None or answers is None or any(one in file.text for one in _NAMES):
        return
    found = next(iter(histories(app.files)), None)
    supabase = found is not None and any("supabase/" in one.path for one in found.scripts)
    changes = list(_by_supabase(app, file, door, answers) if supabase else _by_prisma(app, file, door, answers))
    if changes:
        yield from changes
        yield Todo("Where the table is not there yet, the changed webhook answers 500, and the provider tries again.")


def _by_supabase(app: App, file: Handwriting, door: Door, answers: tuple[str, str]) -> Changes:
    client, made = server_client(file, door.rows[0], "eventStore") if "<Database>" not in file.text else ("", [])
    own = next((one for one in app.schema.tables if _LEDGER.search(one.name)), None)
    told = (
        _own_row(file, own, door.event) if own else (_TABLE, {"provider": file.said("stripe"), "event_id": "eventId"})
    )
    if told is None:
        return
    name, row = told
    table, end = f"{client}.from({file.said(name)})", file.end
    given = f"{{ {', '.join(f'{column}: {value}' for column, value in row.items())} }}"
    kept = {column: value for column, value in row.items() if value in ("eventId", file.said("stripe"))}
    key = f"{{ {', '.join(f'{column}: {value}' for column, value in kept.items())} }}"
    stored = [
        *made,
        f"const eventId = {door.event}.id{end}",
        f"const {{ error: unstored }} = await {table}.insert({given}){end}",
        f"if (unstored?.code === {file.said('23505')}) {{",
        f"{file.step}return {answers[0]}{end}",
        "}",
        "if (unstored) {",
        f"{file.step}console.error({file.said('The event was not stored')}, unstored.message){end}",
        f"{file.step}return {answers[1]}{end}",
        "}",
    ]
    edits = forgetful(file, door, stored, [f"await {table}.delete().match({key}){end}"]) if client else []
    yield from edits
    if edits and own is None:
        yield from new_migration(app, "webhook events", _WHY, _UP, _DOWN)
        yield from typed(
            app, _TABLE, dict.fromkeys(("event_id", "provider", "received_at"), "string"), ("received_at",)
        )
        yield Todo("Run the new migration before the changed webhook.")


def _own_row(file: Handwriting, table: Table, event: str) -> tuple[str, dict[str, str]] | None:
    """What is stored of an event in a table that the app has for them: its name, and the columns that have to be given;
    None where no column of it is the event's id alone, or one asks for something that is not known."""
    keys = [one.columns[0] for one in table.indexes if one.unique and len(one.columns) == 1 and not one.where]
    keys += table.primary_key if len(table.primary_key) == 1 else ()
    ids = [name for name in keys if _EVENT_ID.search(name) and (column := table.column(name)) and column.type == "text"]
    row = {}
    for column in table.columns:
        if ids and column.name == ids[0]:
            row[column.name] = "eventId"
        elif column.name == "provider" or (column.name == "source" and column.type == "text"):
            row[column.name] = file.said("stripe")
        elif not column.nullable and not column.default:
            known = "event" if column.type in ("json", "jsonb") else "type" if column.name.endswith("type") else ""
            if not known:
                return None
            row[column.name] = event if known == "event" else f"{event}.type"
    return (table.name.removeprefix("public."), row) if ids else None


def _by_prisma(app: App, file: Handwriting, door: Door, answers: tuple[str, str]) -> Changes:
    end, step = file.end, file.step
    imported = {local for node in file.top if isinstance(node, t.Import) for _, local in node.names}
    clients = [one[1] for n in file.nodes if isinstance(n, t.Call) and (one := _PRISMA.match(dotted(n.callee)))]
    client = next((one for one in clients if one in imported), "")
    known = "(unstored as { code?: string })" if file.path.endswith(".ts") else "unstored"
    given = f"{{ id: eventId, provider: {file.said('stripe')} }}"
    stored = [
        f"const eventId = {door.event}.id{end}",
        "try {",
        f"{step}await {client}.webhookEvent.create({{ data: {given} }}){end}",
        "} catch (unstored) {",
        f"{step}if ({known}.code === {file.said('P2002')}) {{",
        f"{step}{step}return {answers[0]}{end}",
        f"{step}}}",
        f"{step}console.error({file.said('The event was not stored')}, unstored){end}",
        f"{step}return {answers[1]}{end}",
        "}",
    ]
    forget = [f"await {client}.webhookEvent.deleteMany({{ where: {{ id: eventId }} }}){end}"]
    edits = forgetful(file, door, stored, forget) if client else []
    model = list(new_model(app, _MODEL)) if edits else []
    if model:
        yield from edits
        yield from model
        yield Todo(to_run(app))


def _answers(file: Handwriting, handler: t.Function) -> tuple[str, str] | None:
    """How a handler says that all is well, and that something failed."""
    said, names = file.said, [one.target.id for one in handler.params if isinstance(one.target, t.Name)]
    done, failed = "{ received: true }", f"{{ error: {said('The event could not be stored')} }}"
    if "NextResponse" in file.text:
        return f"NextResponse.json({done})", f"NextResponse.json({failed}, {{ status: 500 }})"
    if "new Response(" in file.text or "Response.json(" in file.text:
        kind = "new Response(JSON.stringify({}), {{ status: {} }})"
        return kind.format(done, 200), kind.format(failed, 500)
    res = next((one for one in names if one in ("res", "response")), "")
    return (f"{res}.json({done})", f"{res}.status(500).json({failed})") if res else None
