"""Every visit opens a new connection to the database.

What we look at: database clients and connection pools that are made while a request is answered, instead of once when
the app starts.

Why it matters: opening a connection takes longer than most queries, and a pool made per request is never closed. With
some visitors at once the database refuses further connections and the whole app is down.

How to repair: make the client once, at the top of a module (in Next.js keep it on `globalThis` in development), import
it where it is needed, and let a pool share its connections.

When it is fine: a Supabase client, which only calls over HTTPS, may be made for each request; so may a client that is
made once and then kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.trace import Step
from apprescue.source import known
from apprescue.source.growth import offline

_POOLS = known.Names(
    r"(?:^@prisma/client(?:/\w+)?\.PrismaClient|(?:^|\.)PrismaClient|^pg\.Pool|^pg\.default\.Pool|^mysql2?(?:/promise)?\.createPool|"
    r"(?:^|\.)MongoClient(?:\.connect)?|(?:^|\.)AsyncIOMotorClient|^mongoose\.(?:connect|createConnection)|"
    r"(?:^|\.)create_(?:async_)?engine|^asyncpg\.create_pool|^psycopg2?(?:_pool)?\.(?:pool\.\w+|ConnectionPool)|^typeorm\.DataSource|"
    r"^sequelize\.Sequelize)$"
)
_CONNECTIONS = known.Names(
    r"^(?:mysql2?(?:/promise)?\.createConnection|psycopg2?\.connect|asyncpg\.connect|pymysql\.connect|MySQLdb\.connect|pg\.Client)$"
)


@check(severity=Severity.MEDIUM, impact=Impact.PERFORMANCE, cwe=["CWE-770"], owasp=["API4:2023"])
def client_per_request(app: App) -> Iterator[Seen]:
    """One finding for each kind of client."""
    seen = set()
    for route in app.routes:
        for step in route.steps:
            if step.place in seen or offline(step.place.path) or "supabase/functions" in step.place.path:
                continue
            pool = bool(_POOLS.search(step.name))
            if (pool or _CONNECTIONS.search(step.name)) and not _kept(step):
                seen.add(step.place)
                kind = step.name.rpartition(".")[2]
                yield Seen(
                    step.place,
                    f"{route} makes a new {kind} each time it is called.",
                    related=(route.place,),
                    severity=Severity.MEDIUM if pool else Severity.LOW,
                    cause=kind,
                )


def _kept(step: Step) -> bool:
    """Whether it is made only where none is there yet: `if (!client) client = new Client()`."""
    return bool(step.tests)
