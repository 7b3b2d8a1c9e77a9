"""The audit as JUnit XML: each check that saw nothing is a test that passed, each finding one that failed.

Build servers show it as they show tests. What was not examined and what the owner accepted is skipped, with the
reason; a check that broke off is an error, so silence never counts as passed. Names hold no line numbers: a server
that compares two runs sees the same finding as the same test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from apprescue.model.audit import Audit
from apprescue.model.finding import Finding
from apprescue.model.place import Code, CommitPlace, Place, code_of
from apprescue.reports.interface import SURE, Screen, line, named, others, where

KINDS = ("failure", "error", "skipped")
UNFIT = dict.fromkeys((0xFFFE, 0xFFFF))
UNSEEN = "not examined"


def render(audit: Audit, screen: Screen) -> str:
    """The whole audit as one `testsuites`, a suite for each risk; the screen does not matter."""
    suites: dict[str, list[Element]] = {}
    for risk, case in _cases(audit):
        suites.setdefault(risk, []).append(case)
    root = Element("testsuites", {"name": _text(f"App Rescue: {audit.name}")})
    for risk, cases in suites.items():
        suite = SubElement(root, "testsuite", {"name": risk, **_counted(cases), "time": "0"})
        suite.extend(cases)
    root.attrib |= _counted(root.iter("testcase")) | {"time": f"{audit.timings.get('all', 0.0):.3f}"}
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _cases(audit: Audit) -> Iterator[tuple[str, Element]]:
    """Every test with the name of its suite; the suites in the order of their names."""
    told = [
        *((f.check, _found(f)) for f in audit.findings),
        *((c.finding.check, _case(c.finding.check, _name(c.finding))) for c in audit.cleared),
        *((q, _case(q, audit.pages[q].title if q in audit.pages else q)) for q in audit.quiet),
        *((c.check, _case(c.check, "the check ran to its end", "error", c.error, "crashed")) for c in audit.crashed),
    ]
    for check, case in sorted(told, key=lambda one: one[0]):
        yield _text(check.partition("/")[0]), case
    for part in dict.fromkeys(one.check for one in audit.not_examined):
        of = [one for one in audit.not_examined if one.check == part]
        why = "Not examined: " + "; ".join(dict.fromkeys(one.reason for one in of))
        yield UNSEEN, _case("unseen", part, "error" if any(one.failed for one in of) else "skipped", why)


def _found(finding: Finding) -> Element:
    if finding.suppressed:
        return _case(finding.check, _name(finding), "skipped", f"Accepted by the owner: {finding.suppressed}")
    case = _case(finding.check, _name(finding), "failure", finding.detail, finding.severity.value)
    case[0].text = "\n".join(map(_text, _told(finding)))
    code = code_of(finding.place)
    if code and code.path and not isinstance(finding.place, CommitPlace):
        case.attrib |= {"file": _text(code.path), "line": str(max(1, code.line))}
    return case


def _told(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity}: {finding.title}"
    yield f"Where: {where(finding.place)}"
    yield finding.detail
    if also := others(finding):
        yield f"Also: {'; '.join(also)}"
    yield f"How we know: {SURE[finding.evidence]}"
    yield f"Repair: {finding.repair}"
    yield f"More: apprescue explain {finding.check}"


def _case(check: str, name: str, kind: str = "", message: str = "", sort: str = "") -> Element:
    case = Element("testcase", {"classname": _text(f"apprescue.{check.replace('/', '.')}"), "name": _text(name)})
    if kind:
        SubElement(case, kind, {"message": _text(message)} | ({"type": _text(sort)} if sort else {}))
    return case


def _name(finding: Finding) -> str:
    return f"{finding.title}: {_steady(finding.place)} [{finding.key}]"


def _steady(place: Place) -> str:
    """A place without the number of its line."""
    return place.path if isinstance(place, Code) else named(place)


def _counted(cases: Iterable[Element]) -> dict[str, str]:
    every = list(cases)
    counts = {"tests": len(every)} | {
        {"failure": "failures", "error": "errors"}.get(kind, kind): sum(case.find(kind) is not None for case in every)
        for kind in KINDS
    }
    return {name: str(number) for name, number in counts.items()}


def _text(words: str) -> str:
    """A text on one line, of nothing but what XML can hold."""
    return line(words).translate(UNFIT)
