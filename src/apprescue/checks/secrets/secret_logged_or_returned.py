"""A secret is written to the log, or given to whoever calls.

What we look at: server code that prints or logs keys, passwords, tokens or all headers of a request; that logs every
answer it gives; and that puts a secret from the environment into an answer.
Why it matters: logs are read by many people and services, are kept for months and are sent to others when something
breaks. A secret in an answer is public at once.
How to repair: log that a setting is there, never what it is. Name the fields that a log line may hold instead of
logging whole objects. Replace each secret that was logged or answered.
When it is fine: whether a secret is set, or its length, and keys made to be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.model.trace import Step, Value
from apprescue.source.quiet import is_quiet
from apprescue.source.settings import secret_name

_LOG = re.compile(
    r"(?:^|\.)(?:console\.(?:log|info|warn|error|debug|dir|table)|print|(?:log|logger|logging)(?:\.\w+)?)$"
)
_ANSWER = re.compile(r"(?:^|\.)(?:json|send|jsonify|Response|JSONResponse)$")
_HARMLESS = re.compile(
    r"PUBLIC|PUBLISHABLE|ANON|MAPBOX|_ID$|SITE_?KEY|_URL$|MAPS|FIREBASE|ADDRESS|NAME$|ADMIN_EMAIL|VAPID_KEY$"
)
_HEADERS = re.compile(
    r"(?<!Object\.keys\()\b(?:req|request|ctx\.req|c\.req)\.(?:headers|raw\.headers)\b(?:\)|,|\s*\)|\.entries\(\))(?!\s*\.get)|dict\(request\.headers\)"
)
_PIECE = re.compile(
    r"\$\{([^{}]*)\}|(?<![\w$]){([^{}:!\"']*)[:!}]|(?<=[(,])\s*([A-Za-z_][\w.]*(?:\[[^\]]*\])?)\s*(?=[,)])|(?<=[:,{])\s*([A-Za-z_][\w.]*)\s*(?=[,}\n])"
)
_ONLY_WHETHER = re.compile(
    r"\?|!!|\bif\b|\blen\(|\.length|\bbool\(|Boolean\(|[=!]==?|\bnot\b|\bin\b|typeof|count|usage|\bmax_"
)
_CAPTURED = re.compile(
    r"\bres\.(?:json|send)\s*=\s*(?:async\s+)?(?:function\s*\w*\s*)?\(\s*(\w+)[^{]*\{\s*\n?\s*(\w+)\s*=\s*\1\b"
)


@check(severity=Severity.HIGH, impact=Impact.DATA, cwe=("CWE-532", "CWE-200"), owasp=("A09:2025", "A02:2025"))
def secret_logged_or_returned(app: App) -> Iterator[Seen]:
    told: set[Code] = set()
    for trace in app.traces:
        if trace.side != "server" or is_quiet(trace.place.path):
            continue
        for step in trace.steps:
            seen = None if step.place in told else _of_step(app, step, answers=step.place.path != "")
            if seen:
                told.add(step.place)
                yield seen
    yield from _every_answer(app)


def _of_step(app: App, step: Step, answers: bool) -> Seen | None:
    if _LOG.search(step.name):
        return _logged(app, step)
    if answers and _ANSWER.search(step.name):
        for value in step.values:
            if name := _env_secret(value):
                staff = any(guard.kind == "role" for guard in step.guards)
                detail = (
                    f"The answer holds the value of {name}: {'your staff' if staff else 'whoever calls this'} gets it."
                )
                severity = Severity.MEDIUM if staff else Severity.CRITICAL
                return Seen(step.place, detail, severity=severity, cause=f"{step.place} {name}")
    return None


def _logged(app: App, step: Step) -> Seen | None:
    for value in step.values:
        if name := _env_secret(value):
            return Seen(step.place, f"The value of {name} is written to the log.", cause=f"{step.place}")
    text = app.excerpt(step.place)
    if _HEADERS.search(text):
        detail = "All headers of a request are written to the log, with its cookies and login tokens."
        return Seen(step.place, detail, severity=Severity.MEDIUM, cause=f"{step.place.path} headers")
    for groups in _PIECE.findall(text):
        piece = next((g for g in groups if g), "")
        word = re.sub(r"\[.*|\(.*|\.(?:slice|substring|substr|trim|toString)\b.*", "", piece).strip()
        last = word.rpartition(".")[2]
        if last and secret_name(last) and not last.isupper() and not _ONLY_WHETHER.search(piece):
            detail = f"`{word}` is written to the log; its name says that it is a secret."
            return Seen(step.place, detail, severity=Severity.MEDIUM, cause=f"{step.place.path} {last}")
    return None


def _env_secret(value: Value) -> str:
    """The name of a secret setting where the value is that setting and not something made with it."""
    if len(value.origins) != 1 or value.op not in ("", "||", "??"):
        return ""
    origin = next(iter(value.origins))
    name = origin.removeprefix("env.")
    if (
        name == origin
        or _HARMLESS.search(name)
        or not value.name.rstrip("()!").endswith(("env." + name, "get", name, "getenv"))
    ):
        return ""
    return name if secret_name(name) or "SERVICE_ROLE" in name or "DATABASE_URL" in name else ""


def _every_answer(app: App) -> Iterator[Seen]:
    """A middleware that keeps each answer's body and writes it to the log uncut."""
    for path, text in app.files.items():
        if "res.json" in text and not is_quiet(path):
            for found in _CAPTURED.finditer(text):
                used = re.search(rf"JSON\.stringify\(\s*{found[2]}\b", text[found.end() :])
                after = text[found.end() + used.end() :][:400] if used else ""
                if (
                    used
                    and re.search(r"\blog\w*\(|console\.", after)
                    and not re.search(r"\.(?:slice|substring|substr)\(", after)
                ):
                    at = found.end() + used.start()
                    first = text.count("\n", 0, found.start()) + 1
                    yield Seen(
                        Code(path, text.count("\n", 0, at) + 1),
                        "Every answer of the API is written to the log whole, with personal data and tokens.",
                        related=(Code(path, first),),
                        severity=Severity.MEDIUM,
                    )
