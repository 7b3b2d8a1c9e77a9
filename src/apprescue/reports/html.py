"""The audit as one file for the owner: the answer first, then each finding with its place and its repair.

Nothing is loaded from elsewhere, everything reads without JavaScript, and every text of the app is escaped: a policy
in the page itself lets only our own style and script run.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from importlib.resources import files
from itertools import groupby

from apprescue import __version__
from apprescue.model.audit import Audit
from apprescue.model.finding import Severity
from apprescue.reports.interface import Screen, count, grouped, loss, named, verdict, where
from apprescue.reports.page import findings, map
from apprescue.reports.page.text import folded, listing, text


def render(audit: Audit, screen: Screen) -> str:
    """The whole page."""
    style, script = (_ours(name) for name in ("style.css", "script.js"))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    headline, why = verdict(audit)
    found = "".join(findings.level(audit, severity) for severity in Severity)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">\n'
        f"<title>{text(audit.name)}: {text(headline)}</title>\n<style>{style}</style></head>\n<body>\n"
        '<a class="skip" href="#findings">Go to the findings</a>\n'
        f"<header>{_facts(audit)}<h1>{text(headline)}</h1><p class=why>{text(why)}</p>{_counts(audit)}</header>\n"
        f"<main>{_top(audit)}{_notes(audit)}{_crashed(audit)}\n<div id=findings>{_filter(audit)}{found}</div>\n"
        f"{_accepted(audit)}{_cleared(audit)}{_unseen(audit)}{map.whole(audit)}</main>\n"
        f"<footer>{_footer()}</footer>\n<script>{script}</script></body></html>\n"
    )


def _ours(name: str) -> str:
    return (files("apprescue.reports") / "page" / name).read_text("utf-8")


def _hash(words: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(words.encode()).digest()).decode()


def _facts(audit: Audit) -> str:
    took = audit.timings.get("all")
    facts = (
        ", ".join(audit.stacks),
        f"{count(audit.files, 'file')} read" + (f" in {took:.1f} s" if took else ""),
        f"commit {audit.commit[:10]}" if audit.commit else "",
    )
    return f"<p class=facts><b>{text(audit.name)}</b> · {' · '.join(text(fact) for fact in facts if fact)}</p>"


def _counts(audit: Audit) -> str:
    tiles = (
        f'<li class="{severity}{"" if number else " none"}"><b>{number}</b><span>{severity}</span></li>'
        for severity, number in audit.counts.items()
    )
    return f"<ul class=counts>{''.join(tiles)}</ul>"


def _top(audit: Audit) -> str:
    top = [group[0] for group in grouped(audit.open)][:3]
    if not top:
        return ""
    items = "".join(
        f'<li class="{f.severity}"><div><a href="#f-{text(f.key)}">{text(f.title)}</a>'
        f"<p>{text(named(f.place))} · {text(loss([f]))}</p></div></li>"
        for f in top
    )
    return f"<section class=first><h2>Begin here</h2><ol>{items}</ol></section>"


def _notes(audit: Audit) -> str:
    return f"<div class=notes>{''.join(f'<p>{text(n)}</p>' for n in audit.notes)}</div>" if audit.notes else ""


def _crashed(audit: Audit) -> str:
    if not audit.crashed:
        return ""
    items = listing(f"<code>{text(c.check)}</code>: {text(c.error)}" for c in audit.crashed)
    return (
        f"<section class=alarm><h2>{count(len(audit.crashed), 'check')} broke off</h2>"
        f"<p>That they found nothing means nothing.</p>{items}</section>"
    )


def _filter(audit: Audit) -> str:
    there = [(severity, number) for severity, number in audit.counts.items() if number]
    if len(there) < 2:
        return ""
    buttons = "".join(
        f'<button type=button data-level="{severity}" aria-pressed=false>{severity} ({number})</button>'
        for severity, number in there
    )
    return (
        '<nav class=filter aria-label="Show only" hidden>Show '
        f'<button type=button data-level="all" aria-pressed=true>all</button>{buttons}</nav>'
    )


def _accepted(audit: Audit) -> str:
    if not audit.suppressed:
        return ""
    items = listing(
        f"{text(f.title)}: <span class=place>{text(where(f.place))}</span><br>"
        f"<span class=soft>{text(f.suppressed)}</span>"
        for f in audit.suppressed
    )
    return (
        "<section class=part><h2>Accepted by the owner</h2>"
        f"<p>These are not counted until the day that stands there.</p>{items}</section>"
    )


def _cleared(audit: Audit) -> str:
    if not audit.cleared:
        return ""
    items = listing(
        f"{text(c.finding.title)}: <span class=place>{text(where(c.finding.place))}</span><br>"
        f"<span class=soft>{text(c.why)}</span>"
        for c in audit.cleared
    )
    return (
        "<section class=part><h2>Looked wrong, proved safe</h2>"
        f"<p>These were tried in a copy of the database, and did not work.</p>{items}</section>"
    )


def _unseen(audit: Audit) -> str:
    by_reason = groupby(sorted(audit.not_examined, key=lambda n: (n.reason, n.check)), key=lambda n: n.reason)
    items = listing(
        f"{', '.join(f'<code>{text(n.check)}</code>' for n in group)}: {text(reason)}" for reason, group in by_reason
    )
    if audit.not_examined:
        missing = f"<p>This was not looked at; it may be right or wrong.</p>{items}"
    else:
        missing = "<p>Every check ran over everything that it reads.</p>"
    names = ", ".join(f"<code>{text(name)}</code>" for name in audit.quiet)
    looked = f"{count(len(audit.quiet), 'check')} looked and saw nothing wrong"
    quiet = folded(looked, f"<p>{names}</p>") if audit.quiet else ""
    return f"<section class=part><h2>What was not examined</h2>{missing}{quiet}</section>"


def _footer() -> str:
    return (
        f"App Rescue {__version__} read the files of this app and changed nothing; "
        "what it ran, it ran in a laboratory of its own. "
        "Secrets are hidden in this page. Repair one finding at a time, and run "
        "<code>apprescue audit</code> again after each: the same checks are the proof."
    )
