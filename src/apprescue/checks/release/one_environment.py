"""You try things out on the same database that your customers use.

What we look at: the project's settings, hosting files and workflows, for any second environment: an env file for
staging or production beside the one for development, a staging branch, several projects of the hosting.

Why it matters: a migration that goes wrong, a test that deletes rows, an AI builder that "cleans up": each of them
does it to your customers' data.

How to repair: make a second project of the database and the host for development, read addresses and keys from
settings, and let only the workflow touch production.

When it is fine: the environments are kept apart in the host's own settings, and no file of the repository shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code, Setting

_HOSTED = re.compile(r"""https://([a-z]{20})\.supabase\.co|^project_id\s*=\s*["']([a-z]{20})["']""", re.M)
_APART = re.compile(
    r"(?i)(?:^|/)\.env\.(?:staging|prod\w*|dev\w*|test)(?:\.|$)|(?:^|/)docker-compose\.(?:prod|staging|dev)"
)
_TEXTS = (".toml", ".yml", ".yaml", ".json", ".ts", ".tsx", ".js", ".py", ".env", ".md")
_HINTS = ("taging", "STAGING", "supabase start", "supabase link", "supabase branches", ":54321")
_SPOKEN = re.compile(r"(?i)\bstaging\b|supabase (?:start|link|branches)|127\.0\.0\.1:54321|localhost:54321")


@check(
    severity=Severity.LOW,
    impact=Impact.BLINDNESS,
    cwe=("CWE-1188",),
    owasp=("A02:2025",),
    evidence=Evidence.SUSPECTED,
)
def one_environment(app: App) -> Iterator[Seen]:
    """One sighting for the app: one hosted database is written into it, and nothing names a second one."""
    if any(_APART.search(path) for path in app.files):
        return
    projects: dict[str, Code] = {}
    for path, text in app.files.items():
        if path.endswith(_TEXTS) or path.rpartition("/")[2].startswith(".env"):
            if any(word in text for word in _HINTS) and _SPOKEN.search(text):
                return
            for found in _HOSTED.finditer(text) if "supabase.co" in text or "project_id" in text else ():
                place = Code(path, text.count("\n", 0, found.start()) + 1)
                projects.setdefault(found[1] or found[2], place)
    if len(projects) == 1:
        place = next(iter(projects.values()))
        detail = "One hosted database is written into the app; no file names a second one for trying things out."
        yield Seen(Setting("environments", place), detail)
