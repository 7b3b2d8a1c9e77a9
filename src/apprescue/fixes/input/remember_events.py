"""A provider's event that comes again is answered and left: its id is stored before the work, in a table of its own.

For webhooks that verify Stripe's signature and have Supabase's client with the server's key. The id is taken away again
where the work throws or is refused, so that the provider's next try is done. Left are handlers that refuse without
braces, and those whose files do not show the client.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import RoutePlace
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.history import histories
from apprescue.source.new_migration import new_migration
from apprescue.source.new_types import typed
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
_NAMES = ("eventId", "unstored", "forgetEvent", "eventStore")
_REFUSES = re.compile(r"status(?:\(|:)\s*[45]\d\d|,\s*[45]\d\d\s*\)$")
_SAYS_NO = re.compile(r"res(?:ponse)?\.(?:status|sendStatus)\([45]\d\d")
_DOUBLE = "23505"


@dataclass(frozen=True)
class _Door:
    """Where a handler knows its event and has not worked yet: the rows from there on, and the `try`s around them."""

    event: str
    rows: Sequence[t.Node]
    tries: Sequence[t.Try]


@fix("input/event_handled_twice", title="Handle each of a provider's events once")
def remember_events(finding: Finding, app: App) -> Changes:
    """The table, and what stands at the webhook's door."""
    named = [one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)]
    route = next((one for one in app.routes if str(one) in named), None)
    found = next(iter(histories(app.files)), None)
    if route is None or found is None or not any("supabase/" in one.path for one in found.scripts):
        return
    if app.schema.table(_TABLE) is not None:
        return
    edits = list(_remembered(app, route))
    if edits:
        yield from edits
        yield from new_migration(app, "webhook events", _WHY, _UP, _DOWN)
        yield from typed(
            app, _TABLE, dict.fromkeys(("event_id", "provider", "received_at"), "string"), ("received_at",)
        )
        yield Todo("Run the new migration before the changed webhook: until the table is there it answers 500, and the "
                   "provider tries again.")  # fmt: skip


def _remembered(app: App, route: Route) -> Iterator[Edit]:
    file = hand(app, route.place.path)
    if file is None or file.is_python or not route.trace or any(one in file.text for one in (*_NAMES, "<Database>")):
        return
    handler = next((n for n in file.nodes if isinstance(n, t.Function) and n.line == route.trace.place.line), None)
    door = _door(file, handler) if handler else None
    if handler is None or door is None:
        return
    client, made = server_client(file, door.rows[0], "eventStore")
    answers = _answers(file, handler)
    refusals = list(_refusals(file, door))
    inner = door.tries[-1] if door.tries else None
    wrapped = None if door.tries else _wrapped(file, door)
    if not client or answers is None or None in refusals or (inner is None and wrapped is None):
        return
    if any(not one.handlers or not one.handlers[0].body for one in door.tries):
        return
    if inner is not None:
        yield file.before(door.tries[-1], f"let forgetEvent = async () => {{}}{file.end}")
    yield file.before(door.rows[0], *made, *_stored(file, door.event, client, answers, first=inner is None))
    yield from (file.before(one.handlers[0].body[0], f"await forgetEvent(){file.end}") for one in door.tries)
    yield from (file.before(one, f"await forgetEvent(){file.end}") for one in refusals if one)
    yield from wrapped or ()


def _door(file: Handwriting, handler: t.Function) -> _Door | None:
    """The first row behind the signature's check that reads the event's type."""
    checks = [n for n in file.nodes if isinstance(n, t.Call) and file.function(n) is handler
              and dotted(n.callee).endswith(("webhooks.constructEvent", "webhooks.constructEventAsync"))]  # fmt: skip
    row = next((n for n in file.above(checks[0]) if isinstance(n, t.Assign)), None) if len(checks) == 1 else None
    if row is None or not isinstance(row.target, t.Name):
        return None
    event = row.target.id
    tries = [n for n in handler.body if isinstance(n, t.Try)]
    for rows, around in [(handler.body, ()), *((one.body, (one,)) for one in tries)]:
        for at, one in enumerate(rows):
            reads = any(
                isinstance(n, t.Member) and n.name == "type" and dotted(n) == f"{event}.type" for n in one.walk()
            )
            if one.start > row.end and reads and not _only_says(one):
                return _Door(event, rows[at:], around)
    return None


def _only_says(row: t.Node) -> bool:
    return isinstance(row, t.Call) and bool(re.search(r"(?i)console|log", dotted(row.callee)))


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


def _refusals(file: Handwriting, door: _Door) -> Iterator[t.Node | None]:
    """Each answer behind the door that says no; None for one that stands without braces."""
    for row in door.rows:
        for node in row.walk():
            own = file.function(node) is file.function(door.rows[0])
            told = file.of(node) if own and file.statement(node) is node else ""
            if (isinstance(node, t.Return) and _REFUSES.search(told)) or _SAYS_NO.match(told):
                braced = re.search(rb"[{};:]\s*$|\*/\s*$|//[^\n]*\n\s*$", file.code[: node.start])
                yield node if braced else None


def _stored(file: Handwriting, event: str, client: str, answers: tuple[str, str], first: bool) -> Iterator[str]:
    said, end, step = file.said, file.end, file.step
    given = f"{{ provider: {said('stripe')}, event_id: eventId }}"
    done, failed = answers
    yield f"const eventId = {event}.id{end}"
    yield f"const {{ error: unstored }} = await {client}.from({said(_TABLE)}).insert({given}){end}"
    yield f"if (unstored?.code === {said(_DOUBLE)}) {{"
    yield f"{step}return {done}{end}"
    yield "}"
    yield "if (unstored) {"
    yield f"{step}console.error({said('The event was not stored')}, unstored.message){end}"
    yield f"{step}return {failed}{end}"
    yield "}"
    yield f"{'const ' if first else ''}forgetEvent = async () => {{"
    yield f"{step}await {client}.from({said(_TABLE)}).delete().match({given}){end}"
    yield f"}}{end}"


def _wrapped(file: Handwriting, door: _Door) -> list[Edit] | None:
    """The rows in a `try` that forgets the event; None where a text runs over several lines."""
    if any(isinstance(n, t.Template) and n.line < n.end_line for row in door.rows for n in row.walk()):
        return None
    first, last = door.rows[0], door.rows[-1]
    end = last.end + (1 if file.code[last.end : last.end + 1] == b";" else 0)
    indent = file.indent(first)
    edits = [file.at(first.start, f"try {{\n{indent}{file.step}")]
    at = first.start
    while (at := file.code.find(b"\n", at, end)) >= 0:
        at += 1
        if file.code[at : at + 1] not in (b"\n", b"\r"):
            edits.append(file.at(at, file.step))
    rows = ("} catch (error) {", f"{file.step}await forgetEvent(){file.end}", f"{file.step}throw error{file.end}", "}")
    return [*edits, file.at(end, "".join(f"\n{indent}{row}" for row in rows))]
