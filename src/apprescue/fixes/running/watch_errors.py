"""Errors are told to Sentry, without secrets and personal data: in the pages, on the servers, in the edge functions.

For each program a small file that starts the tracker, a redactor beside it that goes by what values look like, and one
line where the program begins; the package with its exact version, the setting's name in the example. Without a DSN
nothing is sent. Servers whose beginning is not found, and projects whose packages we cannot add to, are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, join

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Change, Edit, Safety, Todo
from apprescue.source.dependencies import is_module, locks, manifest_of, with_package, with_requirement
from apprescue.source.env_example import named_in_example
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.starting import django_settings, edge_functions, node_servers, pages, python_servers
from apprescue.source.tree import Import
from apprescue.source.watching import REACT, SENTRY, SERVER, beside, python_home
from apprescue.source.watching_next import next_apps

_NOTE = "Where errors are reported to: a project's DSN from Sentry"
_MADE = re.compile(r"^\s*\w+(?:\s*:\s*[\w.]+)?\s*=\s*(?:\w+\.)?(?:FastAPI|Flask)\(")


@fix("running/no_error_tracker", title="Report errors, without secrets", safety=Safety.REVIEW)
def watch_errors(finding: Finding, app: App) -> Changes:
    """Every program of the app that we know how to watch."""
    changes = [*_pages(app), *_next(app), *_node(app), *_edge(app), *_python(app), *_django(app)]
    if not any(isinstance(one, Edit) for one in changes):
        return
    once = list(dict.fromkeys(changes))
    yield from (one for one in once if isinstance(one, Edit))
    yield Todo("Make a project at sentry.io, or in a Sentry of your own, and copy its DSN.")
    yield from (one for one in once if not isinstance(one, Edit))
    yield Todo("Make an alert in Sentry that mails you each new error, cause one, and see that the mail comes.")


def _pages(app: App) -> Iterator[Change]:
    for entry, manifest in pages(app):
        written, files = hand(app, entry), beside(app, entry, True)
        package = with_package(manifest, app.files[manifest], "@sentry/react", REACT)
        if written is None or files is None or package is None:
            continue
        vite = '"vite"' in app.files[manifest]
        name = "VITE_SENTRY_DSN" if vite else "REACT_APP_SENTRY_DSN"
        yield from files.edits("watch-errors.vite" if vite else "watch-errors.cra")
        yield _first(written, f"import {written.said(files.module)}{written.end}")
        yield package
        yield from _set(app, manifest, entry, name, "where the pages are built")


def _next(app: App) -> Iterator[Change]:
    for one in next_apps(app):
        package = with_package(one.manifest, app.files[one.manifest], "@sentry/nextjs", SENTRY)
        if package is not None:
            yield from one.edits
            yield package
            yield from _set(
                app, one.manifest, one.manifest, "NEXT_PUBLIC_SENTRY_DSN", "where the app is built and runs"
            )


def _node(app: App) -> Iterator[Change]:
    for _, manifest, step in node_servers(app):
        path = step.place.path
        modules = is_module(app.files[manifest_of(app.files, path) or manifest])
        written, files = hand(app, path), beside(app, path, modules)
        package = with_package(manifest, app.files[manifest], "@sentry/node", SENTRY)
        call = next(iter(written.calls(step.place)), None) if written else None
        if written is None or files is None or package is None or call is None:
            continue
        module = written.said(files.module)
        if files.language == "cjs":
            yield _first(written, f"const {{ watchErrors }} = require({module}){written.end}")
        else:
            yield _first(written, f"import {{ watchErrors }} from {module}{written.end}")
        yield written.before(written.statement(call), f"watchErrors(){written.end or ';'}", "")
        yield from files.edits("watch-errors.node")
        yield package
        yield from _set(app, manifest, path, "SENTRY_DSN", "where the server runs")


def _edge(app: App) -> Iterator[Change]:
    functions = edge_functions(app)
    shared = join(dirname(dirname(functions[0])), "_shared") if functions else ""
    files = beside(app, join(shared, "index.ts"), True) if functions else None
    if files is None:
        return
    yield from files.edits("watch-errors.deno")
    for path in functions:
        written = Handwriting(path, app.files[path])
        yield _first(written, f"import {written.said('../_shared/watch-errors.ts')}{written.end}")
    yield Todo("Give the edge functions the DSN: `supabase secrets set SENTRY_DSN=...`, then deploy them.")


def _python(app: App) -> Iterator[Change]:
    for _, step in python_servers(app):
        path = step.place.path
        written, home = hand(app, path), python_home(app, path)
        call = next(iter(written.calls(step.place)), None) if written else None
        package = with_requirement(app.files, path, f"sentry-sdk=={SERVER}")
        if written is None or home is None or package is None or call is None:
            continue
        statement = written.statement(call)
        if not _MADE.match(written.of(statement)):
            continue
        yield from home.edits
        yield written.new_import(f"from {home.module('watch_errors')} import watch_errors", statement)
        yield written.before(statement, "watch_errors()")
        yield package
        yield from _set(app, "", path, "SENTRY_DSN", "where the server runs")


def _django(app: App) -> Iterator[Change]:
    for settings, project in django_settings(app):
        home, package = (
            python_home(app, settings, project),
            with_requirement(app.files, settings, f"sentry-sdk=={SERVER}"),
        )
        if home is not None and package is not None:
            text = app.files[settings]
            end = len(text.encode("utf-8", "surrogatepass"))
            told = f"\nfrom {home.module('watch_errors')} import watch_errors  # noqa: E402\n\nwatch_errors()\n"
            yield from home.edits
            yield Edit(settings, end, end, ("" if text.endswith("\n") else "\n") + told)
            yield package
            yield from _set(app, "", settings, "SENTRY_DSN", "where the server runs")


def _first(written: Handwriting, row: str) -> Edit:
    """A row above the first import: what it starts must be there before anything else is loaded."""
    imports = [node for node in written.top if isinstance(node, Import)]
    at = written.code.rfind(b"\n", 0, imports[0].start) + 1 if imports else 0
    return written.at(at, f"{row}\n")


def _set(app: App, manifest: str, path: str, name: str, where: str) -> Iterator[Change]:
    """What makes the setting and the package known."""
    yield from named_in_example(app, path, [name], _NOTE)
    yield Todo(f"Set {name} to the DSN {where}: until then nothing is reported.")
    for command in locks(app.files, manifest) if manifest else ():
        yield Todo(f"Run `{command}` once and commit the lock file: the new package is not in it yet.")
