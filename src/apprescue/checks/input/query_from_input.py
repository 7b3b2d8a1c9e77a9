"""A search box can be turned into a question to the whole database.

What we look at: database queries whose text is put together with something from the request: SQL by joining strings,
PostgREST filters (`or("name.ilike.%" + q)`), MongoDB expressions and regular expressions, raw queries of an ORM.
Why it matters: whoever calls adds conditions of his own: other people's rows, other columns, a query that takes
minutes.
How to repair: pass values as parameters (`$1`, `?`, the builder's own methods), escape regular expressions, and clean
what goes into an `or()` filter of commas, dots and brackets.
When it is fine: values that were turned into numbers or taken from a fixed list; table names from your own constants,
or as the database itself names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Place
from apprescue.model.trace import INPUT, Step, Trace, Value
from apprescue.source import known

_RAW = re.compile(r"(?:\$queryRawUnsafe|\$executeRawUnsafe|sql\.raw|sequelize\(?\)?\.query|\.raw|text|\.extra)$")
_SQL = re.compile(r"(?i)^\s*(?:select|insert|update|delete|with|alter|drop|create)\b")
_READS = re.compile(r"(?i)^\s*(?:select|with)\b")
_EXECUTES = frozenset(
    "query execute fetch fetchrow fetchval executemany executescript run all get exec text raw unsafe".split()
)
_LETTERS = ("lower", "upper", "strip", "casefold", "toLowerCase", "toUpperCase", "trim")
_CLEANS = re.compile(r"(?i)escape|sanitiz|clean|quote")
_CLEANED = frozenset(
    "parseInt Number int float Number.parseInt parseFloat encodeURIComponent re.escape escapeRegExp escapeRegex".split()
)


@check(
    severity=Severity.HIGH,
    impact=Impact.DATA,
    cwe=("CWE-89", "CWE-943", "CWE-1333"),
    owasp=("A05:2025",),
)
def query_from_input(app: App) -> Iterator[Seen]:
    seen: set[Place] = set()
    for trace in app.traces:
        if trace.side != "server":
            continue
        for step in trace.steps:
            if step.place in seen or not _sort(step, frozenset()):
                continue
            sort = _sort(step, _listed((*trace.tests, *step.tests)))
            if sort:
                seen.add(step.place)
                severity, words = _SORTS[sort]
                yield Seen(_written(trace, step), words, severity=severity)


def _written(trace: Trace, step: Step) -> Place:
    """Where the statement is run; where a helper in another file runs it, where the address puts something in."""
    pieces = [piece.step.place for value in step.args[:1] for piece in _pieces(value) if piece.step is not None]
    return next((one for one in pieces if one.path == trace.place.path != step.place.path), step.place)


_SORTS = {
    "sql": (Severity.CRITICAL, "SQL is put together with a text from the request."),
    "filter": (
        Severity.MEDIUM,
        "A text from the request is pasted into an or() filter, where commas and brackets have a meaning.",
    ),
    "regex": (Severity.MEDIUM, "A text from the request is used as a regular expression as it came."),
}


def _sort(step: Step, listed: frozenset[str]) -> str:
    first = step.args[0] if step.args else None
    executes = step.method in _EXECUTES or _RAW.search(step.name)
    if executes and first is not None and _pasted(first, listed) and _SQL.match(known.plain(first)):
        return "sql"
    if (
        step.method in ("or", "or_")
        and step.receiver is not None
        and first is not None
        and any(_pasted(piece, listed) for piece in _pieces(first))
    ):
        return "filter"
    if step.name in ("RegExp", "re.compile") and first is not None and _tainted(first, listed):
        return "regex"
    values = [v for value in step.values for v in (value, *(choice for choice, _ in value.choices))]
    fields = [(k, v) for value in values for k, v in (value.fields or {}).items()]
    if any(k == "$regex" and _tainted(v, listed) for k, v in fields):
        return "regex"
    return "sql" if any(k == "$where" and _tainted(v, listed) for k, v in fields) else ""


def _pieces(value: Value) -> Iterator[Value]:
    """A text, the texts that it is chosen from, and those that were joined to it."""
    yield value
    for part in (*(choice for choice, _ in value.choices), *(value.operands if value.op == "text" else ())):
        yield from _pieces(part)


def _listed(tests: Iterable[Value]) -> frozenset[str]:
    """The parts of the request that a test asked to be one of a list, or a key, that the request did not bring."""
    found: set[str] = set()
    for test in tests:
        if test.op == "in" and not _sent_along(test.operands[1]) and not _is_text(test.operands[1]):
            found.update(o for o in test.operands[0].origins if o.split(".")[0] in INPUT and "." in o)
        elif test.operands:
            found.update(_listed(test.operands))
    return frozenset(found)


def _is_text(value: Value) -> bool:
    """Whether something is searched in a text, and not in a list."""
    return value.op == "text" or (value.step is not None and value.step.method in _LETTERS)


def _sent_along(known_texts: Value) -> bool:
    """Whether a list is the request's own; what a query answered is not, whatever it was asked with."""
    links = known_texts.step.chain if known_texts.step is not None else ()
    return known_texts.is_input and not any(link.method in _EXECUTES for link in links)


def _pasted(value: Value, listed: frozenset[str]) -> bool:
    return value.op == "text" and _tainted(value, listed)


def _answered(step: Step) -> bool:
    """Whether it is what the database answered to a query of our own, whatever it was asked with."""
    return any(
        link.method in _EXECUTES and link.args and _READS.match(known.plain(link.args[0]))
        for link in (step, *step.chain)
    )


def _cleans(step: Step) -> bool:
    """Whether a call takes away what has a meaning; a replacement does where its pattern names quotes, commas, dots or
    brackets, or all but what it keeps."""
    if step.method in ("replace", "replaceAll", "sub"):
        pattern = known.plain(step.args[0]) if step.args else ""
        return not pattern or bool(re.search(r"\[\^|\\W|['\",.(]", pattern.strip("/")))
    return bool(_CLEANS.search(step.name))


def _tainted(value: Value, listed: frozenset[str] = frozenset()) -> bool:
    """Whether a text from the request is in there as it came (numbers, cleaned texts and those of a list are not)."""
    if value.op == "text":
        return any(_tainted(part, listed) for part in value.operands)
    if value.choices:
        return any(_tainted(choice, listed) for choice, _ in value.choices)
    if value.step is not None and (value.step.name.rpartition(":")[2] in _CLEANED or _answered(value.step)):
        return False
    if value.step is not None and value.step.name.startswith("Math."):
        return False
    if value.step is not None and any(map(_cleans, (value.step, *value.step.chain))):
        return False
    chosen = any(o.split(".")[0] in INPUT and o not in listed for o in value.origins)
    return chosen and "validated" not in value.origins and value.op not in ("==", "!=", "<", ">")
