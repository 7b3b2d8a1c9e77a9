"""A server sends the headers that stop common attacks in the browser, with everything that it answers.

For servers of Express, Fastify and Hono that are made by a call whose result has a name. Hono's own middleware is
taken; for the others it is a few lines without a new package. No content policy is set: which one fits, only trying it
in the browser tells.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Safety
from apprescue.model.place import code_of
from apprescue.source import tree as t
from apprescue.source.dependencies import manifest_of, versions
from apprescue.source.handwriting import Handwriting, dotted, hand

_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Strict-Transport-Security", "max-age=31536000"),
)
_OWN = (3, 8)  # Hono's secureHeaders


@fix("release/no_security_headers", title="Send security headers", safety=Safety.REVIEW)
def add_security_headers(finding: Finding, app: App) -> Changes:
    """A middleware directly behind the call that makes the server."""
    place = code_of(finding.place)
    file = hand(app, place.path) if place else None
    if file is None or place is None:
        return
    call = next(
        (one for one in file.calls(place) if dotted(one.callee) in ("express", "fastify", "Fastify", "Hono")), None
    )
    made = file.statement(call) if call else None
    if call is None or not isinstance(made, t.Assign) or not isinstance(made.target, t.Name):
        return
    name, library = made.target.id, dotted(call.callee).lower()
    if library == "hono":
        if _hono(app, place.path) >= _OWN:
            yield file.new_import(f"import {{ secureHeaders }} from {file.said('hono/secure-headers')}{file.end}")
            # other origins may show what an API answers; who may read it, CORS says
            yield file.after(made, "", f"{name}.use(secureHeaders({{ crossOriginResourcePolicy: false }})){file.end}")
        return
    yield file.after(made, "", *_rows(file, name, library))


def _rows(file: Handwriting, name: str, library: str) -> list[str]:
    step, end = file.step, file.end
    if library == "express":
        begins, setting, ends = "use((_req, res, next) => {", "res.setHeader", [f"{step}next(){end}"]
    else:
        begins, setting, ends = f"addHook({file.said('onSend')}, async (_request, reply) => {{", "reply.header", []
    set_all = [f"{step}{setting}({file.said(header)}, {file.said(value)}){end}" for header, value in _HEADERS]
    return [f"{name}.{begins}", *set_all, *ends, f"}}){end}"]


def _hono(app: App, path: str) -> tuple[int, int]:
    """The least version of Hono that is asked for."""
    manifest = manifest_of(app.files, path, "hono")
    asked = versions(app.files[manifest])["hono"].lstrip("^~>=v ").split(".") if manifest else ["0"]
    numbers = [int(one) for one in asked[:2] if one.isdigit()]
    return (numbers[0], numbers[1] if len(numbers) > 1 else 0) if numbers else (0, 0)
