"""Fly: secrets that wait for the release, the image that runs now, then the deploy."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from apprescue.hosts.interface import enter, file, listed, look, migrate, server_names
from apprescue.model.app import App
from apprescue.model.sprint import Command, Host

SERVES = "server"


def host(app: App) -> Host | None:
    """The app on Fly. Nothing without fly.toml."""
    return Host("Fly", tuple(_commands(app))) if file(app, "fly.toml") else None


def _commands(app: App) -> Iterator[Command]:
    yield from enter(dirname(file(app, "fly.toml")))
    if names := server_names(app):
        yield Command("See which secrets are set", "fly secrets list", f"The app reads {listed(names)}.")
        yield Command(
            "Set those that are missing, and those that you replaced",
            "fly secrets import --stage < ../production.env",
            "One line NAME=value for each, in a file outside of the repository; delete it afterwards. They wait for "
            "the deploy below.",
            "fly secrets unset NAME --stage",
        )
    yield Command(
        "Write down what runs now", "fly releases --image", "Going back is a deploy of the image in the first row."
    )
    if "release_command" in app.files[file(app, "fly.toml")]:
        yield Command(
            "Migrations run by themselves", "", "fly.toml names a release_command: where it fails, nothing is released."
        )
    else:
        yield from migrate(app)
    yield Command(
        "Release",
        "fly deploy",
        "Machines are replaced one after the other; where checks fail, it stops.",
        "fly deploy --image IMAGE-WRITTEN-DOWN. The database does not go back with it.",
    )
    yield look(app, "https://YOUR-APP.fly.dev")
