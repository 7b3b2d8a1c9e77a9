"""What is tried again on every change: the tests that were left behind, and a list for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from apprescue.model.app import Route
from apprescue.model.document import Block, Bullets, Chapter, Code, Line, Listing, Strong, Table, Text
from apprescue.model.sprint import Standing, Stood
from apprescue.reports.chapters.interface import absent, looked, stopped, summed, undone, unread
from apprescue.reports.page.stood import figure, left, not_done, repairs, row_of, stands

CHECKS = ("release/key_journey_without_test", "release/no_automatic_checks")
TITLE = "Regression checklist"
ABOUT = (
    "What was closed must stay closed. Each repair of who may do what leaves a test in the repository that fails "
    "without the repair and passes with it. What no machine tries here, a person tries before each release."
)
JOURNEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "": (
        "Signing up and in",
        (
            "Sign up with a new address, confirm it, sign out, sign in, reset the password.",
            "Sign in as a second person: none of the first one's things may be seen, also not by changing an address.",
            "Reload a page deep inside; open it in a private window: it must ask who you are.",
        ),
    ),
    "money": (
        "Paying and being paid",
        (
            "Buy with a test card: what was bought is there, once, also after clicking twice.",
            "Break a payment off, and use a card that is refused: nothing may be given.",
            "Send the provider's webhook again from its dashboard: nothing may happen a second time.",
            "Ask for a payout, and a second one at once: only what is there may leave.",
        ),
    ),
    "storage": (
        "Uploading and publishing",
        (
            "Upload a picture, a very large file and a file with another ending than it has.",
            "Publish, take it back, delete it: strangers see just what is published.",
        ),
    ),
    "email": ("Mails", ("Each mail goes out once, to the right person, and its links lead to the right address.",)),
    "ai": (
        "AI features",
        (
            "Use it signed out, and many times in a row: it must refuse.",
            "Ask it for another person's data, and put orders into a text that it will read: it must not follow.",
        ),
    ),
    "admin": ("Administration", ("Open each page and call each action of the administrators as an ordinary user.",)),
}


def chapter(standing: Standing) -> Chapter:
    """The tests, how to run them, whether all was looked at again, and the list for a person."""
    if standing.audit is None:
        return absent("regression", TITLE, ABOUT, unread(standing))
    found = standing.by(*CHECKS)
    tested = [one for one in standing.findings if one.test]
    why = stopped(standing, (step for step in standing.plan.steps if step.name == "regress"))
    again: Block = (
        Text(("Looking at everything again: ", not_done(why)), "warn")
        if why
        else Text(("Everything was looked at again at the end, and held against the start.",), "good")
    )
    tests = tuple(_tests(tested)) or (Text(("No repair of the database was made, so no test was left.",), "quiet"),)
    manual = tuple(_manual(standing.audit.routes))
    blocks = (
        Text((ABOUT,)),
        again,
        *tests,
        *manual,
        *stands(found),
        *repairs(found),
        *left(found, undone(standing, CHECKS)),
    )
    done: Line = ("The tests that were left behind, and a list for a person.",) if tested else ("A list for a person.",)
    return Chapter(
        "regression", TITLE, (*blocks, *looked(standing, CHECKS)), (*done, " ", *summed(standing, CHECKS)), why
    )


def _tests(tested: Iterable[Stood]) -> Iterator[Block]:
    rows = tuple(
        (
            (Code(one.test),),
            (one.title or one.finding.title,),
            (figure(one.cells, row_of(one), "cells"),) if one.cells else ("",),
        )
        for one in tested
    )
    if not rows:
        return
    yield Table(("Test", "Holds closed", "Cells that it tries"), rows, (2,))
    supabase = any(one.test.startswith("supabase/") for one in tested)
    run = "npx supabase start\nnpx supabase test db" if supabase else "pg_prove --dbname NAME rescue/tests/*.sql"
    yield Text((Strong("How to run them"),))
    yield Listing(run, "sh")
    where = (
        "They need the database on your own machine or a second project, never production: they write and take back."
    )
    yield Text((where, " To have everything examined anew:"))
    yield Listing("apprescue verify .", "sh")


def _manual(routes: Iterable[Route]) -> Iterator[Block]:
    touched = {what for route in routes for what in route.touches} | {""}
    yield Text((Strong("Before each release, by a person"),))
    for touch, (title, steps) in JOURNEYS.items():
        if touch in touched:
            yield Text((Strong(title),))
            yield Bullets(tuple((step,) for step in steps))
    untouched = [title for touch, (title, _) in JOURNEYS.items() if touch not in touched]
    if untouched:
        yield Text((f"Not listed, because no address of the app's server does it: {', '.join(untouched)}.",), "quiet")
