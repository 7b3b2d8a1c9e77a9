"""Your live server shows its inside to whoever makes it fail.

What we look at: Python servers that are started with their debugger on (`app.run(debug=True)`, `DEBUG = True` in
Django's settings), with no setting that switches it off in production.

Why it matters: on an error the visitor gets the code, the settings and the values of all variables; Flask's debugger
even runs commands that he types in.

How to repair: read it from a setting that is off by default, and start the server with gunicorn or uvicorn.

When it is fine: a settings file for development alone; a start that production does not use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.quiet import is_test

_RUN = re.compile(r"^(?!\s*#).*\.run\([^)\n]*\bdebug\s*=\s*True", re.M)
_DJANGO = re.compile(r"^DEBUG\s*=\s*True\b", re.M)
_FOR_DEVELOPERS = re.compile(r"(?:^|/)(?:settings/)?(?:dev|development|local|test|testing)\w*\.py$")
_SERVED_BY = re.compile(r"\b(?:gunicorn|uvicorn|waitress|hypercorn|uwsgi)\b")
_STARTS = (
    "Dockerfile",
    "Procfile",
    "docker-compose.yml",
    "docker-compose.yaml",
    "render.yaml",
    "fly.toml",
    "railway.json",
)


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-489", "CWE-215"),
    owasp=("A02:2025", "API8:2023"),
)
def debug_mode_on(app: App) -> Iterator[Seen]:
    """One sighting for each place that switches it on."""
    served = any(_SERVED_BY.search(t) for p, t in app.files.items() if p.rpartition("/")[2] in _STARTS)
    for path, text in app.files.items():
        if not path.endswith(".py") or is_test(path) or _FOR_DEVELOPERS.search(path):
            continue
        for found in _RUN.finditer(text):
            place = Code(path, text.count("\n", 0, found.end()) + 1)
            level = Severity.LOW if served else Severity.MEDIUM
            yield Seen(place, "The server is started with its debugger on.", severity=level)
        if "settings" in path and (django := _DJANGO.search(text)):
            place = Code(path, text.count("\n", 0, django.start()) + 1)
            yield Seen(place, "DEBUG is on, whatever the environment.")
