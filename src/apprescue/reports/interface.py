"""A paper is a module with one function: `render(audit, screen) -> str`. Its file's name is its format's name.

An `Audit` holds no secrets any more; what a paper must still do is to keep the app's texts texts: no markup, no
escape codes. The words that every paper says in the same way stand here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apprescue.model.audit import Audit
from apprescue.model.finding import Evidence, Finding, Impact, Severity
from apprescue.model.place import (
    BucketPlace,
    Code,
    ColumnPlace,
    CommitPlace,
    EnvPlace,
    FunctionPlace,
    Place,
    PolicyPlace,
    RoutePlace,
    Setting,
    TablePlace,
    code_of,
)

KINDS = {
    Code: "code",
    TablePlace: "table",
    ColumnPlace: "column",
    PolicyPlace: "policy",
    FunctionPlace: "function",
    BucketPlace: "bucket",
    RoutePlace: "route",
    EnvPlace: "env",
    CommitPlace: "commit",
    Setting: "setting",
}
PARTS = ("table", "column", "policy", "function", "route", "env", "commit")

LOSS = {
    Impact.MONEY: "costs money",
    Impact.DATA: "exposes data",
    Impact.ONBOARDING: "loses new customers",
    Impact.PERFORMANCE: "makes the app slow",
    Impact.BLINDNESS: "hides what goes wrong",
}
SURE = {
    Evidence.PROVEN: "proven by running it",
    Evidence.OBSERVED: "certain from reading the code",
    Evidence.SUSPECTED: "likely, a person should look",
}

ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x1b\\|\x07|\Z)|[@-Z\\-_])|\x9b[0-?]*[ -/]*[@-~]", re.S)
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Screen:
    """What a paper is read on. Only the terminal asks."""

    width: int = 80
    color: bool = False


def plain(text: str) -> str:
    """A text without anything that steers a terminal or hides from the eye: escape codes, controls, bidi marks."""
    return UNSEEN.sub("", ESCAPES.sub("", text))


def line(text: str) -> str:
    """A plain text on one line."""
    return " ".join(plain(text).split())


def sound(value: Any) -> Any:
    """Plain values with every text fit for UTF-8: what is left of a name that is not, becomes a question mark."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [sound(one) for one in value]
    return {sound(key): sound(one) for key, one in value.items()} if isinstance(value, dict) else value


def kind_of(place: Place) -> str:
    """The place's kind in one word."""
    return KINDS[type(place)]


def flat(place: Place) -> dict[str, str | int | None]:
    """A place as the JSON contract has it: every part named, null where it has none.

    A thing of the database stands in a catalog, not on a line: several migrations may have made it what it is. Its
    address is its name, and the path is the migration that spoke last; excerpts show the lines.
    """
    code = code_of(place)
    lines = code is not None and not isinstance(place, TablePlace | ColumnPlace | PolicyPlace | BucketPlace)
    return {
        "kind": kind_of(place),
        "path": code.path or None if code else None,
        "line": code.line if code and lines else None,
        "end_line": max(code.line, code.end_line) if code and lines else None,
        **{part: getattr(place, part, None) or None for part in PARTS},
    }


def named(place: Place) -> str:
    """A place in words, without the file behind it."""
    words = {TablePlace: "table ", PolicyPlace: "policy ", ColumnPlace: "column ", CommitPlace: "commit "}
    return line(f"{words.get(type(place), '')}{place}")


def where(place: Place) -> str:
    """A place in words, with the file behind it."""
    code = None if isinstance(place, Code | CommitPlace) else code_of(place)
    return named(place) + (f" ({line(str(code))})" if code and code.path else "")


def behind(place: Place) -> str:
    """The file and line behind a place; nothing where it has none."""
    code = code_of(place)
    return line(str(code)) if code and code.path else ""


def others(finding: Finding) -> list[str]:
    """The related places in words, those of one file in one text: `a.ts:3, 7, 12`, or `lines 3, 7` of its own file."""
    own = code_of(finding.place)
    numbers: dict[tuple[str, str], set[int]] = {}
    for place in finding.related:
        code = code_of(place)
        path = line(code.path) if code else ""
        name = "" if isinstance(place, Code) or (path and named(place) == named(finding.place)) else named(place)
        numbers.setdefault((name, path), set()).add(code.line if code else 0)
    return [_together(name, path, sorted(of), line(own.path) if own else "") for (name, path), of in numbers.items()]


def _together(name: str, path: str, numbers: Sequence[int], own: str) -> str:
    listed = ", ".join(map(str, numbers))
    at = f"line{'s' * (len(numbers) > 1)} {listed}" if path and path == own else f"{path}:{listed}" if path else ""
    return f"{name} ({at})" if name and at else name or at


def first_sentence(text: str) -> str:
    """The first sentence of a text, on one line."""
    words = line(text)
    end = re.search(r"(?<=[a-z0-9)`\"'])[.!?](?= [A-Z`\"])", words)
    return words[: end.end()] if end else words


def count(number: int, noun: str) -> str:
    """A number with its noun: `1 route`, `3 routes`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def verdict(audit: Audit) -> tuple[str, str]:
    """The answer to "can I go live?" in one line, and one more that says why."""
    counts = audit.counts
    critical, high, rest = counts[Severity.CRITICAL], counts[Severity.HIGH], sum(counts.values())
    if critical:
        return (
            "Do not go live like this.",
            f"{count(critical, 'critical problem')} can do real damage as soon as somebody finds them."
            if critical > 1
            else "1 critical problem can do real damage as soon as somebody finds it.",
        )
    if high:
        return (
            "Not ready yet.",
            f"Nothing is critical, but {count(high, 'serious problem')} should be repaired before real customers come.",
        )
    if rest:
        return (
            "Close to ready.",
            f"Nothing dangerous was seen; {count(rest, 'smaller point')} "
            + ("is worth repairing." if rest == 1 else "are worth repairing."),
        )
    if not audit.quiet:
        return "No verdict.", "No check could run to its end, so that nothing was found means nothing."
    if audit.crashed:
        return "No verdict.", "Nothing was found, but checks broke off: their silence means nothing."
    if any(one.failed for one in audit.not_examined):
        return "No verdict.", "Nothing was found, but a tool of ours failed, so a part of the audit was not made."
    below = "; what was not examined is listed below" if audit.not_examined else ""
    return (
        "Nothing wrong was seen.",
        f"This is what reading the code, and trying its database where that was done, can tell{below}.",
    )


def loss(findings: Iterable[Finding]) -> str:
    """What the business loses by these findings, the most costly first: `costs money, exposes data`."""
    return ", ".join(LOSS[i] for i in sorted({f.impact for f in findings}, key=lambda i: i.rank))


def grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings that say the same of different places, together; the order of the worst is kept."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.check, finding.title), []).append(finding)
    return list(groups.values())
