"""The findings of one severity: those that say the same stand together, why and how once, then each place."""

from __future__ import annotations

from collections.abc import Sequence

from apprescue.model.audit import Audit, Excerpt
from apprescue.model.finding import Finding, Severity
from apprescue.model.proof import Proof
from apprescue.reports.interface import SURE, count, first_sentence, grouped, loss, others
from apprescue.reports.page.text import folded, lines, listing, located, prose, terms, text

OPEN = (Severity.CRITICAL, Severity.HIGH)
URGENCY = {
    Severity.CRITICAL: "repair before anything else",
    Severity.HIGH: "repair before real customers come",
    Severity.MEDIUM: "repair soon",
    Severity.LOW: "repair when you are there anyway",
}
FEW = 3


def level(audit: Audit, severity: Severity) -> str:
    """All findings of a severity, or nothing."""
    found = [f for f in audit.open if f.severity is severity]
    if not found:
        return ""
    groups = "".join(_group(audit, group) for group in grouped(found))
    return (
        f'<section class="{severity}" data-level="{severity}"><h2 class=level>{severity.capitalize()} '
        f"<small>{text(count(len(found), 'finding'))}, {URGENCY[severity]}</small></h2>{groups}</section>"
    )


def _group(audit: Audit, group: Sequence[Finding]) -> str:
    first = group[0]
    page = audit.pages.get(first.check)
    places = f" · {text(count(len(group), 'place'))}" if len(group) > 1 else ""
    head = (
        f"<h3>{text(first.title)}</h3>"
        f"<p class=meta><span class=tag>{text(loss(group))}</span>{places} · <code>{text(first.check)}</code></p>"
    )
    about = terms((("Why it matters", page.matters if page else ""), ("How to repair", first.repair)))
    filed = terms((("When it is fine", page.fine if page else ""), ("Filed as", ", ".join((*first.cwe, *first.owasp)))))
    ones = "".join(
        _one(audit, finding, first, alone=len(group) == 1, opened=first.severity in OPEN and not number)
        for number, finding in enumerate(group)
    )
    more = folded("When it is fine, and what specialists call it", filed) if filed else ""
    if first.severity in OPEN:
        return f"<article class=group><div class=head>{head}{about}{more}</div>{ones}</article>"
    return (
        f"<details class=group><summary class=head><div>{head}</div></summary>"
        f"<div class=about>{about}{more}</div>{ones}</details>"
    )


def _one(audit: Audit, finding: Finding, first: Finding, alone: bool, opened: bool) -> str:
    key = text(finding.key)
    excerpt = audit.excerpts.get(finding.key)
    repair = (("How to repair it here", finding.repair),) if finding.repair != first.repair else ()
    inside = "".join(
        (
            f"<p class=detail>{prose(finding.detail)} <span class=soft>({SURE[finding.evidence]})</span></p>",
            excerpt_of(excerpt) if excerpt else "",
            proof_of(finding.proof) if finding.proof else "",
            terms(repair),
            _related(finding),
            _prompt(key, finding.prompt),
        )
    )
    place = f"<span class=place>{located(finding.place)}</span>"
    if alone:
        return f'<div class=one id="f-{key}"><p>{place}</p>{inside}</div>'
    gist = "" if opened else f"<span class=gist>{text(first_sentence(finding.detail))}</span>"
    return (
        f'<details class=one id="f-{key}"{" open" * opened}><summary>{place} {gist}</summary>'
        f"<div class=inside>{inside}</div></details>"
    )


def excerpt_of(excerpt: Excerpt) -> str:
    """Lines of code with their numbers, those that are meant marked."""
    low, high = excerpt.marked
    rows = "".join(
        f"<li{' class=hit' * (low <= number <= high)}><i>{number}</i>{lines(row)}</li>"
        for number, row in enumerate(excerpt.lines, excerpt.first)
    )
    return f'<div class=excerpt tabindex=0 role=region aria-label="The code"><ol>{rows}</ol></div>'


def proof_of(proof: Proof) -> str:
    """What was run, as whom, what came back and what should have."""
    told = terms(
        (("Tried as", proof.as_whom), ("Should have come back", proof.expected), ("Came back", proof.observed))
    )
    return told + folded("What was run", f"<pre class=prompt>{lines(proof.script)}</pre>")


def _prompt(key: str, prompt: str) -> str:
    whole = f'<pre class=prompt id="p-{key}">{lines(prompt)}</pre>'
    return (
        f'<div class=do><button type=button data-prompt="p-{key}" hidden>Copy this prompt into your AI builder</button>'
        f"{folded('Read the prompt', whole)}</div>"
    )


def _related(finding: Finding) -> str:
    places = [f"<span class=place>{text(one)}</span>" for one in others(finding)]
    number = count(len(finding.related), "related place")
    return folded(number, listing(places), len(places) <= FEW) if places else ""
