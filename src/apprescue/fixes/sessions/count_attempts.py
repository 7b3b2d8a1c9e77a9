"""Attempts to sign in are counted in the database: ten for an account in a quarter of an hour, for all copies.

For Next.js with Prisma, where a handler looks the account up by the name that it was sent. Each attempt is a row of a
model of its own, which is written before the password is compared and taken away after a quarter of an hour. Left are
sign-ins whose account is looked up in another file, and MongoDB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import RoutePlace
from apprescue.source import tree as t
from apprescue.source.answering import answered, says
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.history import histories
from apprescue.source.new_migration import new_migration

_ACCOUNT = re.compile(r"(?i)^(?:e?mail|user_?name|login|identifier|phone\w*)$")
_FOUND = re.compile(r"^(\w+)\.\w+\.(?:findUnique|findFirst)(?:OrThrow)?$")
_RDBMS = re.compile(r'provider\s*=\s*"(postgresql|mysql|sqlite|cockroachdb)"')
_TAKEN = re.compile(r"(?i)\bmodel\s+LoginAttempt\b|\"?login_attempts\b")
_NAMES = ("attempts", "lately")
_MODEL = """
// Who tried to sign in within the last quarter of an hour
model LoginAttempt {
  id      String   @id @default(cuid())
  account String
  at      DateTime @default(now())

  @@index([account, at])
  @@map("login_attempts")
}
"""
_UP = """CREATE TABLE "login_attempts" (
  "id" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "login_attempts_account_at_idx" ON "login_attempts"("account", "at");"""
_WHY = "Attempts to sign in are counted here, so that passwords cannot be tried without end."


@dataclass(frozen=True)
class _LookUp:
    """Where an account is looked up: the statement, the database's client, and the account as it is written there."""

    row: t.Node
    client: str
    account: str


@fix("sessions/unlimited_login_attempts", title="Count how often a password is tried")
def count_attempts(finding: Finding, app: App) -> Changes:
    """The count before each sign-in that the finding names, and its model; nothing where one of them is not known."""
    named = [one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)]
    made = [list(_counted(app, route)) for route in app.routes if str(route) in named]
    model = list(_model(app)) if made and all(made) else []
    if model:
        for edits in made:
            yield from edits
        yield from model
        found = next(iter(histories(app.files)), None)
        moved = "prisma migrate deploy" if found is not None and found.kind == "prisma" else "prisma db push"
        yield Todo(f"Run `npx prisma generate` and `npx {moved}` before the new code runs: it needs the new table.")


def _counted(app: App, route: Route) -> Iterator[Edit]:
    file = hand(app, route.place.path) if route.framework == "nextjs" and route.trace else None
    if file is None or route.trace is None or any(re.search(rf"\b{one}\b", file.text) for one in _NAMES):
        return
    line = route.trace.place.line
    handler = next((n for n in file.nodes if isinstance(n, t.Function) and n.line == line), None)
    found = next(_look_ups(file, handler), None) if handler else None
    told = f"{{ {says(file)}: {file.said('Too many attempts. Please try again in 15 minutes.')} }}"
    rows = list(answered(file, handler, 429, told)) if handler else []
    if found is None or not rows:
        return
    model, end = f"{found.client}.loginAttempt", file.end
    given = "account" if found.account == "account" else f"account: {found.account}"
    yield file.before(
        found.row,
        f"const lately = new Date(Date.now() - 15 * 60 * 1000){end}",
        f"await {model}.deleteMany({{ where: {{ at: {{ lt: lately }} }} }}){end}",
        f"await {model}.create({{ data: {{ {given} }} }}){end}",
        f"const attempts = await {model}.count({{ where: {{ {given} }} }}){end}",
        "if (attempts > 10) {",
        *(f"{file.step}{row}" for row in rows),
        "}",
    )


def _look_ups(file: Handwriting, handler: t.Function) -> Iterator[_LookUp]:
    """`db.user.findUnique({ where: { email } })` in a handler's own text, by a client that the file imports."""
    imported = {local for node in file.top if isinstance(node, t.Import) for _, local in node.names}
    for node in handler.walk():
        call = _FOUND.match(dotted(node.callee)) if isinstance(node, t.Call) else None
        if not isinstance(node, t.Call) or call is None or call[1] not in imported or len(node.args) != 1:
            continue
        where = node.args[0].get("where") if isinstance(node.args[0], t.Object) else None
        for key, value in where.entries if isinstance(where, t.Object) else ():
            if isinstance(key, str) and _ACCOUNT.match(key) and file.function(node) is handler and _plain(value):
                yield _LookUp(file.statement(node), call[1], file.of(value))


def _plain(value: t.Node) -> bool:
    """Whether it is a name, a field of one, or one of them in small letters."""
    inner = value.callee if isinstance(value, t.Call) and not value.args else value
    return isinstance(inner, (t.Name, t.Member)) and bool(re.fullmatch(r"[\w.]+", dotted(inner)))


def _model(app: App) -> Iterator[Edit]:
    """The model, and its table where the app keeps migrations."""
    schemas = [path for path in app.files if path.endswith(".prisma")]
    text = app.files[schemas[0]] if len(schemas) == 1 else ""
    kind = _RDBMS.search(text)
    found = next(iter(histories(app.files)), None)
    if kind is None or any(_TAKEN.search(one) for path, one in app.files.items() if path.endswith((".prisma", ".sql"))):
        return
    if found is not None and (found.kind != "prisma" or kind[1] != "postgresql"):
        return
    end = len(text.encode("utf-8", "surrogatepass"))
    yield Edit(schemas[0], end, end, ("" if text.endswith("\n") else "\n") + _MODEL)
    if found is not None:
        yield from new_migration(app, "login attempts", _WHY, _UP, 'DROP TABLE "login_attempts";')
