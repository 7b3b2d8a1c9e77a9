"""Your AI assistant holds the master key of your database.

What we look at: files that give a model tools to call, and in which a database client with the service role (which goes
round all row rules) does what the tools ask for.

Why it matters: the model decides what is called and with which arguments, and whoever writes to it can talk it into
reading or changing another customer's rows. Nothing in the database stops it.

How to repair: run the tools with the signed-in user's own token, so that the row rules hold; or take the user's id
from the session in each tool, never from the model's arguments.

When it is fine: tools that only read public data; an assistant for your own staff.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Query
from apprescue.model.finding import Evidence, Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source import meaning

_TOOLS = re.compile(r"\btools\s*[:=]\s*[\[{\w]|\btool_calls\b|\btool\(\s*\{|@tool\b|function_call\b")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.DATA,
    cwe=("CWE-250", "CWE-441"),
    owasp=("LLM06:2025", "A01:2025"),
    evidence=Evidence.SUSPECTED,
)
def tools_with_service_role(app: App) -> Iterator[Seen]:
    """One sighting for each file with tools; worse where a model's argument says whose rows are meant."""
    files = {call.place.path for call in app.ai_calls if _TOOLS.search(app.files.get(call.place.path, ""))}
    for path in sorted(files):
        reached = [q for q in app.queries if q.place.path == path and q.as_whom == "service"]
        told = [q for q in reached if _owner_from_model(q)]
        if told:
            detail = f"The model's own argument says whose rows of {told[0].table} are meant, with the service role."
            places = tuple(q.place for q in told[1:])
            yield Seen(told[0].place, detail, related=places, severity=Severity.HIGH)
        elif reached:
            line = _TOOLS.search(app.files[path])
            number = app.files[path].count("\n", 0, line.start()) + 1 if line else 1
            detail = f"Tools for a model stand beside {len(reached)} queries that go round the row rules."
            yield Seen(Code(path, number), detail, related=tuple(q.place for q in reached[:5]))


def _owner_from_model(query: Query) -> bool:
    return any(meaning.OWNER.match(f.column) and f.value.comes_from("model") for f in query.filters)
