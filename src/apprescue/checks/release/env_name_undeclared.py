"""Nobody can tell which settings your app needs, and one that is forgotten breaks it after launch.

What we look at: names of the environment that the server's code reads without a fallback, and whether any env file,
example, hosting file or README of the repository names them.

Why it matters: on the next machine or host the setting is missing, and the feature fails where the customer sees it
first.

How to repair: write an `.env.example` with every name, and check at start that all needed ones are set, naming those
that are not.

When it is fine: names that the platform itself sets, switches that are off where nobody sets them, and settings with
a default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import EnvPlace

_GIVEN = re.compile(
    r"^(?:NODE_ENV|PORT|HOST|HOME|PATH|PWD|CI|TZ|USER|MODE|DEV|PROD|SSR|BASE_URL|VERCEL\w*|NEXT_RUNTIME|NETLIFY\w*|RENDER\w*|RAILWAY\w*|FLY_\w*|"
    r"REPL\w*|AWS_LAMBDA\w*|SUPABASE_(?:URL|ANON_KEY|SERVICE_ROLE_KEY|DB_URL)|DENO_\w+|GITHUB_\w+|npm_\w+|ANALYZE|DEBUG|LOG_LEVEL)$"
)
_TEXTS = (".md", ".example", ".sample", ".template", ".yml", ".yaml", ".toml", ".json", ".sh", ".env", ".txt", ".mdc")


@check(
    severity=Severity.LOW,
    impact=Impact.ONBOARDING,
    cwe=("CWE-1188",),
    owasp=("A02:2025",),
)
def env_name_undeclared(app: App) -> Iterator[Seen]:
    """One finding for the app, with each name."""
    declared = {e.name for e in app.env_declared}
    told = "\n".join(t for p, t in app.files.items() if p.endswith(_TEXTS) or p.rpartition("/")[2].startswith(".env"))
    seen: set[str] = set()
    for read in app.env_reads:
        if read.name in seen or read.name in declared or _GIVEN.match(read.name):
            continue
        if read.fallback is not None or not read.needed:
            continue
        seen.add(read.name)
        if read.name not in told:
            yield Seen(
                EnvPlace(read.name, read.place), f"{read.name} is needed and named nowhere else.", cause="undeclared"
            )
