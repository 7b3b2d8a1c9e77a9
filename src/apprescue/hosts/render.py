"""Render: settings in its dashboard, migrations, then a deploy that is waited for."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.hosts.interface import browser_names, file, listed, look, migrate, server_names
from apprescue.model.app import App
from apprescue.model.sprint import Command, Host

SERVES = "server"


def host(app: App) -> Host | None:
    """The services. Nothing without render.yaml."""
    return Host("Render", tuple(_commands(app))) if file(app, "render.yaml", "render.yml") else None


def _commands(app: App) -> Iterator[Command]:
    named = file(app, "render.yaml", "render.yml")
    if names := sorted({*server_names(app), *browser_names(app)}):
        yield Command(
            "Set what is missing",
            "",
            f"On Render, in the service under Environment. The app reads {listed(names)}. Choose Save only, so that "
            "the deploy below takes them all at once.",
            "Put the values back in the same place.",
        )
    if "preDeployCommand" in app.files[named]:
        yield Command("Migrations run by themselves", "", f"{named} names a command that runs before each deploy.")
    else:
        yield from migrate(app)
    yield Command("Find the service", "render services", "Its number begins with srv-.")
    yield Command(
        "Release",
        "render deploys create SERVICE --wait --confirm",
        "It takes the newest commit of the service's branch, and fails loudly where the build or the start does.",
        "On Render, in the service under Events, Rollback at the deploy before. That stops automatic deploys until "
        "you switch them on again.",
    )
    yield look(app, "https://YOUR-ADDRESS")
