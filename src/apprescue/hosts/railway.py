"""Railway: settings, migrations with the service's own settings, then the code."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.hosts.interface import file, listed, look, migrate, server_names
from apprescue.model.app import App
from apprescue.model.sprint import Command, Host

SERVES = "server"


def host(app: App) -> Host | None:
    """The service. Nothing without railway.json or railway.toml."""
    return Host("Railway", tuple(_commands(app))) if file(app, "railway.json", "railway.toml") else None


def _commands(app: App) -> Iterator[Command]:
    named = file(app, "railway.json", "railway.toml")
    yield Command("Name the project", "railway link", "Choose the environment production, and the service.")
    if names := server_names(app):
        yield Command(
            "See which settings are there",
            "railway variable list",
            f"The app reads {listed(names)}. The values are shown: mind who looks over your shoulder.",
        )
        yield Command(
            "Set each that is missing",
            "railway variable set NAME --stdin --skip-deploys",
            "Type or paste the value, then press Enter and Ctrl+D; it stands in no history of commands.",
            "railway variable delete NAME",
        )
    if "preDeployCommand" in app.files[named]:
        yield Command("Migrations run by themselves", "", f"{named} names a command that runs before each deploy.")
    else:
        yield from migrate(app, "railway run ")
    yield Command(
        "Release",
        "railway up",
        "It shows the build and the start. Where the service follows your branch on GitHub, a push does the same.",
        "On Railway under Deployments, the three dots at the deployment before, Rollback: code and settings go back, "
        "the database does not.",
    )
    yield look(app, "https://YOUR-ADDRESS")
