"""A paper is a module with one function: `render(audit, screen) -> str`. Its file's name is its format's name.

An `Audit` holds no secrets any more; what a paper must still do is to keep the app's texts texts: no markup, no
escape codes. The words that every paper says in the same way stand here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

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


def kind_of(place: Place) -> str:
    """The place's kind in one word."""
    return KINDS[type(place)]


def flat(place: Place) -> dict[str, str | int | None]:
    """A place as the JSON contract has it: every part named, null where it has none."""
    code = code_of(place)
    return {
        "kind": kind_of(place),
        "path": code.path or None if code else None,
        "line": code.line if code else None,
        "end_line": max(code.line, code.end_line) if code else None,
        **{part: getattr(place, part, None) or None for part in PARTS},
    }


def where(place: Place) -> str:
    """A place in words, the file behind it included."""
    code = code_of(place)
    if isinstance(place, Code):
        return line(str(place))
    if isinstance(place, CommitPlace):
        return line(f"commit {place}")
    words = {TablePlace: "table ", PolicyPlace: "policy ", EnvPlace: "", RoutePlace: "", ColumnPlace: "column "}
    behind = f" ({code})" if code and code.path else ""
    return line(f"{words.get(type(place), '')}{place}{behind}")


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
    below = "; what was not examined is listed below" if audit.not_examined else ""
    return "Nothing wrong was seen.", f"This is what reading the code can tell{below}."


def loss(findings: Iterable[Finding]) -> str:
    """What the business loses by these findings, the most costly first: `costs money, exposes data`."""
    return ", ".join(LOSS[i] for i in sorted({f.impact for f in findings}, key=lambda i: i.rank))


def grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings that say the same of different places, together; the order of the worst is kept."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.severity, finding.check, finding.title), []).append(finding)
    return list(groups.values())
