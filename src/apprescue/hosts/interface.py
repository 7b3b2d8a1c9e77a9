"""A host is a module with one function, `host(app) -> Host | None`, and one word, `SERVES`: what it keeps of an app.

It knows itself by the app's files, reads nothing else, and runs nothing: what it returns is for the owner to run or to
click. Names from the app get into a command only where they are plain words. What several hosts say stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename
from shlex import quote
from types import ModuleType

from apprescue.model.app import App
from apprescue.model.sprint import Command, Host
from apprescue.shelf import modules
from apprescue.source.history import histories
from apprescue.source.manifests import json_in, table
from apprescue.source.quiet import is_quiet

ORDER = ("database", "server", "pages")
"""Data first: new code may ask for what only a migration makes, old code knows nothing of it."""
PLAIN = re.compile(r"[A-Za-z_]\w{0,99}")
GIVEN = re.compile(
    r"NODE_ENV|PORT|HOST|HOSTNAME|HOME|PATH|PWD|CI|TZ|DEV|PROD|MODE|SSR|BASE_URL|SUPABASE_(?:URL|ANON_KEY|SERVICE_ROLE_KEY|DB_URL)"
    r"|(?:VERCEL|NETLIFY|RAILWAY|RENDER|FLY|REPL|REPLIT|DENO|SB)(?:_\w+)?|npm_\w+|GITHUB_\w+"
)
"""Names that hosts set by themselves."""
SUPABASE_OWN = re.compile(r"SUPABASE_(?:URL|ANON_KEY|SERVICE_ROLE_KEY|DB_URL)")
HEALTH = re.compile(r"(?:/[\w-]+)*/health\w*")
EDGE = "supabase/functions/"
FIRST = "New code may ask for what only these make. Release it right after: old pages may ask for what these close."
PRODUCTION = "Your own machine has to know the production database for this step: set DATABASE_URL for it alone."


def recognised(shelf: ModuleType, app: App) -> tuple[Host, ...]:
    """The hosts that an app is deployed to, in the order in which they are to be brought up to date."""
    found = [(ORDER.index(one.SERVES), host) for one in modules(shelf) if (host := one.host(app))]
    return tuple(host for _, host in sorted(found, key=lambda pair: pair[0]))


def file(app: App, *names: str) -> str:
    """The first file of one of these names, the highest in the tree; empty where there is none."""
    found = [path for path in app.files if basename(path) in names and not is_quiet(path)]
    return min(found, key=lambda path: (path.count("/"), path), default="")


def enter(folder: str) -> Iterator[Command]:
    """The way into the folder that the commands behind it belong to; nothing for the app's own."""
    if folder:
        where = quote(folder) if folder.isprintable() else "THE-FOLDER-OF-THIS-PART"
        yield Command("Go to its folder", f"cd {where}", "The commands below belong there.")


def depends(app: App, *packages: str) -> bool:
    """Whether a package.json or a list of Python's requirements names one of these."""
    return any(package.name in packages for package in app.packages)


def edge_names(app: App) -> tuple[str, ...]:
    """The names of the environment that edge functions read, without those that Supabase gives them."""
    return _names(one.name for one in app.env_reads if EDGE in one.place.path)


def server_names(app: App) -> tuple[str, ...]:
    """The names that the app's own server reads."""
    return _names(
        (one.name for one in app.env_reads if one.side == "server" and EDGE not in one.place.path), kept=SUPABASE_OWN
    )


def browser_names(app: App) -> tuple[str, ...]:
    """The names that are built into the pages, for everyone to read."""
    return _names((one.name for one in app.env_reads if one.side == "browser"), kept=SUPABASE_OWN)


def _names(names: Iterable[str], kept: re.Pattern[str] | None = None) -> tuple[str, ...]:
    plain = {name for name in names if PLAIN.fullmatch(name)}
    return tuple(sorted(n for n in plain if not GIVEN.fullmatch(n) or (kept is not None and kept.fullmatch(n))))


def listed(names: Iterable[str]) -> str:
    """Names as a text: `A, B and C`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def migrate(app: App, before: str = "") -> Iterator[Command]:
    """What brings the database up to date by the app's own tool, `before` what stands in front of each command there.
    Nothing for what another host keeps (Supabase) or where there is no history."""
    why = f"{FIRST} {'' if before else PRODUCTION}"
    undo = "Run the files of rescue/undo against the database, the newest first."
    for told, command in _tools(app):
        if command:
            yield Command("Bring the database up to date", f"{before}{command}", why.strip(), undo)
        else:
            yield Command("Bring the database up to date", "", f"{told} {why}".strip(), undo)


def _tools(app: App) -> Iterator[tuple[str, str]]:
    kinds = {one.kind for one in histories(app.files)}
    scripts = table(json_in(app.files.get(file(app, "package.json"), "")), "scripts")
    own = next((name for name in ("db:migrate", "migrate:deploy", "migrate") if name in scripts), "")
    if "prisma" in kinds:
        yield "", "npx prisma migrate deploy"
    elif "drizzle" in kinds and depends(app, "drizzle-kit"):
        yield "", "npx drizzle-kit migrate"
    elif file(app, "alembic.ini"):
        yield "", "alembic upgrade head"
    elif file(app, "manage.py"):
        yield "", "python manage.py migrate"
    elif "sql" in kinds and own:
        yield "", f"npm run {own}"
    elif "sql" in kinds:
        yield "Run each new file of the migrations' folder, in the order of its names, as you ran those before.", ""


def look(app: App, address: str) -> Command:
    """A first look at what was released. `address` stands for the place where it is."""
    health = next((one.path for one in app.routes if one.method == "GET" and HEALTH.fullmatch(one.path)), "")
    why = "Sign up, sign in, pay with a test card, publish: the list of your journeys is in the regression checklist."
    return Command("Look at it before your customers do", f"curl -fsS {address}{health}", why)
