"""What to run and click to release it, in order, and how to take it back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from apprescue.model.document import Block, Bullets, Chapter, Code, Line, Listing, Strong, Text
from apprescue.model.sprint import Command, Kept, Standing
from apprescue.reports.chapters.interface import stopped
from apprescue.reports.page.stood import not_done, repairs, stands, todo

CHECKS = ("release/app_switched_off",)
TITLE = "How to release it"
ABOUT = (
    "We never touch a live service: these are your steps. The database comes first, then the server, then the pages, "
    "for new pages may ask for what only a migration makes. We run none of the commands."
)
PAGES = (
    "Where the pages are served from, no file of the app says. When the steps below are done, build them and put "
    "them there as you did before."
)
OURS = ".apprescue/repair.git"
"""Where repairs are kept for an app without a repository."""
MOST = "Most repairs of it may stay: old code works with them, as far as it only did what was meant."
NEW_SQL = re.compile(r"^\+\+\+ b/(.+\.sql)$", re.M)


def chapter(standing: Standing) -> Chapter:
    """The merge, what is new in the database, each host's steps, and the way back."""
    why = stopped(standing, (step for step in standing.plan.steps if step.name == "release"))
    found = standing.by(*CHECKS)
    if not standing.hosts:
        why = why or "no file of the app says where it is deployed to"
    blocks = [Text((ABOUT,)), *_merge(standing), *_migrations(standing), *_beside(standing), *_hosts(standing)]
    if not standing.hosts:
        blocks.append(Text(("The steps of your host: ", not_done(why)), "warn"))
    done: Line = ("The steps for ", ", ".join(one.name for one in standing.hosts), ".") if standing.hosts else ()
    return Chapter("release", TITLE, (*blocks, *_back(standing), *stands(found), *repairs(found)), done, why)


def _merge(standing: Standing) -> Iterator[Block]:
    if not standing.branch:
        yield Text(("There is no branch with repairs yet, so there is nothing to merge.",), "quiet")
        return
    yield Text((Strong("Read it and merge it"),))
    yield Text(("The repairs are commits on the branch ", Code(standing.branch), "; your own files are as they were."))
    branch = standing.branch if re.fullmatch(r"\w[\w./-]*", standing.branch) else "THE-BRANCH"
    if OURS in standing.where:
        yield Text(
            ("The app is in no git repository of its own: make a copy of its folder first, and run this inside.",)
        )
        git = f"git --git-dir={OURS} --work-tree=."
        yield Listing(f"{git} log --reverse --patch {branch}\n{git} checkout {branch} -- .", "sh")
        return
    yield Listing(f"git log --reverse main..{branch}\ngit switch main\ngit merge --no-ff {branch}", "sh")
    yield Text((Code("main"), " stands for your own branch, if it has another name."), "quiet")


def _files(standing: Standing) -> list[str]:
    told = (path for one in standing.findings if one.closed for path in NEW_SQL.findall(one.difference))
    return sorted({path for path in told if "/tests/" not in f"/{path}"})


def _migrations(standing: Standing) -> Iterator[Block]:
    new = [path for path in _files(standing) if "rescue/undo/" not in path]
    if new:
        yield Text((Strong("New in the database"),))
        yield Text(
            (
                "These files run in the order of their names; each has one below ",
                Code("rescue/undo"),
                " that undoes it.",
            )
        )
        yield Bullets(tuple((Code(path),) for path in new), numbered=True)
    faster = [one for one in standing.kept if one.commit]
    if faster:
        yield Text(("Behind them those that make the app faster, each in a commit of its own: ", *_named(faster)))


def _named(kept: Sequence[Kept]) -> Line:
    return tuple(span for one in kept for span in (Code(one.commit[:12]), " "))


def _beside(standing: Standing) -> Iterator[Block]:
    steps = todo(standing.findings)
    if steps:
        yield Text((Strong("What only you can do beside it"),))
        yield Bullets(tuple((step,) for step in steps), numbered=True)


def _hosts(standing: Standing) -> Iterator[Block]:
    if len(standing.hosts) > 1:
        yield Text(("The app's files name more than one host. Keep to this order, and skip those that you have left.",))
    if [one.name for one in standing.hosts] == ["Supabase"]:
        yield Text((PAGES,), "warn")
    for host in standing.hosts:
        yield Text((Strong(host.name),))
        for one in host.commands:
            yield from _command(one)


def _command(one: Command) -> Iterator[Block]:
    yield Text((Strong(one.title), ". " if one.why else "", one.why))
    if one.command:
        yield Listing(one.command, "sh")
    if one.undo:
        yield Text(("Taken back by: ", one.undo), "quiet")


def _back(standing: Standing) -> Iterator[Block]:
    if not standing.branch:
        return
    yield Text((Strong("If something is wrong after all"),))
    merge, undo = Code("git revert -m 1 MERGE"), Code("rescue/undo")
    code: Line = (
        "In git, take the whole merge back with ",
        merge,
        ", or one repair with the number of its own commit.",
    )
    if OURS in standing.where:
        code = ("Put the copy of the folder back.",)
    yield Bullets(
        (
            ("Bring the host back to the version before, as it says above: that takes seconds.",),
            code,
            ("The database does not go back with the code. ", MOST, " To undo one, run its file below ", undo, "."),
        )
    )
