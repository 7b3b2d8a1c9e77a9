"""Netlify: a draft, a look at it, then production."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from apprescue.hosts.interface import browser_names, enter, file, listed, look, migrate, server_names
from apprescue.model.app import App
from apprescue.model.sprint import Command, Host

SERVES = "pages"


def host(app: App) -> Host | None:
    """The site. Nothing without netlify.toml or functions of Netlify's."""
    if not file(app, "netlify.toml") and not any("netlify/functions/" in path for path in app.files):
        return None
    return Host("Netlify", tuple(_commands(app)))


def _commands(app: App) -> Iterator[Command]:
    yield from enter(dirname(file(app, "netlify.toml")))
    secret, public = server_names(app), browser_names(app)
    yield from migrate(app)
    if secret or public:
        yield Command(
            "See which settings production has",
            "netlify env:list --context production",
            f"The app reads {listed(sorted({*secret, *public}))}.",
        )
        yield Command(
            "Set each that is missing",
            'read -rs VALUE && netlify env:set NAME "$VALUE" --context production',
            "Type the value after the first half; it stands in no history of commands. Add `--secret` for each that "
            "no visitor may see. A setting counts from the next build on.",
            "netlify env:unset NAME --context production",
        )
    yield Command(
        "Build a draft",
        "netlify deploy --context production",
        "It prints the address of the draft; your customers still see the old version.",
        "Nothing to undo: nobody sees it.",
    )
    yield look(app, "https://ADDRESS-OF-THE-DRAFT")
    yield Command(
        "Put it into production",
        "netlify deploy --prod",
        "It is built once more, with the same files and settings.",
        "On Netlify under Deploys, open the deploy before it and choose Publish deploy.",
    )
