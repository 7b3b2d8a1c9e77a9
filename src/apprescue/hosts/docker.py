"""A server of your own with Docker: an image with the commit's name beside the old one, and going back is a start."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from apprescue.hosts.interface import enter, file, listed, look, migrate, server_names
from apprescue.model.app import App
from apprescue.model.sprint import Command, Host

SERVES = "server"
COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
BUILDERS = ("fly.toml", "railway.json", "railway.toml", "render.yaml", "render.yml")


def host(app: App) -> Host | None:
    """The server. Nothing without a Dockerfile, or where a host that is named beside it builds from it."""
    if not file(app, "Dockerfile", "Containerfile") or file(app, *BUILDERS):
        return None
    return Host("Docker", tuple(_commands(app)))


def _commands(app: App) -> Iterator[Command]:
    yield from enter(dirname(file(app, *COMPOSE) or file(app, "Dockerfile", "Containerfile")))
    if names := server_names(app):
        yield Command(
            "Set what is missing",
            "",
            "In the file of settings on your server, which only its administrator may read. The app reads "
            f"{listed(names)}.",
            "Put the old file back.",
        )
    yield from migrate(app)
    if file(app, *COMPOSE):
        yield Command(
            "Keep what runs now", "docker compose images", "Write down the image's number: it is the way back."
        )
        yield Command("Build", "docker compose build", "Nothing that runs is touched.")
        yield Command(
            "Release",
            "docker compose up --detach --wait",
            "Containers are replaced; for some seconds the app does not answer. It fails loudly where one is not "
            "healthy.",
            "docker tag NUMBER-WRITTEN-DOWN IMAGE && docker compose up --detach --wait",
        )
    else:
        yield Command("Keep what runs now", "docker ps", "Write down image and name: they are the way back.")
        yield Command(
            "Build", "docker build --tag app:$(git rev-parse --short HEAD) .", "Nothing that runs is touched."
        )
        yield Command(
            "Release",
            "docker stop app-now && docker run --detach --name app-new --restart unless-stopped --env-file "
            "/etc/app/production.env --publish 127.0.0.1:PORT:PORT app:$(git rev-parse --short HEAD)",
            "Keep the stopped one until you are sure. Names and port are yours.",
            "docker stop app-new && docker start app-now",
        )
    yield look(app, "https://YOUR-ADDRESS")
