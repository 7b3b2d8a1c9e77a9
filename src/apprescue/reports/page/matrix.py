"""Who could do what with whose rows, and what is closed now: one sign for each person, thing and deed."""

from __future__ import annotations

from collections.abc import Sequence

from apprescue.model.access import Access, Actor, Operation, Verdict
from apprescue.reports.page.drawing import BAD, GOOD, QUIET, WARN, WIDE, drawing, short, words
from apprescue.reports.page.text import text

NAMES, ABOVE, DOWN, WIDEST = 196, 46, 22, 21.0
MOST = 24
"""So many things are drawn, those first of which something bad came."""
DEEDS = (
    ("R", (Operation.SELECT, Operation.LIST, Operation.LISTEN)),
    ("A", (Operation.INSERT,)),
    ("C", (Operation.UPDATE,)),
    ("D", (Operation.DELETE,)),
)
WORST = (Verdict.LEAK, Verdict.BROKEN, Verdict.UNDECIDED, Verdict.UNTESTED, Verdict.ALLOWED, Verdict.DENIED)
FINE = (Verdict.ALLOWED, Verdict.DENIED)
CLOSED = "closed"
SAYS: tuple[tuple[str, str], ...] = (
    (CLOSED, "was wrong, is closed"),
    (Verdict.LEAK, "works and must not"),
    (Verdict.BROKEN, "fails for everyone"),
    (Verdict.UNDECIDED, "works; is it meant?"),
    (Verdict.ALLOWED, "works, as it is meant"),
    (Verdict.DENIED, "refused, as it is meant"),
    (Verdict.UNTESTED, "not tried"),
)
WHO = {Actor.ANON: "anybody", Actor.SUBSCRIBER: "payer", Actor.SERVICE: "server"}
KEY = (
    "R reads, A adds, C changes, D deletes; a function has one sign: it is called.",
    "anybody has not signed in; a stranger has, and the row is not his; a payer and a member pay for it or share it.",
)
Tries = dict[tuple[str, Actor, str], Verdict]


def matrix(before: Access, after: Access | None) -> str:
    """The picture: a thing on each line, for each person its four deeds. A function has one sign: to call it."""
    was, now = _tries(before), _tries(after) if after else None
    signs = {
        key: _sign(verdict, None if now is None else now.get(key, Verdict.UNTESTED)) for key, verdict in was.items()
    }
    signs |= {key: verdict for key, verdict in (now or {}).items() if key not in was}
    people = [one for one in Actor if any(who is one for _, who, _ in signs)]
    things = sorted({thing for thing, _, _ in signs}, key=lambda thing: (_rank(signs, thing), thing))
    drawn = things[:MOST]
    step = min(WIDEST, (WIDE - NAMES) / (len(people) * (len(DEEDS) + 0.5) or 1))
    parts = [_person(n, who, step, down=len(drawn)) for n, who in enumerate(people)]
    for row, thing in enumerate(drawn):
        y = ABOVE + row * DOWN + 11
        parts.append(words(NAMES - 12, y + 4, short(thing.removeprefix("public."), 30), "end", 11.5))
        for n, who in enumerate(people):
            for at, deed in enumerate((*(letter for letter, _ in DEEDS), "")):
                sign = signs.get((thing, who, deed))
                if sign:
                    across = _across(n, 1.5 if not deed else at, step)
                    parts.append(_titled(_drawn(across, y, sign), sign, thing, who, deed))
    y = ABOVE + len(drawn) * DOWN + 18
    if things[MOST:]:
        rest = f"and {len(things) - MOST} more, none of them worse than these"
        parts.append(words(NAMES - 12, y - 2, rest, size=11))
        y += 18
    parts += [words(0, y + 6 + n * 16, said, size=11) for n, said in enumerate(KEY)]
    parts.append(_legend(set(signs.values()), y + 42))
    return drawing("".join(parts), y + 76, "Who can do what", _told(signs))


def _tries(access: Access) -> Tries:
    """The worst that came of any try of a person on a thing."""
    worst: Tries = {}
    for cell in access.cells:
        deed = next((letter for letter, operations in DEEDS if cell.operation in operations), "")
        key = (cell.object, cell.actor, deed)
        worst[key] = min(worst.get(key, Verdict.DENIED), cell.verdict, key=WORST.index)
    return worst


def _sign(was: Verdict, now: Verdict | None) -> str:
    if now is None or was in FINE or now not in FINE:
        return was if now is None else now
    return CLOSED if was in (Verdict.LEAK, Verdict.BROKEN) else now


def _rank(signs: dict[tuple[str, Actor, str], str], thing: str) -> tuple[int, ...]:
    """What is worst comes first, and what has most of it."""
    own = [sign for (name, _, _), sign in signs.items() if name == thing]
    order = (Verdict.LEAK, Verdict.BROKEN, CLOSED, Verdict.UNDECIDED, Verdict.UNTESTED)
    return tuple(-own.count(sign) for sign in order)


def _across(person: int, at: float, step: float) -> float:
    return NAMES + person * (len(DEEDS) + 0.5) * step + (at + 0.5) * step


def _person(n: int, who: Actor, step: float, down: int) -> str:
    left, wide = _across(n, -0.5, step), len(DEEDS) * step
    shade = f'<rect x="{left:.1f}" y="{ABOVE - 4}" width="{wide:.1f}" height="{down * DOWN + 6}" '
    letters = "".join(words(_across(n, at, step), ABOVE - 10, deed, "middle", 10) for at, (deed, _) in enumerate(DEEDS))
    name = words(_across(n, 1.5, step), ABOVE - 26, WHO.get(who, who.value), "middle", 11.5, bold=True)
    return f'{shade}fill="{QUIET}" fill-opacity=".12"/>{name}{letters}'


def _drawn(x: float, y: float, sign: str) -> str:
    """A tick, a cross, a bang, a question mark, a dot, a ring, a dash."""
    x, y = round(x, 1), round(y, 1)
    if sign in (CLOSED, Verdict.LEAK):
        color, mark = (GOOD, "m-3.5 0l2.5 3l4.5 -6") if sign == CLOSED else (BAD, "m-3.5 -3.5l7 7m0 -7l-7 7")
        square = f'<rect x="{x - 7.5:.1f}" y="{y - 7.5:.1f}" width="15" height="15" rx="2" fill="{color}"/>'
        return f'{square}<path d="M{x} {y}{mark}" stroke="#fff" stroke-width="2" fill="none"/>'
    if sign in (Verdict.BROKEN, Verdict.UNDECIDED):
        color, letter = (BAD, "!") if sign == Verdict.BROKEN else (WARN, "?")
        ring = f'<circle cx="{x}" cy="{y}" r="6.5" fill="none" stroke="{color}" stroke-width="1.8"/>'
        return ring + words(x, y + 3.5, letter, "middle", 10, bold=True)
    if sign == Verdict.UNTESTED:
        return f'<path d="M{x - 4} {y}h8" stroke="{WARN}" stroke-width="2.2"/>'
    if sign == Verdict.ALLOWED:
        return f'<circle cx="{x}" cy="{y}" r="3.6" fill="{GOOD}"/>'
    return f'<circle cx="{x}" cy="{y}" r="2.6" fill="none" stroke="{QUIET}" stroke-width="1.2"/>'


def _titled(drawn: str, sign: str, thing: str, who: Actor, deed: str) -> str:
    """What lies under the pointer, for what is worth a look."""
    if sign in FINE:
        return drawn
    return f"<g><title>{text(f'{who.value} {_deed(deed)} {thing}: {dict(SAYS)[sign]}')}</title>{drawn}</g>"


def _deed(deed: str) -> str:
    return {"R": "reads", "A": "adds to", "C": "changes", "D": "deletes from"}.get(deed, "calls")


def _legend(seen: set[str], y: float) -> str:
    told = [(sign, said) for sign, said in SAYS if sign in seen]
    return "".join(
        _drawn(8 + (n % 4) * 168, y + (n // 4) * 22, sign)
        + words(22 + (n % 4) * 168, y + (n // 4) * 22 + 4, said, size=11)
        for n, (sign, said) in enumerate(told)
    )


def _told(signs: dict[tuple[str, Actor, str], str], most: int = 40) -> str:
    odd = [(key, sign) for key, sign in signs.items() if sign not in FINE]
    listed = [f"{who.value} {_deed(deed)} {thing}: {dict(SAYS)[sign]}" for (thing, who, deed), sign in odd]
    more: Sequence[str] = [f"and {len(odd) - most} more"] if odd[most:] else []
    return "; ".join([*listed[:most], *more]) or "Nothing came of any try that must not"
