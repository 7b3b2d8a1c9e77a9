"""A secret that is not set stops the app with its name, where a text that stands in the code was used.

The literal fallback of the read goes, in JavaScript, TypeScript and Python, and of fields of pydantic's settings
classes and zod's schemas; the example of the settings names the secret. A read through a function of the app's own is
left: what that function does without a fallback is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, EnvRead
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety, Todo
from apprescue.model.place import Code
from apprescue.source.env_example import asked_for
from apprescue.source.missing_setting import without_fallback

_NOTE = "Secrets of your own: openssl rand -hex 32"
_ISSUED = re.compile(
    r"(?<!ADMIN_)PASSW(?:OR)?D|(?:API|ACCESS|PUBLIC|SERVICE|ROLE|STRIPE\w*)_?KEY|DATABASE|_URL$|CLIENT|WEBHOOK"
)


@fix(
    "secrets/fallback_secret",
    title="Stop without the secret instead of using one that stands in the code",
    safety=Safety.REVIEW,
)
def require_secret(finding: Finding, app: App) -> Changes:
    """The fallbacks of every place of the finding."""
    names: list[str] = []
    paths = dict.fromkeys(p.path for p in (finding.place, *finding.related) if isinstance(p, Code))
    for path in paths:
        reads = list(_reads(finding, app, path))
        edits = list(without_fallback(app, reads))
        yield from edits
        if edits:
            names += [read.name for read in reads if read.name not in names]
    own = [name for name in names if not _ISSUED.search(name)]
    if names:
        yield from asked_for(app, next(iter(paths)), names, _NOTE if own == names else "")
    if own:
        yield Todo(
            f"Set {', '.join(own)} on every host before you release this (a random text of 32 bytes: `openssl rand -hex"
            " 32`): without it the server refuses to work. Logins that the old text signed end."
        )
    if issued := [name for name in names if name not in own]:
        yield Todo(
            f"Set {', '.join(issued)} on every host before you release this: without it the server refuses to work."
            " Where the text in the code was the real one, change it where it was issued: it stays in git's history."
        )


def _reads(finding: Finding, app: App, path: str) -> Iterator[EnvRead]:
    lines = {p.line for p in (finding.place, *finding.related) if isinstance(p, Code) and p.path == path}
    for read in app.env_reads:
        if read.place.path == path and read.place.line in lines and read.fallback:
            yield read
