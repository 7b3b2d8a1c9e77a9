"""A text from outside is run as a program on your server.

What we look at: `eval`, `new Function`, shell commands, templates made from texts, and formats that can hold programs
(pickle, unsafe YAML), where what is run comes from the request.
Why it matters: whoever calls runs what he likes: he reads every key and every row, and stays.
How to repair: turn the text into the thing that you want (`Number(...)`, `JSON.parse`), start programs with a list of
arguments and without a shell (`execFile`, `subprocess.run([...])`), load with `yaml.safe_load` and JSON.
When it is fine: texts that were turned into numbers, quoted for the shell, or taken from a fixed list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import Step, Value

_RUNS = re.compile(
    r"^(?:eval|Function|child_process\.exec(?:Sync)?|execa\.(?:command|execaCommand)\w*|os\.(?:system|popen)|"
    r"vm\.(?:runIn\w+|Script|compileFunction)|subprocess\.get(?:status)?output|asyncio\.create_subprocess_shell|"
    r"flask\.render_template_string|jinja2\.Template|pickle\.loads?|dill\.loads?|marshal\.loads|jsonpickle\.decode|"
    r"node-serialize\.unserialize)$"
)
_STARTS = re.compile(r"^(?:child_process\.spawn(?:Sync)?|subprocess\.(?:run|call|Popen|check_output|check_call))$")
_CLEANED = re.compile(
    r"(?i)(?:^|\.)(?:parseInt|Number|int|float|parseFloat|Boolean|bool|shlex\.quote|quote|shellescape|len)$|escape"
)


@check(
    severity=Severity.CRITICAL,
    impact=Impact.DATA,
    cwe=("CWE-94", "CWE-78", "CWE-502"),
    owasp=("A05:2025",),
)
def code_from_input(app: App) -> Iterator[Seen]:
    seen: set[Place] = set()
    for trace in app.traces:
        if trace.side == "server":
            for step in trace.steps:
                if step.place not in seen and _runs(step) and step.args and _tainted(step.args[0]):
                    seen.add(step.place)
                    detail = f"{_name(step)} runs a text that comes from the request."
                    yield Seen(step.place, detail, cause=f"{_name(step)} in {trace.place}")


def _runs(step: Step) -> bool:
    if _RUNS.match(_name(step)) or (step.name == "exec" and step.place.path.endswith(".py")):
        return True
    if _name(step) == "yaml.load":
        loader = step.keywords.get("Loader") or (step.args[1] if len(step.args) > 1 else Value())
        return "Safe" not in loader.name
    if not _STARTS.match(step.name):
        return False
    options = step.keywords | ((step.args[-1].fields or {}) if len(step.args) > 1 else {})
    return bool(options.get("shell", Value()).constant) or (bool(step.args) and step.args[0].items is None)


def _name(step: Step) -> str:
    """What is called, also through `promisify`."""
    made = step.receiver
    if made is not None and made.method == "promisify" and step.name.endswith("promisify()") and made.args:
        return made.args[0].name
    return step.name


def _tainted(value: Value) -> bool:
    """Whether a text from the request is in there as it came."""
    if value.op in ("text", "||", "??"):
        return any(map(_tainted, value.operands))
    if value.choices:
        return any(_tainted(choice) for choice, _ in value.choices)
    if value.step is not None and _CLEANED.search(value.step.name):
        return False
    return value.is_input and "validated" not in value.origins and value.op not in ("==", "!=", "<", ">")
