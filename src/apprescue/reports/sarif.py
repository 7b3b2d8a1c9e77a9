"""The audit as SARIF 2.1.0, within what GitHub's code scanning takes in.

GitHub shows the first 5,000 results of a run, 100 locations of a result and 10 tags of a rule, wants every location
to have a file, and keeps a result's identity by `primaryLocationLineHash`. A place without a file (a table of the
live database, a missing setting) stands at the file that describes it, or else at the app's manifest, and is named
as a logical location.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from apprescue import __version__
from apprescue.model.audit import Audit, Page
from apprescue.model.finding import Finding, Severity
from apprescue.model.place import Code, Place, code_of
from apprescue.reports.interface import Screen, count, first_sentence, kind_of, line, plain, where

MOST_RESULTS = 5000
MOST_RELATED = 100
MOST_TAGS = 10
LONGEST_TEXT = 1000
LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}


def render(audit: Audit, screen: Screen) -> str:
    """The whole audit as one SARIF log with one run."""
    return json.dumps(log(audit), indent=1) + "\n"


def log(audit: Audit) -> dict[str, Any]:
    """The log as plain values."""
    shown = audit.findings[:MOST_RESULTS]
    names = sorted({f.check for f in shown})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "App Rescue",
                        "semanticVersion": __version__,
                        "rules": [_rule(audit.pages[n], [f for f in shown if f.check == n]) for n in names],
                    }
                },
                "automationDetails": {"id": "apprescue/"},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder of the app."}}},
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(audit)}],
                "results": [_result(audit, f, names.index(f.check)) for f in shown],
            }
        ],
    }


def _rule(page: Page, found: list[Finding]) -> dict[str, Any]:
    worst = min((f.severity for f in found), key=lambda s: s.rank)
    security = {"security-severity": SCORES[worst]} if page.cwe else {}
    tags = [
        *(["security"] if page.cwe else []),
        page.check.partition("/")[0],
        *(f"external/cwe/{cwe.lower()}" for cwe in page.cwe),
        *(f"external/owasp/{owasp.lower()}" for owasp in page.owasp),
    ]
    sections = {
        "What we look at": page.looks_at,
        "Why it matters": page.matters,
        "How to repair": page.repair,
        "When it is fine": page.fine,
    }
    return {
        "id": page.check,
        "name": "".join(word.capitalize() for word in page.check.replace("/", "_").split("_")),
        "shortDescription": {"text": f"{page.title}."},
        "fullDescription": {"text": page.matters[:LONGEST_TEXT]},
        "help": {
            "text": "\n\n".join(f"{heading}: {text}" for heading, text in sections.items()),
            "markdown": "\n\n".join(f"**{heading}.** {text}" for heading, text in sections.items()),
        },
        "defaultConfiguration": {"level": LEVELS[page.severity]},
        "properties": {
            "tags": tags[:MOST_TAGS],
            "precision": "high",
            "problem.severity": PROBLEMS[LEVELS[worst]],
            **security,
        },
    }


def _result(audit: Audit, finding: Finding, rule: int) -> dict[str, Any]:
    related = [_location(audit, p, number) for number, p in enumerate(finding.related[:MOST_RELATED], 1)]
    left = len(finding.related) - MOST_RELATED
    more = f" ({count(left, 'more place')} in the other reports.)" if left > 0 else ""
    text = f"{finding.title}. {finding.detail}{more} Repair: {first_sentence(finding.repair)}"
    accepted = {"kind": "external", "status": "accepted", "justification": _text(finding.suppressed)}
    return {
        "ruleId": finding.check,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": {"text": _text(text)},
        "locations": [_location(audit, finding.place)],
        "partialFingerprints": {"primaryLocationLineHash": finding.key, "apprescueKey/v1": finding.key},
        "properties": {
            "severity": finding.severity.value,
            "impact": finding.impact.value,
            "evidence": finding.evidence.value,
        },
        **({"relatedLocations": related} if related else {}),
        **({"suppressions": [accepted]} if finding.suppressed else {}),
    }


def _location(audit: Audit, place: Place, number: int = 0) -> dict[str, Any]:
    code = code_of(place)
    at = code if code and code.path else Code(audit.anchor)
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(at.path), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": max(1, at.line), "endLine": max(1, at.line, at.end_line)},
        }
    }
    if not isinstance(place, Code):
        location["logicalLocations"] = [{"fullyQualifiedName": plain(str(place)), "kind": kind_of(place)}]
    if number:
        location |= {"id": number, "message": {"text": _text(where(place))}}
    return location


def _uri(path: str) -> str:
    return quote(path.encode("utf-8", "surrogateescape"))


def _text(text: str) -> str:
    """A message. Brackets before parentheses would be links."""
    return line(text).replace("](", "] (")


def _notifications(audit: Audit) -> list[dict[str, Any]]:
    left = len(audit.findings) - MOST_RESULTS
    said = [
        *(("error", c.check, f"{c.check} broke off: {c.error}") for c in audit.crashed),
        *(("warning", n.check, f"{n.check} was not examined: {n.reason}") for n in audit.not_examined),
        *(("note", "suppressions", note) for note in audit.notes),
        *([("warning", "results", f"{count(left, 'finding')} left out: the run is full.")] if left > 0 else []),
    ]
    return [
        {"level": level, "message": {"text": _text(text)}, "descriptor": {"id": plain(about)}}
        for level, about, text in said
    ]
