"""The page "what is slow, why, and after": each screen before and after, plans as trees, curves as pictures."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from apprescue.model.load import Latency
from apprescue.model.tuning import EVERYBODY, FAST, Asked, Built, Measured, Migration, Rewritten, Tuned
from apprescue.reports.interface import Screen, count
from apprescue.reports.page.curves import Points, curve
from apprescue.reports.page.plans import tree
from apprescue.reports.page.text import folded, lines, listing, prose, terms, text
from apprescue.reports.tuning.interface import by_screen, gains, headline, kept, milliseconds, p95, shown, size
from apprescue.source.plan_words import gist

Names = Mapping[str, str]


def render(tuned: Tuned, name: str, screen: Screen) -> str:
    """The whole page."""
    style = "".join(
        (files("apprescue.reports") / "page" / one).read_text("utf-8") for one in ("style.css", "tuning.css")
    )
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    answer, why = headline(tuned)
    names = {one.statement.key: one.statement.screen or str(one.statement.place) for one in tuned.measured}
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex">\n<title>{text(name)}: {text(answer)}</title>\n'
        f"<style>{style}</style></head>\n<body>\n<header><p class=facts><b>{text(name)}</b> · "
        f"{text(count(len(tuned.measured), 'query'))} measured in {tuned.seconds:.0f} s</p>"
        f"<h1>{text(answer)}</h1><p class=why>{text(why)}</p>{_tiles(tuned)}</header>\n"
        f"<main>{_screens(tuned)}{_changes(tuned, names)}{_refused(tuned)}{_untold(tuned)}{_conditions(tuned)}</main>\n"
        "</body></html>\n"
    )


def _tiles(tuned: Tuned) -> str:
    every = len(tuned.common)
    indexes = kept(tuned.indexes)
    tiles = (
        ("low", f"{tuned.fast(after=False)} of {every}", "common reads fast today"),
        ("good", f"{tuned.fast(after=True)} of {every}", "fast after the changes"),
        ("medium", count(len(indexes), "index").replace("indexs", "indexes"), _room(indexes)),
        ("medium", count(sum(not one.refused for one in tuned.rewrites), "rewrite"), "same rows, same rights"),
    )
    return "<ul class=counts>" + "".join(
        f"<li class={kind}><b>{text(number)}</b><span>{text(what)}</span></li>" for kind, number, what in tiles
    ) + "</ul>"  # fmt: skip


def _room(indexes: Sequence[Built]) -> str:
    return size(sum(one.advised.size for one in indexes)) if indexes else "none would help"


def _screens(tuned: Tuned) -> str:
    groups = "".join(_screen(screen, group) for screen, group in by_screen(tuned.measured))
    return f"<section class=part><h2>Every screen, the slowest first</h2>{groups}</section>" if groups else ""


def _screen(screen: str, group: Sequence[Measured]) -> str:
    worst, best = p95(group[0].was), max((p95(one.now or one.was) or 0.0 for one in group), default=0.0)
    slow = (worst or 0) >= FAST
    tone = "high" if best >= FAST else "medium" if slow else "good"
    title = screen or str(group[0].statement.place)
    told = f"{milliseconds(worst)}, then {milliseconds(best)}" if slow else milliseconds(worst)
    return (
        f"<details class='group {tone}'{' open' * slow}><summary class=head><div><h3>{text(title)}</h3>"
        f"<p class=meta><span class=tag>{text(told)}</span> · {text(group[0].statement.kind)} · "
        f"{text(count(len(group), 'query'))}</p></div></summary>{''.join(map(_one, group))}</details>"
    )


def _one(one: Measured) -> str:
    place = f"<p><span class=place>{text(str(one.statement.place))}</span></p>"
    sql = folded("The query as it is sent", f"<pre class=prompt>{lines(one.statement.sql)}</pre>")
    if one.failed:
        return f"<div class=one>{place}<p class=detail>It cannot run: {text(one.failed)}</p>{sql}</div>"
    before, after = _points(one.before), _points(one.after)
    label = f"How the time grows with the rows: before to {milliseconds(p95(one.was))}"
    picture = curve(before, after, label + f", after to {milliseconds(p95(one.now))}" * bool(after))
    why = (("Why it is as it is", gist(one.plan_before) if one.plan_before else ""),)
    then = (("Afterwards", gist(one.plan_after) if one.plan_after and one.plan_after != one.plan_before else ""),)
    return (
        f"<div class=one>{place}<div class=sides>{_times(one)}{picture}</div>{terms((*why, *then))}"
        f"{_plans(one)}{sql}</div>"
    )


def _points(asked: Iterable[Asked]) -> Points:
    told = ((one.rows, one.under(EVERYBODY)) for one in asked)
    return [(rows, latency.p95) for rows, latency in told if latency]


def _times(one: Measured) -> str:
    crowds = list(dict.fromkeys(name for asked in (*one.before[-1:], *one.after[-1:]) for name, _ in asked.latencies))
    rows = "".join(
        f"<tr><th scope=row>{text(crowd)}</th>{_pair(one.before, crowd)}{_pair(one.after, crowd)}</tr>"
        for crowd in crowds
    )
    head = "<th scope=col>p50 before</th><th scope=col>p95</th><th scope=col>p50 after</th><th scope=col>p95</th>"
    return f"<table class=times><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _pair(asked: Sequence[Asked], crowd: str) -> str:
    latency: Latency | None = asked[-1].under(crowd) if asked else None
    if latency is None:
        return "<td></td><td></td>"
    slow = " class=slow" if latency.p95 >= FAST else ""
    return f"<td>{milliseconds(latency.p50)}</td><td{slow}>{milliseconds(latency.p95)}</td>"


def _plans(one: Measured) -> str:
    told = [("The plan before", one.plan_before), ("The plan after", one.plan_after)]
    return "".join(folded(title, f"<ul class=plan>{tree(plan)}</ul>") for title, plan in told if plan)


def _changes(tuned: Tuned, names: Names) -> str:
    files = "".join(map(_migration, tuned.migrations))
    facts = [_index(one, names) for one in kept(tuned.indexes)]
    facts += [_rewrite(one, names) for one in tuned.rewrites if not one.refused]
    facts += [
        f"<b>without</b> <code>{text(one.definition)}</code><br><span class=soft>{text(one.reason)}</span>"
        for one in tuned.drops
    ]
    if not facts and not files:
        return ""
    return f"<section class=part><h2>What helps</h2>{listing(facts)}</section>" + (
        f"<section class=part><h2>The migrations</h2>{files}</section>" if files else ""
    )


def _index(one: Built, names: Names) -> str:
    told = "; ".join(gains(one.gains, dict(names))[:3])
    cost = f"{size(one.advised.size)}, built in {one.seconds:.1f} s, {one.tax:.1f} µs more for each insert"
    return (
        f"<code>{text(shown(one.advised.index))}</code><br>{prose(one.advised.reason)}<br>"
        f"<span class=soft>{text(cost)}. {text(told)}</span>"
    )


def _rewrite(one: Rewritten, names: Names) -> str:
    told = "; ".join(gains(one.gains, dict(names))[:3])
    return (
        f"<code>{text(one.rewrite.about)}</code><br>{prose(one.rewrite.reason)}<br>"
        f"<span class=soft>{text(one.same)}. {text(told)}</span>"
    )


def _migration(one: Migration) -> str:
    undo = folded("How to undo it", f"<pre class=prompt>{lines(one.down)}</pre>")
    return (
        f"<div class=migration><h3><code>{text(one.name)}</code></h3><p>{prose(one.reason)} "
        f"<span class=soft>{prose(one.effect)}</span></p><pre class=prompt>{lines(one.up)}</pre>{undo}</div>"
    )


def _refused(tuned: Tuned) -> str:
    tried = [(shown(one.advised.index), one.refused) for one in tuned.indexes if one.refused]
    tried += [(one.rewrite.about, one.refused) for one in tuned.rewrites if one.refused]
    return _listed("Tried and not kept", tried)


def _untold(tuned: Tuned) -> str:
    told = [(str(one.place), one.reason) for one in tuned.untold]
    told += [*tuned.missing, *((one.check, one.reason) for one in tuned.left_out)]
    return _listed("What was not measured", told)


def _listed(title: str, pairs: Sequence[tuple[str, str]]) -> str:
    items = listing(f"<code>{text(name)}</code>: {text(why)}" for name, why in pairs)
    return f"<section class=part><h2>{title}</h2>{items}</section>" if pairs else ""


def _conditions(tuned: Tuned) -> str:
    how = f"<section class=part><h2>How it was measured</h2>{terms(tuned.conditions)}</section>"
    return how if tuned.conditions else ""
