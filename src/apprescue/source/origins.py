"""The sites that belong to an app, and how its servers read from a setting which of them may call.

The list is written once above where it is used, in the file's own style; where nobody sets it, the app's known
addresses stand in it, and the developer's own page outside of production.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.app import App
from apprescue.model.patch import Change, Edit, Todo
from apprescue.source import tree as t
from apprescue.source.env_example import named_in_example
from apprescue.source.handwriting import Handwriting

SETTING = "ALLOWED_ORIGINS"
_ORIGIN = r"(https://[\w-]+(?:\.[\w-]+)+(?::\d+)?)(?=[/\"'\s>]|$)"
_TOLD = (
    re.compile(rf"\"homepage\":\s*\"{_ORIGIN}"),
    re.compile(rf"^site_url\s*=\s*\"{_ORIGIN}", re.M),
    re.compile(rf"<link[^>]*rel=\"canonical\"[^>]*href=\"{_ORIGIN}"),
    re.compile(rf"<meta[^>]*property=\"og:url\"[^>]*content=\"{_ORIGIN}"),
    re.compile(rf"^(?:\w+_)?(?:SITE|APP|FRONTEND|CLIENT|WEB|PUBLIC)_(?:URL|ORIGIN)\s*=\s*[\"']?{_ORIGIN}", re.M),
)
_TELLERS = re.compile(r"(?:^|/)(?:package\.json|config\.toml|index\.html|\.env[\w.-]*)$")
_NOT_OURS = re.compile(r"(?i)example\.|your|placeholder|supabase\.co$|github\.com$|npmjs|lovable\.dev$|localhost")
_PORT = re.compile(r"\bport:\s*(\d{4,5})")
_WHOLE = re.compile(rf"^{_ORIGIN}/?$")


def known_origins(app: App) -> tuple[str, ...]:
    """The addresses under which the app's own files say that its pages stand, in the order of their names."""
    found = {
        one for path, text in app.files.items() if _TELLERS.search(path) for way in _TOLD for one in way.findall(text)
    }
    found |= {whole[1] for rule in app.cors for one in rule.origins if (whole := _WHOLE.match(one))}
    return tuple(sorted(one for one in found if not _NOT_OURS.search(one)))


def local_origin(app: App) -> str:
    """Where the app's page stands on a developer's own computer."""
    vite = [text for path, text in sorted(app.files.items()) if path.rpartition("/")[2].startswith("vite.config.")]
    ports = [found[1] for text in vite if (found := _PORT.search(text))]
    return f"http://localhost:{ports[0] if ports else '5173' if vite else '3000'}"


def by_default(app: App) -> str:
    """What stands for the setting where nobody has set it: sites, separated by commas."""
    return ",".join(known_origins(app)) or local_origin(app)


def list_name(file: Handwriting) -> str:
    """The name that the list gets in a file."""
    taken = {node.id for node in file.nodes if isinstance(node, t.Name)}
    names = ("allowed_origins", "cors_origins") if file.is_python else ("allowedOrigins", "corsOrigins")
    return next((one for one in names if one not in taken), f"{names[0]}_by_setting")


def list_above(app: App, file: Handwriting, node: t.Node, name: str) -> Iterator[Edit]:
    """The edits that make the list above a statement."""
    known, local, end = ",".join(known_origins(app)), local_origin(app), file.end
    if file.is_python:
        said = f"os.getenv({file.said(SETTING)}, {file.said(known or local)})"
        rows = [f"{name} = {said}.split({file.said(',')})"]
        yield from file.needs("os")
        yield file.before(node, "# The sites whose pages may call this server, with commas between them.", *rows)
        return
    said = f"Deno.env.get({file.said(SETTING)})" if "Deno." in file.text else f"process.env.{SETTING}"
    rows = [f"const {name} = ({said} || {file.said(known)}).split({file.said(',')}){end}"]
    if "Deno." not in file.text:
        rows.append(f"if (process.env.NODE_ENV !== {file.said('production')}) {name}.push({file.said(local)}){end}")
    yield file.before(node, "// The sites whose pages may call this server, with commas between them.", *rows)


def told(app: App, path: str, name: str = SETTING) -> Iterator[Change]:
    """The setting in the example, and what a person has to do."""
    yield from named_in_example(app, path, [name], "Sites whose pages may call the server, with commas between them")
    known = known_origins(app)
    there = f" (until then: {', '.join(known)})" if known else ": until then no site but a developer's own may call"
    yield Todo(f"Set {name} on every host to the addresses of your own pages, with commas between them{there}.")
