"""What the checks suspect of the database, held against what the laboratory tried: proven, cleared, or as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from apprescue.model.access import Access, Claim, Operation, Verdict
from apprescue.model.facts import Fact
from apprescue.model.finding import Evidence, Finding
from apprescue.model.outcome import Cleared, Found, Outcome
from apprescue.model.place import PolicyPlace
from apprescue.model.proof import Proof

_NONE: Mapping[Fact, bool] = {}
_WORKED = (Verdict.LEAK, Verdict.UNDECIDED)
_FAILED, _RAN = (Verdict.BROKEN,), (Verdict.ALLOWED, Verdict.DENIED, Verdict.LEAK, Verdict.UNDECIDED)


def proved(outcomes: Iterable[Outcome], access: Access, facts: Mapping[Fact, bool] = _NONE) -> Iterator[Outcome]:
    """The outcomes after the trial. A finding of the trial itself that confirms one of reading becomes one with it."""
    waiting = list(outcomes)
    tried = [o.finding for o in waiting if isinstance(o, Found) and o.finding.proof and o.finding.claims]
    taken: set[str] = set()
    for outcome in waiting:
        if not isinstance(outcome, Found):
            yield outcome
            continue
        if outcome.finding in tried:
            continue
        after = _judged(outcome.finding, access) if outcome.finding.claims else _asked(outcome.finding, facts)
        if isinstance(after, Found):
            same = [f for f in tried if _meet(f, after.finding)]
            taken |= {f.key for f in same}
            after = Found(_joined(after.finding, same))
        yield after
    yield from (Found(f) for f in tried if f.key not in taken)


def _judged(finding: Finding, access: Access) -> Found | Cleared:
    answers = [(claim, access.answering(claim)) for claim in finding.claims]
    shown = [
        cell for claim, cells in answers for cell in cells if cell.verdict in (_FAILED if claim.fails else _WORKED)
    ]
    if shown:
        first = min(shown, key=lambda cell: cell.verdict is Verdict.UNDECIDED)
        return Found(replace(finding, evidence=Evidence.PROVEN, proof=first.proof))
    if all(cells and all(cell.verdict in _against(claim) for cell in cells) for claim, cells in answers):
        return Cleared(finding, answers[0][1][0].detail)
    return Found(finding)


def _against(claim: Claim) -> tuple[Verdict, ...]:
    """What speaks against a claim. A function that was called and did no more than is meant is none that acts for
    anyone."""
    if claim.fails:
        return _RAN
    return (Verdict.DENIED, Verdict.ALLOWED) if claim.operation is Operation.CALL else (Verdict.DENIED,)


def _asked(finding: Finding, facts: Mapping[Fact, bool]) -> Found | Cleared:
    """A finding about the database's structure, after the server was asked."""
    known = [fact for fact in finding.facts if fact in facts]
    true = [fact for fact in known if facts[fact]]
    if true:
        proof = Proof("catalog", true[0].sql, "postgres", "false", "true")
        return Found(replace(finding, evidence=Evidence.PROVEN, proof=proof))
    return Cleared(finding, known[0].denial) if known and len(known) == len(finding.facts) else Found(finding)


def _meet(one: Finding, other: Finding) -> bool:
    """Whether two findings say the same of the database."""
    return any(_same(a, b) for a in one.claims for b in other.claims)


def _same(a: Claim, b: Claim) -> bool:
    columns = a.column == b.column or not a.column or not b.column
    whose = a.own == b.own or None in (a.own, b.own)
    return a.object == b.object and a.operation is b.operation and columns and whose and a.fails == b.fails


def _joined(finding: Finding, tried: list[Finding]) -> Finding:
    """The finding of reading with what the trial adds: its proof, the columns that its rules leave open too, and its
    severity where that is worse."""
    if not tried:
        return finding
    worst = min([finding, *tried], key=lambda f: f.severity.rank)
    places = [p for f in tried for p in (f.place, *f.related) if isinstance(p, PolicyPlace)]
    return replace(
        finding,
        severity=worst.severity,
        evidence=Evidence.PROVEN,
        proof=finding.proof or tried[0].proof,
        related=tuple(dict.fromkeys(p for p in (*finding.related, *places) if p != finding.place)),
    )
