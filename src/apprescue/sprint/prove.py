"""What the checks suspect of the database, held against what the laboratory tried: proven, cleared, or as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from apprescue.model.access import Access, Claim, Verdict
from apprescue.model.finding import Evidence, Finding
from apprescue.model.outcome import Cleared, Found, Outcome

_WORKED = (Verdict.LEAK, Verdict.UNDECIDED)


def proved(outcomes: Iterable[Outcome], access: Access) -> Iterator[Outcome]:
    """The outcomes after the trial. A finding of the trial itself that confirms one of reading becomes one with it."""
    waiting = list(outcomes)
    tried = [o.finding for o in waiting if isinstance(o, Found) and o.finding.proof and o.finding.claims]
    taken: set[str] = set()
    for outcome in waiting:
        if not isinstance(outcome, Found) or outcome.finding in tried or not outcome.finding.claims:
            if not isinstance(outcome, Found) or outcome.finding not in tried:
                yield outcome
            continue
        after = _judged(outcome.finding, access)
        if isinstance(after, Found):
            same = [f for f in tried if _meet(f, after.finding)]
            taken |= {f.key for f in same}
            after = Found(_joined(after.finding, same))
        yield after
    yield from (Found(f) for f in tried if f.key not in taken)


def _judged(finding: Finding, access: Access) -> Found | Cleared:
    answers = [cell for claim in finding.claims for cell in access.answering(claim)]
    worked = [cell for cell in answers if cell.verdict in _WORKED]
    if worked:
        worked.sort(key=lambda cell: cell.verdict is not Verdict.LEAK)
        return Found(replace(finding, evidence=Evidence.PROVEN, proof=worked[0].proof))
    refused = [cell for cell in answers if cell.verdict is Verdict.DENIED]
    if refused and len(refused) == len(answers) and all(access.answering(claim) for claim in finding.claims):
        return Cleared(finding, refused[0].detail)
    return Found(finding)


def _meet(one: Finding, other: Finding) -> bool:
    """Whether two findings say the same of the database."""
    return any(_same(a, b) for a in one.claims for b in other.claims)


def _same(a: Claim, b: Claim) -> bool:
    columns = a.column == b.column or not a.column or not b.column
    return a.object == b.object and a.operation is b.operation and columns


def _joined(finding: Finding, tried: list[Finding]) -> Finding:
    """The finding of reading with what the trial adds: its proof, its places, and its severity where that is worse."""
    if not tried:
        return finding
    worst = min([finding, *tried], key=lambda f: f.severity.rank)
    places = [p for f in tried for p in (f.place, *f.related)]
    return replace(
        finding,
        severity=worst.severity,
        evidence=Evidence.PROVEN,
        proof=finding.proof or tried[0].proof,
        related=tuple(dict.fromkeys(p for p in (*finding.related, *places) if p != finding.place)),
    )
