"""Lovable: no commands, but what to click. It follows one branch of your repository and goes live by its button."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.hosts.interface import EDGE, depends, edge_names, listed
from apprescue.model.app import App
from apprescue.model.sprint import Command, Host

SERVES = "pages"
OWN = ("lovable-tagger", "@lovable.dev/cloud-auth-js")


def host(app: App) -> Host | None:
    """The project. Nothing for an app without Lovable's own package."""
    return Host("Lovable", tuple(_commands(app))) if depends(app, *OWN) else None


def _commands(app: App) -> Iterator[Command]:
    yield Command(
        "Let Lovable see the repaired code",
        "",
        "Merge on GitHub into the branch that the project follows (usually main); Lovable takes it over by itself. "
        "Write no prompt until it has: two hands at one time get in each other's way.",
        "History in the editor, the version before, Revert.",
    )
    if any("supabase/migrations/" in path for path in app.files):
        yield Command(
            "Bring the database up to date",
            "",
            "Migrations that come by GitHub do not run by themselves. With a Supabase project of your own, follow "
            "its list. With Lovable Cloud, which lets nobody in from outside, open Cloud, Database, SQL editor and "
            "run the new files of supabase/migrations, one after the other, in the order of their names.",
            "Run the files of rescue/undo in the same place, the newest first.",
        )
    if any(EDGE in path for path in app.files):
        names = edge_names(app)
        yield Command(
            "See that functions and secrets are there",
            "",
            "Under Cloud, Edge functions, each must show today's date; ask Lovable to deploy those that do not. "
            + (f"Under Secrets must be {listed(names)}." if names else ""),
            "Revert the version, then let it deploy them again.",
        )
    yield Command(
        "Publish",
        "",
        "Publish, Update, at the upper right: until then your customers see the old pages. Then go through your "
        "journeys.",
        "Revert to the version before in History, then Publish, Update again.",
    )
