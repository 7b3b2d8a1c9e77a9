"""A server can be asked whether it is well: `GET /health` answers as long as it runs.

For servers of Express, Fastify, Hono, FastAPI and Flask that are made by a call whose result has a name. The route
stands directly behind that call, before what asks for a login or serves pages. It does not ask the database: which
client of it is at hand there, and what it costs, is not known; that is told as a step for a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Change, Safety, Todo
from apprescue.model.trace import Step
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, hand
from apprescue.source.starting import node_servers, python_servers


@fix("running/no_health_route", title="Let a monitor ask whether the server is well", safety=Safety.SAFE)
def add_health_route(finding: Finding, app: App) -> Changes:
    """A route for each server that we see being made."""
    made = [(library, step) for library, _, step in node_servers(app)] + list(python_servers(app))
    changes = [change for library, step in made for change in _route(app, library, step)]
    if changes:
        yield from changes
        yield Todo("Let your host and a monitor ask GET /health, and mail you where it does not answer.")
        yield Todo(
            "Where the server is of no use without its database, let /health ask it a small question, and answer 503."
        )


def _route(app: App, library: str, step: Step) -> Iterator[Change]:
    file = hand(app, step.place.path)
    call = next(iter(file.calls(step.place)), None) if file else None
    made = file.statement(call) if file and call else None
    if file is None or not isinstance(made, t.Assign) or not isinstance(made.target, t.Name):
        return
    if file.is_python and any(isinstance(node, t.Function) and node.name == "health" for node in file.nodes):
        return
    rows = _in_python(file, library, made.target.id) if file.is_python else [_in_script(file, library, made.target.id)]
    apart = file.code[made.end :].lstrip(b"; \t").startswith((b"\n\n", b"\r\n\r\n"))
    yield file.after(made, "", *rows, *([] if apart else ["", ""] if file.is_python else [""]))


def _in_script(file: Handwriting, library: str, name: str) -> str:
    path, ok = file.said("/health"), f"{{ status: {file.said('ok')} }}"
    answer = {
        "express": f"(_req, res) => res.json({ok})",
        "fastify": f"async () => ({ok})",
        "hono": f"(c) => c.json({ok})",
    }
    return f"{name}.get({path}, {answer[library]}){file.end}"


def _in_python(file: Handwriting, library: str, name: str) -> list[str]:
    route = "get" if library == "fastapi" else "route"
    answer = f"{file.step}return {{{file.said('status')}: {file.said('ok')}}}"
    return ["", f"@{name}.{route}({file.said('/health')})", "def health():", answer]
