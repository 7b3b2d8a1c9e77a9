"""Only the app's own sites may call its server from a browser; which ones, a setting says.

For the CORS middleware of Express, Hono, Fastify, NestJS, FastAPI, Flask and Django, and for headers that a function
of Express sets by hand. The setting's default is the addresses that the app names itself. A star that stands for a
setting of the app's own becomes these addresses, and the setting stays. Edge functions keep their star, as their
callers bring a token by hand, and lose the credentials beside it. Left are headers in files of configuration: which
addresses other sites are meant to call there is not known, and one header cannot name several sites.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Change, Edit
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted, hand
from apprescue.source.origins import by_default, list_above, list_name, told

_KEYS = ("origin", "origins", "allow_origins", "allow_origin_regex")
_HEADER = "access-control-allow-origin"
_BESIDE = "access-control-allow-credentials"
_SETTERS = ("header", "setHeader", "set", "append")
_READS = re.compile(r"\benv\b|environ|getenv")
_ENV_NAME = re.compile(r"env(?:iron)?(?:\.get\(|\.|\[)\s*['\"]?(\w+)|getenv\(\s*['\"](\w+)")
_REMARK = re.compile(rb"[ \t]*,?([ \t]*(?:#|//)[^\n]*)")


@fix("cors/any_origin_with_credentials", "cors/private_api_for_any_origin", title="Let only your own sites call")
def list_origins(finding: Finding, app: App) -> Changes:
    """The edits of one rule."""
    place = finding.place
    file = hand(app, place.path) if isinstance(place, Code) else None
    if file is None or not isinstance(place, Code):
        return ()
    if file.is_python and (star := _switch_of_django(file, place)) is not None:
        return (*_django(app, file, star), *told(app, place.path))
    for call in file.calls(place):
        if changes := tuple(_middleware(app, file, call)):
            return changes
    return tuple(_by_hand(app, file, place))


def _middleware(app: App, file: Handwriting, call: t.Call) -> Iterator[Change]:
    called = dotted(call.callee).rpartition(".")[2]
    if "cors" not in file.of(call).lower() or called in _SETTERS or called == "use":
        return
    value = _origin(file, call)
    if value is None:
        if (added := _added(file, call)) is not None:
            name = list_name(file)
            yield from list_above(app, file, file.statement(call), name)
            yield file.at(added[0], added[1].format(name))
            yield from told(app, file.path)
        return
    above: t.Node = call
    if isinstance(value, t.Name) and (given := _given(file, value.id)) is not None and given.value is not None:
        value = above = given.value
    stars = [n for n in value.walk() if isinstance(n, t.Literal) and n.value in ("*", True)]
    if _READS.search(file.of(value)):
        if stars and (found := _ENV_NAME.search(file.of(value))):
            yield from (file.instead(star, file.said(by_default(app))) for star in stars)
            yield from told(app, file.path, found[1] or found[2])
    elif stars or isinstance(value, t.Function) or (isinstance(value, t.Literal) and ".*" in str(value.value)):
        name = list_name(file)
        yield from list_above(app, file, file.statement(above), name)
        yield from _replaced(file, value, name)
        yield from told(app, file.path)


def _origin(file: Handwriting, call: t.Call) -> t.Node | None:
    """What stands for the origins in a call: a keyword, an option of an object, one below a pattern of addresses."""
    for key in _KEYS:
        if key in call.keywords:
            return call.keywords[key]
    objects = [o for o in _objects(file, call) if o is not None]
    return next((found for key in _KEYS for one in objects if (found := one.get(key)) is not None), None)


def _objects(file: Handwriting, call: t.Call) -> Iterator[t.Object | None]:
    for arg in (*call.args, *call.keywords.values()):
        given = _given(file, arg.id) if isinstance(arg, t.Name) else None
        for node in (given.value if given is not None and given.value is not None else arg).walk():
            if isinstance(node, t.Object):
                yield node


def _given(file: Handwriting, name: str) -> t.Assign | None:
    found = [n for n in file.nodes if isinstance(n, t.Assign) and isinstance(n.target, t.Name) and n.target.id == name]
    return found[0] if len(found) == 1 else None


def _added(file: Handwriting, call: t.Call) -> tuple[int, str] | None:
    """Where the option goes that a call lacks, and its text around the list's name."""
    if file.is_python:
        last = max([*call.args, *call.keywords.values()], key=lambda one: one.end, default=None)
        return (last.end, ", origins={}") if last is not None and dotted(call.callee) == "CORS" else None
    options = next((o for o in _objects(file, call) if o is not None), None)
    if options is not None:
        gap = f"\n{file.indent(options.entries[0][1])}" if "\n" in file.of(options) and options.entries else " "
        return options.start + 1, f"{gap}origin: {{}}{',' if options.entries else ' '}"
    if call.args and dotted(call.callee).rpartition(".")[2] != "register":
        return None
    at = call.end - 1
    return at, ", {{ origin: {} }}" if call.args else "{{ origin: {} }}"


def _replaced(file: Handwriting, value: t.Node, name: str) -> Iterator[Edit]:
    """The list instead of what stood there, and no remark behind it that tells of the old one."""
    start, before = value.start, file.code[: value.start]
    if before.endswith(b"allow_origin_regex="):
        start, name = value.start - len("allow_origin_regex="), f"allow_origins={name}"
    end = value.start + len(file.of(value).encode("utf-8", "surrogatepass"))
    yield Edit(file.path, start, end, name)
    if (remark := _REMARK.match(file.code, end)) and file.code[remark.end() : remark.end() + 1] == b"\n":
        yield Edit(file.path, remark.start(1), remark.end(), "")


def _switch_of_django(file: Handwriting, place: Code) -> t.Assign | None:
    rows = (n for n in file.top if isinstance(n, t.Assign) and n.line == place.line and isinstance(n.target, t.Name))
    return next((n for n in rows if getattr(n.target, "id", "").startswith("CORS_")), None)


def _django(app: App, file: Handwriting, star: t.Assign) -> Iterator[Edit]:
    yield from list_above(app, file, star, "CORS_ALLOWED_ORIGINS")
    end = file.code.find(b"\n", star.start)
    yield Edit(file.path, star.start, len(file.code) if end < 0 else end + 1, "")


def _by_hand(app: App, file: Handwriting, place: Code) -> Iterator[Change]:
    """A header that is set by a call, or that stands in an object or a dict."""
    for call in (n for n in file.nodes if isinstance(n, t.Call) and n.line == place.line):
        if _names(call.args[:1], _HEADER) and dotted(call.callee).rpartition(".")[2] in _SETTERS:
            yield from _asked(app, file, call)
            return
    for node in (n for n in file.nodes if isinstance(n, t.Object) and n.line <= place.line <= n.end_line):
        if any(isinstance(k, str) and k.lower() == _HEADER and v.line == place.line for k, v in node.entries):
            yield from _beside(file, node)


def _names(args: list[t.Node], header: str) -> bool:
    return any(isinstance(a, t.Literal) and str(a.value).lower() == header for a in args)


def _asked(app: App, file: Handwriting, call: t.Call) -> Iterator[Change]:
    """The header is set to the caller's own site where that stands in the list (Express and plain Node)."""
    function = file.function(call)
    asked = [p.target.id for p in function.params if isinstance(p.target, t.Name)] if function else []
    own = next((one for one in asked if one in ("req", "request")), "")
    if not own or file.is_python or file.statement(call) is not call:
        return
    name, end = list_name(file), file.end
    top = next((n for n in file.top if n.start <= call.start < n.end), call)
    setter, header = file.of(call.callee), file.of(call.args[0])
    yield from list_above(app, file, top, name)
    found = f"const allowedOrigin = {name}.find((one) => one === {own}.headers.origin){end}"
    yield file.before(call, f"{setter}({file.said('Vary')}, {file.said('Origin')}){end}", found)
    said = f"if (allowedOrigin) {setter}({header}, allowedOrigin)"
    yield file.instead(call, said)
    yield from told(app, file.path)


def _beside(file: Handwriting, node: t.Object) -> Iterator[Edit]:
    """Without the credentials in edge functions; without both where FastAPI's middleware writes them."""
    wraps = file.is_python and "CORSMiddleware" in file.text
    if not wraps and "functions/" not in file.path:
        return
    gone = [(k, v) for k, v in node.entries if isinstance(k, str) and k.lower() in ([_HEADER] * wraps + [_BESIDE])]
    if wraps and len(gone) == len(node.entries):
        if (found := re.search(rb",?(\s*)headers\s*=\s*$", file.code[: node.start])) is not None:
            rows = b"\n" in found[1]
            yield Edit(file.path, found.start(1) if rows else found.start(), node.end, "")
        return
    for key, value in gone:
        start = file.code.rfind(key.encode(), 0, value.start) - 1
        found = re.compile(rb"\s*,?[ \t]*\n?[ \t]*").match(file.code, value.end)
        if start >= 0 and found is not None:
            yield Edit(file.path, start, found.end(), "")
