"""One failing request can stop your whole server.

What we look at: error handlers of Express that answer and then throw the same error again.

Why it matters: nobody catches what the last handler throws. Depending on version and host the process ends, and all
other visitors are cut off with it; at best the log fills with errors that were dealt with.

How to repair: log or report the error in place of throwing it again.

When it is fine: a handler that passes the error on with `next(err)` before anything was answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source.project import Project
from apprescue.source.quiet import is_test
from apprescue.source.tree import Call, Function, Member, Name, Node, Throw

_HANDLER_PARAMETERS = 4


@check(
    severity=Severity.LOW,
    impact=Impact.ONBOARDING,
    cwe=("CWE-248", "CWE-755"),
    owasp=("A10:2025",),
)
def error_thrown_after_answer(app: App, code: Project) -> Iterator[Seen]:
    """One sighting for each handler."""
    for path in code.paths():
        if path.endswith((".ts", ".js", ".mjs", ".cjs")) and "throw " in app.files.get(path, "") and not is_test(path):
            module = code.module(path)
            for node in (n for top in (module.body if module else ()) for n in top.walk()):
                if isinstance(node, Function) and len(node.params) == _HANDLER_PARAMETERS and (line := _thrown(node)):
                    place = Code(path, node.line, node.end_line)
                    yield Seen(place, f"The error is answered, and then thrown again in line {line}.")


def _thrown(node: Function) -> int:
    """The line in which a handler throws the error that it was given, after it has answered; 0 where it does not."""
    error, answer = (getattr(p.target, "id", "") for p in (node.params[0], node.params[2]))
    answered = False
    for statement in node.body:
        answered |= isinstance(statement, Call) and _starts_with(statement, answer)
        again = isinstance(statement, Throw) and isinstance(statement.value, Name) and statement.value.id == error
        if answered and again:
            return statement.line
    return 0


def _starts_with(node: Node, name: str) -> bool:
    """Whether a chain of calls begins at a name (`res.status(500).json(...)`)."""
    while isinstance(node, (Call, Member)):
        node = node.callee if isinstance(node, Call) else node.object
    return isinstance(node, Name) and node.id == name
