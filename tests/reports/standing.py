"""A sprint of our own invention that is large: many problems in every state, many tables, many screens, questions that
nobody answered. For pictures, for pages that must break, for snapshots."""

from __future__ import annotations

from dataclasses import replace

from apprescue.model.access import Access, Actor, Cell, Operation, Verdict
from apprescue.model.finding import Evidence, Impact, Severity
from apprescue.model.place import Code, PolicyPlace
from apprescue.model.repair import State
from apprescue.model.sprint import Decision, Scores, Stage, Standing, Stood, Went
from tests.reports.chapters import done

TABLES = (
    "orders",
    "letters",
    "readers",
    "parcels",
    "teas",
    "shelves",
    "notes",
    "gifts",
    "an_uncommonly_long_name_of_a_table",
)
TRIED = (Operation.SELECT, Operation.INSERT, Operation.UPDATE, Operation.DELETE)


def crowded() -> Standing:
    """The sprint of `done`, with ten times as much of everything."""
    one = done.standing()
    return replace(
        one,
        findings=tuple(sorted((*one.findings, *_many()), key=lambda each: each.finding.order)),
        decisions=(
            *_asked(),
            Decision("patch", "k", "Take this repair? Ask for a login", answer=True, by="--yes", row=199),
        ),
        access_before=_access(Verdict.LEAK),
        access_after=_access(Verdict.DENIED),
        scores=(Scores("before", 96, ("keys",), (41.5, 160.0), row=60), Scores("after", 44, (), (2.0, 7.5), row=61)),
        went={**one.went, "index": Went("index", Stage.LEFT_OUT, "They would change more than the speed.", row=45)},
    )


def _many() -> list[Stood]:
    found, states = done.findings()[0], tuple(State)
    made = []
    for n in range(60):
        severity, impact = tuple(Severity)[n % 4], tuple(Impact)[n % 5]
        place = PolicyPlace(TABLES[n % 9], f"rule {n}") if n % 2 else Code(f"src/pages/of/the/shop/Page{n}.tsx", n + 1)
        finding = replace(
            found, key=f"{n:016x}", place=place, severity=severity, impact=impact, evidence=tuple(Evidence)[n % 3],
            title=f"{found.title}, as in the case {'abcdefghijkl'[n % 12]}", suppressed="",
        )  # fmt: skip
        reason = ("No repair is known that would not have to guess what you mean.", "It would lock the owner out.")[
            n % 2
        ]
        state = states[n % 7]
        made.append(Stood(finding, state, reason if state not in (State.REPAIRED, State.ALONG) else "", row=200 + n))
    return made


def _asked() -> tuple[Decision, ...]:
    return tuple(
        Decision(
            "intent", table, f"May every visitor read {table}?", f"A rule of {table} lets everyone read.", row=180 + n
        )
        for n, table in enumerate(TABLES)
    )


def _access(first: Verdict) -> Access:
    """Rows of every table, tried by everybody; `first` is what comes of a stranger's tries on the first tables."""
    cells = []
    for n, table in enumerate(TABLES * 3):
        name = f"public.{table}_{n}"
        for actor in Actor:
            for at, operation in enumerate(TRIED):
                verdict = Verdict.ALLOWED if actor in (Actor.OWNER, Actor.SERVICE) else Verdict.DENIED
                if actor in (Actor.ANON, Actor.STRANGER) and n < 6:
                    verdict = (first, Verdict.UNDECIDED, first, Verdict.UNTESTED)[(n + at) % 4] if n else Verdict.LEAK
                cells.append(Cell(name, "table", "", actor, operation, "another's", verdict))
    return Access(tuple(cells))
