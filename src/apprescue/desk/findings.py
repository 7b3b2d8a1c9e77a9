"""The desk's pages about findings: the list, one of them, and what the owner has to decide."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from apprescue.model.document import Listing
from apprescue.model.finding import Severity
from apprescue.model.repair import State
from apprescue.model.sprint import Decision, Standing, Stood
from apprescue.reports.handover import html
from apprescue.reports.interface import LOSS, SURE, count
from apprescue.reports.page.findings import excerpt_of, proof_of
from apprescue.reports.page.text import folded, lines, listing, located, prose, text

AT_ONCE = 50


def findings(standing: Standing, asked: Mapping[str, str]) -> str:
    """The findings that are asked for, a page of them at a time."""
    words = asked.get("q", "").casefold()
    found = [
        one
        for one in standing.findings
        if asked.get("severity", "") in ("", one.finding.severity)
        and asked.get("state", "") in ("", "closed" if one.closed else "open")
        and asked.get("risk", "") in ("", one.finding.check.split("/")[0])
        and (not words or words in f"{one.finding.title} {one.finding.check} {one.finding.place}".casefold())
    ]
    at = asked.get("page", "1")
    first = (max(1, int(at)) - 1) * AT_ONCE if at.isdecimal() and len(at) < 6 else 0
    rows = "".join(map(_row, found[first : first + AT_ONCE]))
    return (
        f"{_filter(standing, asked)}<div id=list><p>{count(len(found), 'finding')}</p>"
        "<div class=scroll tabindex=0><table><thead><tr><th scope=col>How bad</th><th scope=col>What</th>"
        f"<th scope=col>Where</th><th scope=col>Now</th></tr></thead><tbody>{rows}</tbody></table></div>"
        f"{_turn(asked, first, len(found))}</div>"
    )


def _row(one: Stood) -> str:
    finding = one.finding
    return (
        f"<tr><td><b class={'bad' if finding.severity.rank < 2 else 'warn'}>{finding.severity}</b></td>"
        f'<td><a href="/findings/{text(finding.key)}">{text(finding.title)}</a></td>'
        f"<td class=place>{located(finding.place)}</td>"
        f"<td><b class={'good' if one.closed else 'bad'}>{text(one.state)}</b></td></tr>"
    )


def _filter(standing: Standing, asked: Mapping[str, str]) -> str:
    risks = sorted({one.finding.check.split("/")[0] for one in standing.findings})
    chosen = (("severity", list(Severity)), ("state", ["open", "closed"]), ("risk", risks))
    fields = "".join(
        f"<label>{name} <select name={name}><option value=''>all</option>"
        + "".join(f"<option{' selected' * (asked.get(name) == one)}>{text(one)}</option>" for one in options)
        + "</select></label>"
        for name, options in chosen
    )
    return (
        '<form class=filter method=get action="/findings" hx-get="/findings" hx-select="#list" hx-target="#list" '
        'hx-swap="outerHTML" hx-trigger="change, submit">'
        f'{fields}<label>words <input type=search name=q value="{text(asked.get("q", ""))}"></label>'
        "<button>Show</button></form>"
    )


def _turn(asked: Mapping[str, str], first: int, number: int) -> str:
    at, last = first // AT_ONCE + 1, (number - 1) // AT_ONCE + 1
    if last < 2:
        return ""
    ways = ((at - 1, "Before"), (at + 1, "Next"))
    links = " · ".join(
        f'<a href="/findings?{text(urlencode({**asked, "page": one}))}">{words}</a>'
        for one, words in ways
        if 0 < one <= last
    )
    return f"<nav aria-label=Pages><p>{links} · page {at} of {last}</p></nav>"


def finding(standing: Standing, key: str) -> str | None:
    """One finding with its code, its proof, its repair and its prompt; None where there is none of that key."""
    one = next((one for one in standing.findings if one.finding.key == key), None)
    if one is None:
        return None
    found = one.finding
    excerpt = standing.audit.excerpts.get(key) if standing.audit else None
    shown = excerpt_of(excerpt) if excerpt else ""
    proof = f"<h3>The proof</h3>{proof_of(found.proof)}" if found.proof else ""
    page_of = standing.audit.pages.get(found.check) if standing.audit else None
    prompt = f"<pre class=prompt tabindex=0>{lines(found.prompt)}</pre>"
    why = f"<h3>Why it matters</h3><p>{prose(page_of.matters)}</p>" if page_of else ""
    return (
        f"<section class=chapter><h2>{text(found.title)}</h2>"
        f"<p class=meta><b class={'bad' if found.severity.rank < 2 else 'warn'}>{found.severity}</b> · "
        f"{text(LOSS[found.impact])} · {text(SURE[found.evidence])} · <code>{text(found.check)}</code></p>"
        f"<p class={'done' if one.closed else 'missing'}>{prose(': '.join(filter(None, (one.state, one.reason))))}</p>"
        f"<p>{prose(found.detail)}</p><p class=place>{located(found.place)}</p>{shown}{why}"
        f"{proof}{_repair(one)}<h3>How to repair it</h3><p>{prose(found.repair)}</p>"
        f"{folded('A prompt for your AI builder', prompt)}{_accept(one)}</section>"
    )


def _repair(one: Stood) -> str:
    if one.state is not State.REPAIRED and not one.difference:
        return ""
    after = f"<p class=done>Now: {prose(one.after)}</p>" if one.after else ""
    commit = f"<p>Commit <code>{text(one.commit[:12])}</code>, {one.lines} lines changed.</p>" if one.commit else ""
    test = f"<p>Tested from now on by <code>{text(one.test)}</code></p>" if one.test else ""
    todo = f"<h3>What you do beside it</h3>{listing(map(prose, one.todo))}" if one.todo else ""
    return f"<h3>The repair: {text(one.title)}</h3>{after}{commit}{test}{_difference(one)}{todo}"


def _accept(one: Stood) -> str:
    """The form by which the owner accepts an open finding for a time."""
    if one.closed or one.state is State.SUPPRESSED:
        return ""
    fields = (
        "<label>Why it may stay <input name=reason required maxlength=300></label> "
        "<label>Your name <input name=owner required maxlength=80 autocomplete=name></label> "
        "<label>Until <input name=expires type=date required></label> "
    )
    opening = f'<form class=filter method=post action="/findings/{text(one.finding.key)}">'
    return folded("Accept it for a time", f"{opening}{fields}<button>Accept it</button></form>")


def _difference(one: Stood) -> str:
    return html.block(Listing(one.difference, "diff")) if one.difference else ""


def decisions(standing: Standing) -> str:
    """What only the owner can say: what waits for him, and what he said."""
    waiting = "".join(_asked(standing, one) for one in standing.asking)
    said = [one for one in standing.decisions if one.answer is not None]
    rows = (f"{prose(one.text)} <b>{'yes' if one.answer else 'no'}</b> <small>({text(one.by)})</small>" for one in said)
    return (
        (f"{_all(standing)}{waiting}" if waiting else "<p>Nothing waits for you.</p>")
        + (f"<section class=chapter><h2>What was said</h2>{listing(rows)}</section>" if said else "")
    )  # fmt: skip


def _all(standing: Standing) -> str:
    patches = sum(one.kind == "patch" for one in standing.asking)
    if patches < 2:
        return ""
    return (
        "<form method=post action=/decisions><input type=hidden name=kind value=patch>"
        "<input type=hidden name=key value='*'>"
        f"<button name=answer value=yes>Take all {patches} repairs</button></form>"
    )


def _asked(standing: Standing, one: Decision) -> str:
    repair = next((stood for stood in standing.findings if stood.finding.key == one.key), None)
    shown = folded("The change", _difference(repair)) if repair and repair.difference else ""
    link = f'<p><a href="/findings/{text(one.key)}">What it repairs</a></p>' if repair else ""
    reading = "yes" if one.default else "no"
    return (
        f"<section class=chapter><h2>{prose(one.text)}</h2><p>{prose(one.evidence)}</p>{link}{shown}"
        f"<form class=answer method=post action=/decisions><input type=hidden name=kind value='{text(one.kind)}'>"
        f'<input type=hidden name=key value="{text(one.key)}"><button name=answer value=yes>Yes</button> '
        f"<button name=answer value=no>No</button> <small>Our reading: {reading}.</small></form></section>"
    )
