"""Where an app's programs begin: the file that a page loads, the file that makes a server, the functions of an edge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname, join, normpath, splitext

from apprescue.model.app import App
from apprescue.model.trace import Step
from apprescue.source.dependencies import manifest_of, versions
from apprescue.source.quiet import is_quiet

_SCRIPT = re.compile(r"<script\b[^>]*\bsrc=[\"'](/?[^\"':?#]+\.[jt]sx?)[\"']", re.I)
_NAMED = re.compile(r"(?:from|require\(|import\()\s*[\"'](\.{1,2}/[^\"']+)[\"']")
_ENDINGS = (".ts", ".js", ".mjs", ".cjs")
_EDGE = re.compile(r"(?:^|/)supabase/functions/(?!_)[^/]+/index\.ts$")
_SERVERS = {"express": "express", "fastify": "fastify", "fastify.fastify": "fastify", "hono.Hono": "hono"}
_PYTHON = {"fastapi.FastAPI": "fastapi", "flask.Flask": "flask"}


def pages(app: App) -> Iterator[tuple[str, str]]:
    """The files that pages made by Vite or Create React App load first, each with its package.json; React alone."""
    seen = set()
    for path, text in app.files.items():
        if basename(path) != "index.html" or is_quiet(path):
            continue
        for found in _SCRIPT.finditer(text):
            entry = normpath(join(dirname(path), found[1].lstrip("/")))
            manifest = manifest_of(app.files, entry, "vite")
            if entry in app.files and manifest and entry not in seen and "react" in versions(app.files[manifest]):
                seen.add(entry)
                yield entry, manifest
    for path, text in app.files.items():
        if basename(path) == "package.json" and "react-scripts" in versions(text) and "react" in versions(text):
            names = (join(dirname(path), "src", f"index.{ending}") for ending in ("tsx", "ts", "jsx", "js"))
            entry = next((name for name in names if name in app.files), "")
            if entry and entry not in seen:
                yield entry, path


def node_servers(app: App) -> Iterator[tuple[str, str, Step]]:
    """Each server that runs on Node and is made by Express, Fastify or Hono: its library, its package.json, and the
    call that makes it."""
    seen = set()
    for step in _made(app, _SERVERS):
        library, path = _SERVERS[step.name], step.place.path
        manifest = manifest_of(app.files, path, library)
        if manifest and path not in seen and _runs_on_node(app, manifest, library, path):
            seen.add(path)
            yield library, manifest, step


def python_servers(app: App) -> Iterator[tuple[str, Step]]:
    """Each server that is made by FastAPI or Flask: its library and the call that makes it."""
    seen = set()
    for step in _made(app, _PYTHON):
        if step.place.path not in seen:
            seen.add(step.place.path)
            yield _PYTHON[step.name], step


def edge_functions(app: App) -> list[str]:
    """The files of Supabase's edge functions."""
    return sorted(path for path in app.files if _EDGE.search(path))


def django_settings(app: App) -> Iterator[tuple[str, str]]:
    """The settings files beside a manage.py that names them, each with the name of its project."""
    for path, text in app.files.items():
        named = re.search(r"DJANGO_SETTINGS_MODULE[\"'],\s*[\"'](\w+)\.settings[\"']", text)
        settings = join(dirname(path), named[1], "settings.py") if named else ""
        if named and basename(path) == "manage.py" and settings in app.files:
            yield settings, named[1]


def _made(app: App, names: dict[str, str]) -> list[Step]:
    steps = {
        (step.place.path, step.place.line): step
        for trace in app.traces
        for step in trace.steps
        if step.name in names and not is_quiet(step.place.path)
    }
    return [steps[at] for at in sorted(steps)]


def _runs_on_node(app: App, manifest: str, library: str, path: str) -> bool:
    """Whether a file makes the server itself and no part of one: it starts it, or who starts it imports it from there.
    A worker of Cloudflare is no Node."""
    folder = dirname(manifest)
    if any(join(folder, name) in app.files for name in ("wrangler.toml", "wrangler.json", "wrangler.jsonc")):
        return False
    if _serves(app.files.get(path, "")) or (library == "express" and "createServer(" in app.files.get(path, "")):
        return True
    makers = {step.place.path for step in _made(app, _SERVERS)}
    starters = (one for one in app.files if one.endswith(_ENDINGS) and one not in makers and not is_quiet(one))
    return any(_serves(app.files[one]) and _imports(one, app.files[one], path) for one in starters)


def _serves(text: str) -> bool:
    return "listen(" in text or "serve(" in text


def _imports(path: str, text: str, other: str) -> bool:
    """Whether a script names another one beside or below it in an import."""
    named = (normpath(join(dirname(path), found[1])) for found in _NAMED.finditer(text))
    return splitext(other)[0] in {splitext(one)[0] if one.endswith(_ENDINGS) else one for one in named}
