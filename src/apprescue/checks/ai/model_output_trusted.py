"""What the AI writes is run as code in your users' browsers or on your server.

What we look at: answers of a model that end up as HTML, as a program, as a command, as SQL or as an address that is
fetched.

Why it matters: the model repeats what somebody wrote to it. A script in its answer runs in your user's session; a
query runs in your database.

How to repair: show answers as text, or as Markdown through a sanitiser; let the model choose from named actions and
check their arguments.

When it is fine: answers that are parsed by a strict schema first.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step
from apprescue.source.known import Names

_RUNS = Names(
    r"(?:^|\.)(?:eval|Function|execSync|system|popen|subprocess\.run|\$queryRawUnsafe|\$executeRawUnsafe|writeln|insertAdjacentHTML)$|"
    r"^exec$|(?:(?i:process|cp|shell|sh|db|database|sqlite|client|pool|conn\w*|cursor|sandbox|vm)(?:\(\))?\.)(?:exec|run)$"
)
_RPC = Names(r"(?i)exec_?sql|run_?sql|execute_?sql")


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-1426", "CWE-94", "CWE-79"),
    owasp=("LLM05:2025", "A05:2025"),
)
def model_output_trusted(app: App) -> Iterator[Seen]:
    """One sighting for each place."""
    seen: set[Place] = set()
    for trace in app.traces:
        for step in trace.steps:
            first = step.args[0] if step.args else None
            sql = step.method == "rpc" and first is not None and bool(_RPC.search(str(first.constant)))
            if (sql or _runs(step)) and any(v.comes_from("model") for v in step.values) and step.place not in seen:
                seen.add(step.place)
                yield Seen(step.place, f"{step.method} is given what the model wrote.")


def _runs(step: Step) -> bool:
    """Whether a call runs a text. What JavaScript calls `exec` without saying whose is a pattern's."""
    return bool(_RUNS.search(step.name)) and (step.name != "exec" or step.place.path.endswith(".py"))
