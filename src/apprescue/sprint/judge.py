"""What speaks against a repair, when everything was examined again after it."""

from __future__ import annotations

from apprescue.model.access import Actor, Cell, Operation, Verdict
from apprescue.model.catalog import Catalog, Rule
from apprescue.model.finding import Evidence, Finding, Severity
from apprescue.model.outcome import Crashed, NotExamined
from apprescue.model.place import PolicyPlace, RoutePlace
from apprescue.source.meant_rules import pages_asking, served
from apprescue.sprint import compare
from apprescue.sprint.run import Examined

URGENT = (Severity.CRITICAL, Severity.HIGH)
STILL_THERE = "The problem is still there after it."
LEFT_TO_SERVER = ("access/self_made_entitlement", "access/own_row_overreached")


def against(
    finding: Finding, before: Examined, after: Examined, cells: list[compare.Changed], along: tuple[Finding, ...] = ()
) -> str:
    """What speaks against a patch; empty where it is proved. It is also for what it laid bare (`along`)."""
    if not compare.closed(finding, before.findings, after.findings):
        return STILL_THERE
    if lost := _unexamined(before, after):
        return f"After it, {lost} could not be examined any more."
    if gone := _routes(before) - _routes(after) - {str(finding.place)}:
        return f"The app does not answer {min(gone)} any more."
    if new := opened(before, after, finding):
        return f"It opens another problem: {new[0].title} ({new[0].place})."
    own = frozenset().union(*map(compare.objects_of, (finding, *along)))
    named = {(one.object, one.operation, one.column) for each in (finding, *along) for one in each.claims if one.column}
    wide = [one for one in cells if _came_by_the_rule(one, finding, before, after) or _is_for_nobody(one, after)]
    wide += [one for one in cells if one.cell.object in own and _is_left_to_server(one, finding, before)]
    beyond = [one for one in cells if one not in wide and not one.harmless and not _is_meant(one, own, named)]
    if beyond:
        return f"It changes who can do what beyond the problem: {beyond[0]}, and {len(beyond) - 1} more."
    return ""


def opened(before: Examined, after: Examined, finding: Finding | None = None) -> list[Finding]:
    """The problems that are there after a patch and were not before. None is what could be done before just so, and was
    told as a part of another finding, or what is left of the `finding` that the patch is for, or little beside it."""
    return [
        one
        for one in compare.opened(before.findings, after.findings)
        if not (one.claims and all(compare.shown(claim, before.access) for claim in one.claims))
        and not (finding and (_was_worse(one, finding, before, after) or _is_little(one, finding)))
        and not _was_named(one, before)
    ]


def _is_little(one: Finding, finding: Finding) -> bool:
    """Whether a problem is a small one that reading suspects, behind a repair of what cannot wait: an address that
    writes with the server's key where a user wrote for himself has more to look after."""
    return one.severity is Severity.LOW and one.evidence is not Evidence.PROVEN and finding.severity in URGENT


def _was_named(one: Finding, before: Examined) -> bool:
    """Whether a problem of an address was told before as one of several of the same kind, and as no milder."""
    worse = (old for old in before.findings if old.check == one.check and old.severity.rank <= one.severity.rank)
    named = {str(place) for old in worse for place in old.related if isinstance(place, RoutePlace)}
    return isinstance(one.place, RoutePlace) and str(one.place) in named


def _was_worse(one: Finding, finding: Finding, before: Examined, after: Examined) -> bool:
    """Whether a problem is what is left of the one that is repaired: at the same address, and milder, or no worse where
    anybody could do before what now only people with a login can."""
    address = str(finding.place)
    if not isinstance(one.place, RoutePlace) or str(one.place) != address:
        return False
    fewer = _asks_login(after, address) and not _asks_login(before, address)
    return one.severity.rank > finding.severity.rank - fewer


def _asks_login(done: Examined, address: str) -> bool:
    found = (one for one in done.app.routes if str(one) == address)
    return any(guard.kind == "login" and not guard.fail_open for one in found for guard in one.guards)


def _is_meant(cell: compare.Changed, own: frozenset[str], named: set[tuple[str, Operation, str]]) -> bool:
    """Whether a cell changed as a repair of these objects is to change it: what is better now, or the very thing that
    the finding says must not be done."""
    tried = cell.after
    lost = tried is not None and tried.verdict is Verdict.DENIED and tried.actor is Actor.OWNER
    if lost and (cell.cell.object, cell.cell.operation, cell.cell.column) in named:
        return True
    return cell.better and not cell.worse and bool({cell.cell.object, cell.cell.name} & own)


def _came_by_the_rule(cell: compare.Changed, finding: Finding, before: Examined, after: Examined) -> bool:
    """Whether somebody who has to do with a row read it by nothing but the rule of the finding, by which strangers read
    it too: the rules that tell who has to do with it stand as they were, and do not know him."""
    if cell.cell.operation is not Operation.SELECT or cell.cell.actor not in (Actor.MEMBER, Actor.SUBSCRIBER):
        return False
    name, was = cell.cell.object, compare.as_stranger(cell.cell, before.access)
    if (was, cell.after and cell.after.verdict) != (Verdict.LEAK, Verdict.DENIED):
        return False
    place, (stood, stands) = finding.place, (_rules(done, name) for done in (before, after))
    if not isinstance(place, PolicyPlace) or place.table != name:
        return False
    return {rule for rule in stood if rule.name != place.policy} <= stands


def _is_for_nobody(cell: compare.Changed, after: Examined) -> bool:
    """Whether an attempt that was refused cannot be told from one that no user could make: the server alone can now."""
    was, now = (one.verdict if one else None for one in (cell.before, cell.after))
    if (was, now) != (Verdict.DENIED, Verdict.UNTESTED) or cell.cell.intended is not False:
        return False
    same = (one for one in after.access.cells if _deed(one) == _deed(cell.cell) and one.actor is not Actor.SERVICE)
    return all(one.verdict in (Verdict.DENIED, Verdict.UNTESTED) for one in same)


def _is_left_to_server(cell: compare.Changed, finding: Finding, before: Examined) -> bool:
    """Whether a user loses a right that nothing of the app used, to write what he gets for money or may not decide: the
    server alone adds such rows."""
    tried, name = cell.cell, cell.cell.object
    writes = tried.operation in (Operation.INSERT, Operation.UPDATE) and tried.actor not in (Actor.ADMIN, Actor.SERVICE)
    lost = cell.after is not None and cell.after.verdict in (Verdict.DENIED, Verdict.UNTESTED)
    if finding.check not in LEFT_TO_SERVER or not (writes and lost):
        return False
    return served(before.app, name) and not any(pages_asking(before.app, name, tried.operation.value))


def _deed(cell: Cell) -> tuple[str, Operation]:
    return cell.object, cell.operation


def _rules(done: Examined, table: str) -> set[Rule]:
    catalog = done.world.get("catalog")
    relation = catalog.relation(table) if isinstance(catalog, Catalog) else None
    return set(relation.policies) if relation else set()


def _routes(done: Examined) -> set[str]:
    return {f"{one.method} {one.path}" for one in done.app.routes}


def _unexamined(before: Examined, after: Examined) -> str:
    """What was examined before a patch and is not after it."""
    was, now = (
        {one.check for one in done.outcomes if isinstance(one, Crashed | NotExamined)} for done in (before, after)
    )
    return ", ".join(sorted(now - was))


def after_of(finding: Finding, then: Examined) -> str:
    """What the attempts that the finding claims come to now."""
    answers = [cell for claim in finding.claims for cell in then.access.answering(claim)]
    return answers[0].detail or answers[0].verdict.value if answers else f"{finding.check} sees nothing there any more"
