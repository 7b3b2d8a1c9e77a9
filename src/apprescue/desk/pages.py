"""What the desk's pages hold. Every text of the app is escaped; there is no style and no script in a page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apprescue.desk.board import Pack
from apprescue.model.document import Chapter
from apprescue.model.finding import Severity
from apprescue.model.repair import State
from apprescue.model.sprint import Day, Stage, Standing, Stood, Went
from apprescue.reports.handover import html
from apprescue.reports.interface import count
from apprescue.reports.page import pictures
from apprescue.reports.page.text import listing, prose, text
from apprescue.sprint.course import left

PLACES = (
    ("/", "Sprint"),
    ("/decisions", "Decisions"),
    ("/findings", "Findings"),
    ("/chapters/rules", "Who can do what"),
    ("/chapters/speed", "Speed"),
    ("/pack", "Pack"),
    ("/intake", "Intake"),
)
CHANGED = '<p class=missing>The sprint went on. <a href="">Show how it stands now.</a></p>'
SIGNS = {
    Stage.TO_DO: "○",
    Stage.RUNNING: "▸",
    Stage.DONE: "✓",
    Stage.ASKING: "?",
    Stage.LEFT_OUT: "–",
    Stage.FAILED: "✗",
}
FILES = {
    "handover.html": "To read: two pages for you, then the engineer's chapters",
    "handover.pdf": "The same to print or to send",
    "handover.md": "The same as text",
    "handover.json": "The same for programs",
    "findings.sarif": "What is open, for code hosts (SARIF)",
    "findings.junit.xml": "What is open, for build servers (JUnit)",
    "prompts.md": "A prompt for an AI builder for each open problem",
    "sbom.cdx.json": "The packages that the app declares (CycloneDX)",
}
HTMX = '{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true}'


def page(name: str, title: str, inside: str, path: str, *, live: bool = False) -> str:
    """A whole page. A `live` one shows by itself what is new; others say that there is something."""
    here = max((one for one, _ in PLACES if path == one or path.startswith(f"{one}/")), key=len, default="")
    links = "".join(
        f'<li><a href="{one}"{" aria-current=page" * (one == here)}>{words}</a></li>' for one, words in PLACES
    )
    again = ' hx-get="" hx-trigger="sse:changed" hx-select="#main" hx-swap="outerHTML"' * live
    told = "" if live else ' hx-get="/changed" hx-trigger="sse:changed"'
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<meta name=\"htmx-config\" content='{HTMX}'>"
        f"<title>{text(title)} · {text(name)}</title>"
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/desk.css">'
        '<script src="/static/desk.js" defer></script></head>\n'
        '<body class="pack desk" hx-ext="sse" sse-connect="/events"><a class="skip" href="#main">Go to the page</a>\n'
        f"<header><p class=facts><b>{text(name)}</b> · App Rescue</p>"
        f"<nav aria-label=Desk><ul>{links}</ul></nav></header>"
        f'<div aria-live="polite"{told}></div>\n'
        f"<main id=main{again}><h1>{text(title)}</h1>{inside}</main></body></html>\n"
    )


def note(words: str) -> str:
    """One sentence."""
    return f"<p class=why>{text(words)}</p>"


def overview(standing: Standing) -> str:
    """The days, what waits for the owner, what is closed, the risk."""
    waiting = len(standing.asking)
    asked = (
        f"<p class=missing><b>{count(waiting, 'decision')}</b> {'wait' if waiting > 1 else 'waits'} for you: "
        f'<a href="/decisions">decide</a>, then run <code>apprescue sprint</code> again.</p>'
        if waiting
        else ""
    )
    days = "".join(_day(standing, day) for day in standing.plan.days)
    return f"{asked}{_left(standing)}{_figures(standing)}<ol class=days>{days}</ol>"


def _left(standing: Standing) -> str:
    """How long a sprint that is at work may still take."""
    stages = {name: went.stage for name, went in standing.went.items()}
    if Stage.RUNNING not in stages.values():
        return ""
    ahead = (step for step in standing.plan.steps if stages.get(step.name, Stage.TO_DO) in (Stage.TO_DO, Stage.RUNNING))
    return f"<p>At work: {left(sum(step.seconds for step in ahead))}.</p>"


def _figures(standing: Standing) -> str:
    rows = [(one.value, standing.of(one)) for one in Severity]
    if not any(found for _, found in rows):
        return "<p>Nothing was found so far.</p>"
    told = [_level(name, found) for name, found in rows]
    scores = {one.when: one.risk for one in standing.scores}
    drawn = pictures.risk(scores["before"], scores["after"]) if {"before", "after"} <= scores.keys() else ""
    since = standing.since
    compared = (
        f"<p>Since the sprint before: {len(since.new)} new, {len(since.closed)} closed, "
        f"{len(since.reopened)} reopened, {len(since.unchanged)} unchanged.</p>"
        if since
        else ""
    )
    return f"<figure>{pictures.levels(told)}</figure>" + (f"<figure>{drawn}</figure>" if drawn else "") + compared


def _level(name: str, found: tuple[Stood, ...]) -> tuple[str, int, int, int]:
    closed = sum(one.closed for one in found)
    accepted = sum(one.state is State.SUPPRESSED for one in found)
    return name, closed, len(found) - closed - accepted, accepted


def _day(standing: Standing, day: Day) -> str:
    steps = "".join(_step(step.title, standing.went.get(step.name), step.seconds) for step in day.steps)
    return f"<li><h2>Day {text(day.name)} · {text(day.title)}</h2><ul class=steps>{steps}</ul></li>"


def _step(title: str, went: Went | None, usual: float) -> str:
    stage = went.stage if went else Stage.TO_DO
    told = (went.said or went.reason) if went else ""
    begun = stage in (Stage.DONE, Stage.FAILED)
    took = f"{went.seconds:.0f} s" if went and begun and went.seconds >= 1 else "" if begun else f"about {usual:.0f} s"
    return (
        f'<li class="stage {stage.name.lower()}"><span aria-hidden=true>{SIGNS[stage]}</span><b>{text(title)}</b> '
        f"<small>{text(stage)}{f' · {took}' if took and stage is not Stage.LEFT_OUT else ''}</small>"
        + (f"<p>{prose(told)}</p>" if told else "")
        + "</li>"
    )


def chapter(known: Sequence[Chapter], name: str) -> str | None:
    """One of the pack's chapters; None where none has that name. Its links lead to the desk."""
    one = next((one for one in known if one.anchor == name), None)
    if one is None:
        return None
    names = {each.anchor for each in known}
    others = "".join(f'<li><a href="/chapters/{text(each.anchor)}">{text(each.title)}</a></li>' for each in known)

    def led(found: re.Match[str]) -> str:
        return f'href="/chapters/{found[1]}"' if found[1] in names else f'href="/chapters/changes#{found[1]}"'

    inside = re.sub(r'href="#([^"]+)"', led, html.chapter(one))
    return f"{inside}<nav class=contents aria-label=Chapters><h2>All chapters</h2><ol>{others}</ol></nav>"


def pack(known: Pack, chapters: Sequence[Chapter]) -> str:
    """The files to download."""
    if not known.names:
        told = "The handover pack is written on the last day; `apprescue handover PATH` writes it at any time."
        return f"<p>{prose(told)}</p>{_chapters(chapters)}"
    rows = (f'<a href="/pack/{text(one)}" download>{text(one)}</a> {text(FILES.get(one, ""))}' for one in known.names)
    return f"{listing(rows)}<p class=quiet>They are in {text(str(known.folder))}.</p>{_chapters(chapters)}"


def _chapters(known: Sequence[Chapter]) -> str:
    if not known:
        return ""
    rows = (
        f'<a href="/chapters/{text(one.anchor)}">{text(one.title)}</a>'
        + (" <small>not done</small>" if one.missing else "")
        for one in known
    )
    return f"<section class=chapter><h2>Its chapters as they stand now</h2>{listing(rows)}</section>"
