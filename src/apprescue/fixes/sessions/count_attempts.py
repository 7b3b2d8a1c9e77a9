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
from apprescue.source.prisma_model import Model, new_model, to_run

_ACCOUNT = re.compile(r"(?i)^(?:e?mail|user_?name|login|identifier|phone\w*)$")
_FOUND = re.compile(r"^(\w+)\.\w+\.(?:findUnique|findFirst)(?:OrThrow)?$")
_NAMES = ("attempts", "lately")
_MODEL = Model(
    "LoginAttempt",
    "login_attempts",
    """// Who tried to sign in within the last quarter of an hour
model LoginAttempt {
  id      String   @id @default(cuid())
  account String
  at      DateTime @default(now())

  @@index([account, at])
  @@map("login_attempts")
}
""",
    "Attempts to sign in are counted here, so that passwords cannot be tried without end.",
    """CREATE TABLE "login_attempts" (
  "id" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "login_attempts_account_at_idx" ON "login_attempts"("account", "at");""",
)


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
    model = list(new_model(app, _MODEL)) if made and all(made) else []
    if model:
        for edits in made:
            yield from edits
        yield from model
        yield Todo(to_run(app))


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
