"""Supabase: secrets by name, migrations, edge functions, in this order; with the CLI of version 3, which acts on your
own machine unless it is told `--remote`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import join

from apprescue.hosts.interface import EDGE, FIRST, edge_names, enter, listed
from apprescue.model.app import App
from apprescue.model.sprint import Command, Host
from apprescue.source.manifests import toml_in, words

SERVES = "database"
CLI = "npx supabase@3"
_INSIDE = re.compile(r"(?P<folder>.*?/)?supabase/(?:config\.toml$|migrations/|functions/)")
_REF = re.compile(r"[a-z]{20}")
_FUNCTION = re.compile(r"(?:^|/)supabase/functions/([A-Za-z0-9][\w-]*)/[^/]+$")
_MIGRATION = re.compile(r"(?:^|/)supabase/migrations/[^/]+\.sql$")
_CONCURRENTLY = re.compile(r"(?i)\bindex\s+concurrently\b")
_INVALID = "select indexrelid::regclass from pg_index where not indisvalid"


def host(app: App) -> Host | None:
    """The project that the migrations and functions go to. Nothing for an app without a folder supabase."""
    if not any("supabase/config.toml" in path or EDGE in path or _MIGRATION.search(path) for path in app.files):
        return None
    return Host("Supabase", tuple(_commands(app)))


def _commands(app: App) -> Iterator[Command]:
    migrations = [path for path in app.files if _MIGRATION.search(path)]
    functions = sorted({found[1] for path in app.files if (found := _FUNCTION.search(path))})
    folder = _folder(app)
    yield from enter(folder)
    yield Command(
        "Name the project",
        f"{CLI} link {_project(app, folder)}",
        "Everything below goes to this project: make sure that it is the one you mean. Its reference is the first "
        "part of its address.",
        "Link another project in the same way.",
    )
    if names := edge_names(app) if functions else ():
        yield from _secrets(names)
    if migrations:
        yield from _migrations(app, migrations)
    if functions:
        yield Command(
            "Put the edge functions in place",
            f"{CLI} functions deploy --use-api",
            f"It puts up {listed(functions)}; each goes live at once. Those that only exist in the project stay.",
            f"Go back to the commit before in git, then `{CLI} functions deploy --use-api` again.",
        )


def _folder(app: App) -> str:
    """The folder that holds the folder supabase; empty for the app's own."""
    found = (inside for path in app.files if (inside := _INSIDE.match(path)))
    return min((one["folder"] or "" for one in found), key=lambda name: (name.count("/"), name), default="").rstrip("/")


def _project(app: App, folder: str) -> str:
    settings = toml_in(app.files.get(join(folder, "supabase/config.toml"), ""))
    named = words(settings, "project_id")
    return next((one for one in named if _REF.fullmatch(one)), "YOUR-PROJECT-REFERENCE")


def _secrets(names: tuple[str, ...]) -> Iterator[Command]:
    yield Command("See which secrets are set", f"{CLI} secrets list", f"The functions read {listed(names)}.")
    yield Command(
        "Set those that are missing, and those that you replaced",
        f"{CLI} secrets set --env-file ../production.env",
        "One line NAME=value for each, in a file outside of the repository; delete it afterwards. They come before "
        "the code that needs them.",
        f"{CLI} secrets unset NAME, for one that was not there before.",
    )


def _migrations(app: App, migrations: list[str]) -> Iterator[Command]:
    yield Command(
        "Hold the project's history against the repository's",
        f"{CLI} migration list --remote",
        "A file on one side alone was made somewhere else, often in a web editor: settle that first. It cannot see "
        "what was changed without a migration.",
    )
    yield Command(
        "Make a backup",
        "",
        "In the project under Database, Backups. On the free plan there are none: then write out the tables that you "
        "cannot lose.",
    )
    yield Command("See what would run", f"{CLI} db push --remote --dry-run", "Only the new files may be listed.")
    yield Command(
        "Bring the database up to date",
        f"{CLI} db push --remote",
        FIRST,
        f"{CLI} db query --remote --file rescue/undo/NAME.undo.sql, the newest first; then {CLI} migration repair "
        "--remote --status reverted VERSION for each.",
    )
    if any(_CONCURRENTLY.search(app.files[path]) for path in migrations):
        yield Command(
            "See that every index is whole",
            f'{CLI} db query --remote --read-only "{_INVALID}"',
            "An index that could not be finished stays behind, invalid, and running its migration again says that "
            "all is well. Whatever is listed: drop it, then make it again.",
        )
