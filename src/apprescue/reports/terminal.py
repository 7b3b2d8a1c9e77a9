"""The audit on a terminal: the answer first, then what to repair, worst first, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from apprescue.model.audit import Audit, Page
from apprescue.model.finding import Finding, Severity
from apprescue.reports.interface import (
    LOSS,
    SURE,
    Screen,
    count,
    first_sentence,
    grouped,
    loss,
    others,
    verdict,
)
from apprescue.reports.page.paper import Paper

COLORS = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "bold yellow",
    Severity.MEDIUM: "bold cyan",
    Severity.LOW: "bold",
}
SHOWN_OF_A_GROUP = 6
SHOWN_RELATED = 3


def render(audit: Audit, screen: Screen) -> str:
    """The whole audit."""
    paper = Paper(screen)
    _opening(paper, audit)
    for severity in Severity:
        found = [f for f in audit.open if f.severity is severity]
        if found:
            paper.rule(severity.upper(), COLORS[severity])
        for group in grouped(found):
            _group(paper, group)
    _cleared(paper, audit)
    _unseen(paper, audit)
    _closing(paper, audit)
    return paper.text()


def summary(audit: Audit, screen: Screen) -> str:
    """The answer, the counts and the three findings to begin with."""
    paper = Paper(screen)
    _opening(paper, audit)
    return paper.text()


def page(found: Page, screen: Screen) -> str:
    """A check's own page."""
    paper = Paper(screen)
    paper.say(found.title + ".", COLORS[found.severity])
    paper.say(f"{found.check} · {found.severity} · {LOSS[found.impact]} · {SURE[found.evidence]}", "dim")
    for heading, text in (
        ("What we look at", found.looks_at),
        ("Why it matters", found.matters),
        ("How to repair", found.repair),
        ("When it is fine", found.fine),
    ):
        paper.say()
        paper.say(heading, "bold")
        paper.say(text, margin=2)
    paper.say()
    paper.say(f"{', '.join((*found.cwe, *found.owasp))}", "dim")
    return paper.text()


def shelf(pages: Iterable[Page], screen: Screen) -> str:
    """Every check by risk, each with its sentence."""
    paper = Paper(screen)
    for risk, group in groupby(pages, key=lambda p: p.check.partition("/")[0]):
        paper.rule(risk, "bold")
        for one in group:
            paper.say(f"{one.check} ({one.severity})", COLORS[one.severity], margin=2)
            paper.say(one.title, margin=4)
    return paper.text().lstrip("\n")


def _opening(paper: Paper, audit: Audit) -> None:
    took = audit.timings.get("all")
    facts = [", ".join(audit.stacks), f"{count(audit.files, 'file')} read", f"{took:.1f} s" if took else ""]
    paper.say(" · ".join(filter(None, (audit.name, *facts))), "dim")
    headline, why = verdict(audit)
    paper.say()
    worst = next((s for s, number in audit.counts.items() if number), None)
    paper.say(headline, COLORS[worst] if worst else "bold green")
    paper.say(why)
    if worst:
        paper.say()
        paper.say(" · ".join(f"{number} {severity}" for severity, number in audit.counts.items()), "bold")
    top = [group[0] for group in grouped(audit.open)][:3]
    if top:
        paper.say()
        paper.say("Repair these first:" if len(top) > 1 else "Repair this first:", "bold")
    for number, finding in enumerate(top, 1):
        paper.say(f"{finding.title}.", margin=4, lead=f"{number}.")
        paper.place(finding.place, "dim")


def _group(paper: Paper, group: list[Finding]) -> None:
    first = group[0]
    paper.say()
    paper.say(f"{first.title}.", COLORS[first.severity])
    paper.say(f"{loss(group)} · {SURE[first.evidence]} · {first.check}", "dim")
    for finding in group[:SHOWN_OF_A_GROUP]:
        _finding(paper, finding, first)
    left = len(group) - SHOWN_OF_A_GROUP
    if left > 0:
        paper.say(f"… and {count(left, 'more finding').replace('findings', 'such findings')} in other places", margin=4)
    paper.say(f"Repair: {first_sentence(first.repair)}", "green", margin=4)


def _finding(paper: Paper, finding: Finding, first: Finding) -> None:
    detail = finding.detail if finding.severity is not Severity.LOW else first_sentence(finding.detail)
    sure = f" ({SURE[finding.evidence]})" if finding.evidence is not first.evidence else ""
    paper.say(detail + sure, margin=4, lead="•")
    paper.place(finding.place, "cyan")
    if finding.proof:
        paper.say(f"tried as {finding.proof.as_whom}: {finding.proof.observed}", "dim", margin=4)
    places = others(finding)
    for number, place in enumerate(places[:SHOWN_RELATED]):
        paper.say(f"{'and' if number else 'also'} {place}", "dim", margin=4)
    if len(places) > SHOWN_RELATED:
        paper.say(f"and {len(places) - SHOWN_RELATED} more", "dim", margin=4)


def _cleared(paper: Paper, audit: Audit) -> None:
    if not audit.cleared:
        return
    paper.rule("LOOKED WRONG, PROVED SAFE", "bold green")
    paper.say("These were tried in a copy of the database, and did not work.")
    for one in audit.cleared:
        paper.say(f"{one.finding.title}: {one.why}", margin=4, lead="•")
        paper.place(one.finding.place, "cyan")


def _unseen(paper: Paper, audit: Audit) -> None:
    if audit.crashed:
        paper.rule("BROKE OFF", "bold red")
        paper.say("These checks failed; that they found nothing means nothing.")
        for crash in audit.crashed:
            paper.say(f"{crash.check}: {crash.error}", margin=4, lead="•")
    if audit.not_examined:
        paper.rule("NOT EXAMINED", "bold")
        for reason, group in groupby(
            sorted(audit.not_examined, key=lambda n: (n.reason, n.check)), key=lambda n: n.reason
        ):
            paper.say(f"{', '.join(n.check for n in group)}: {reason}", margin=4, lead="•")
    for note in audit.notes:
        paper.say()
        paper.say(note, "bold")


def _closing(paper: Paper, audit: Audit) -> None:
    paper.say()
    paper.say("─" * paper.width, "dim")
    accepted = f", {count(len(audit.suppressed), 'finding')} accepted by the owner" if audit.suppressed else ""
    quiet = count(len(audit.quiet), "other check" if audit.findings else "check")
    paper.say(f"{quiet} saw nothing wrong{accepted}.", "dim")
    if audit.open:
        paper.say()
        paper.say("Next:", "bold")
        steps = (
            (f"apprescue explain {audit.open[0].check}", "why it matters, how to repair it"),
            ("apprescue audit PATH --output report.html", "a report to read and to share"),
            ("apprescue show PATH routes", "all addresses and their guards"),
        )
        wide = max(len(command) for command, _ in steps)
        for command, gives in steps:
            paper.pair(command, wide, gives)
