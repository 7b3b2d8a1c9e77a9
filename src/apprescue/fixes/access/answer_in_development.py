"""An address that is left over from building the app answers "not found", except where the app is being developed.

For handlers of Next.js, Express, Fastify, Hono, FastAPI and Flask whose address says what it is. Left as it is where
something else of the app calls the address: a page, a schedule, a script.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App, Route
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import RoutePlace
from apprescue.source import meaning
from apprescue.source import tree as t
from apprescue.source.env_example import named_in_example
from apprescue.source.handled import Handled, at_head, handler_of
from apprescue.source.handwriting import Handwriting
from apprescue.source.quiet import is_machine_made, is_prose, is_test
from apprescue.source.style import style_of

_PAGES = re.compile(r"(?:^|/)pages/")


@fix("access/debug_route", title="Keep a tool of building the app out of production", safety=Safety.REVIEW)
def answer_in_development(finding: Finding, app: App) -> Changes:
    """The refusal at the head of each handler that the finding names."""
    named = {one.route for one in (finding.place, *finding.related) if isinstance(one, RoutePlace)}
    closed = []
    for route in (one for one in app.routes if str(one) in named):
        handled = handler_of(app, route)
        if handled is None or not handled.node.body or not _is_tool(app, route, handled):
            continue
        edits = list(_in_script(handled) if handled.is_script else _in_python(app, handled))
        yield from edits
        closed += [str(route)] if edits else []
    if closed:
        yield Todo(
            f"{', '.join(closed)}: answered in development only from now on. Delete what nobody needs any more; what is"
            " needed to run the app becomes a script, or an address for admins."
        )


def _is_tool(app: App, route: Route, handled: Handled) -> bool:
    """Whether the address says that it is for building the app, and nothing else of the app calls it."""
    if not meaning.is_debug(route.path) or meaning.is_webhook(route.path) or meaning.is_scheduled(route.path):
        return False
    plain = re.match(r"(?:/[\w.-]+)*", route.path)
    words = [word for word in (plain[0] if plain else "").split("/") if word and word != "api"]
    called = re.compile(rf"/{re.escape('/'.join(words[-2:]))}(?![\w-])") if words else None
    if called is None:
        return False
    own = (route.place.path, handled.path)
    return not any(called.search(text) for path, text in app.files.items() if path not in own and _calls(path))


def _calls(path: str) -> bool:
    """Whether a file could call an address that has to answer in production."""
    gate = posixpath.basename(path).partition(".")[0] in ("middleware", "proxy")
    return not (gate or is_test(path) or is_prose(path) or is_machine_made(path) or meaning.is_debug(f"/{path}"))


def _in_script(handled: Handled) -> Iterator[Edit]:
    answer = _not_found(handled)
    if answer:
        style = style_of(handled.text, handled.path)
        rows = (f"{style.step}{row}{style.end}" for row in answer)
        yield at_head(handled, f"if (process.env.NODE_ENV !== {style.text('development')}) {{", *rows, "}")


def _not_found(handled: Handled) -> list[str]:
    """The statements of the framework that answer 404; none where it is not known."""
    names = [one.target.id if isinstance(one.target, t.Name) else "" for one in handled.node.params]
    if handled.framework == "nextjs" and not _PAGES.search(handled.path):
        kind = "NextResponse" if re.search(r"import[^;\n]*\bNextResponse\b", handled.text) else "Response"
        return [f"return new {kind}(null, {{ status: 404 }})"]
    if handled.framework == "hono" and names and names[0]:
        return [f"return {names[0]}.notFound()"]
    if len(names) < 2 or not names[1]:
        return []
    if handled.framework == "fastify":
        return [f"return {names[1]}.code(404).send()"]
    if handled.framework not in ("express", "nextjs"):
        return []
    gives = any(isinstance(n, t.Return) and n.value is not None for n in handled.node.walk())
    said = f"{names[1]}.status(404).end()"
    return [f"return {said}"] if gives else [said, "return"]


def _in_python(app: App, handled: Handled) -> Iterator[Edit]:
    file = Handwriting(handled.path, handled.text)
    imported = {local for n in file.top if isinstance(n, t.Import) for _, local in n.names}
    refusal = next((told for name, told in _PYTHON.items() if name in imported), "")
    if not refusal:
        return
    quote = style_of(handled.text, handled.path).quote
    yield at_head(
        handled,
        f"if os.environ.get({quote}ENVIRONMENT{quote}) != {quote}development{quote}:",
        f"{file.step}{refusal}",
    )
    yield from file.needs("os")
    yield from named_in_example(app, handled.path, ["ENVIRONMENT"], "development on a developer's machine only")


_PYTHON = {"HTTPException": "raise HTTPException(status_code=404)", "abort": "abort(404)", "Http404": "raise Http404"}
