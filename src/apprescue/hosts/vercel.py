"""Vercel: a build with the settings of production that nobody sees, a look at it, then the switch."""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.hosts.interface import browser_names, depends, file, listed, look, migrate, server_names
from apprescue.model.app import App
from apprescue.model.sprint import Command, Host

SERVES = "pages"
OTHERS = ("netlify.toml", "fly.toml", "render.yaml", "railway.json", "railway.toml", "Dockerfile", ".replit")


def host(app: App) -> Host | None:
    """The project. Nothing without its file or packages, but for Next.js that stands nowhere else."""
    own = file(app, "vercel.json") or depends(app, "@vercel/analytics", "@vercel/speed-insights", "@vercel/node")
    if not own and not (depends(app, "next") and not file(app, *OTHERS)):
        return None
    return Host("Vercel", tuple(_commands(app)))


def _commands(app: App) -> Iterator[Command]:
    secret, public = server_names(app), browser_names(app)
    yield from migrate(app)
    if secret or public:
        yield Command(
            "See which settings production has",
            "vercel env ls production",
            f"The app reads {listed(sorted({*secret, *public}))}.",
        )
        adds = [f"vercel env add {name} production --sensitive" for name in secret if name not in public]
        adds += [f"vercel env add {name} production" for name in public]
        yield Command(
            "Add each that is missing",
            "\n".join(adds),
            "You are asked for the value, so that it stands in no history of commands. Preview gets values of its "
            "own. A setting counts from the next build on.",
            "vercel env rm NAME production",
        )
    yield Command(
        "Build it for production, without showing it",
        "vercel deploy --prod --skip-domain",
        "It prints the address of the new build; your customers still see the old one.",
        "Nothing to undo: nobody sees it.",
    )
    yield look(app, "https://ADDRESS-OF-THE-NEW-BUILD")
    yield Command(
        "Switch",
        "vercel promote https://ADDRESS-OF-THE-NEW-BUILD",
        "It takes seconds, and nothing is built again.",
        "vercel rollback",
    )
