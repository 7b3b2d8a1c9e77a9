"""Replit: no commands of ours, but what to click. Its workspace and its deployment keep settings and data apart."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.hosts.interface import file, listed, server_names
from apprescue.model.app import App
from apprescue.model.sprint import Command, Host

SERVES = "server"


def host(app: App) -> Host | None:
    """The app on Replit. Nothing without .replit."""
    return Host("Replit", tuple(_commands(app))) if file(app, ".replit") else None


def _commands(app: App) -> Iterator[Command]:
    yield Command(
        "Get the repaired code",
        "git pull",
        "In the workspace's Shell, or with Pull in the Git pane.",
        "git reset --hard ORIG_HEAD",
    )
    names = server_names(app)
    yield Command(
        "Set what is missing, in both places",
        "",
        "Secrets of the workspace do not reach what is published: open Publishing, Settings, and add them there too. "
        + (f"The app reads {listed(names)}." if names else "The app reads none that we know of."),
        "Take them out in the same place.",
    )
    yield Command(
        "Bring the database up to date",
        "",
        "The production database is another one than the workspace's. Publishing shows what it would change there: "
        "read that before you agree. Do not let an agent do it on its own.",
        "Database pane, production, restore to a moment before.",
    )
    yield Command(
        "Release",
        "",
        "Publishing, Republish. Wait until it says that it is live, then go through your journeys.",
        "Publishing, the list of builds, Roll back at the one before. It asks which secrets to keep.",
    )
