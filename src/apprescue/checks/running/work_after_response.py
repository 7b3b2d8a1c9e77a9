"""Work that your app starts before it answers is cut off and lost.

What we look at: handlers that run as functions on demand (Next.js, Vercel, Netlify, Supabase) and start something that
takes time without waiting for it: `sendMail(user)` without `await`, `track(event).catch(...)`.

Why it matters: the host freezes the function as soon as it has answered. The mail, the log entry, the counted view is
sometimes done and sometimes not, and no error says so.

How to repair: wait for it (`await`), hand it to the host (`waitUntil(...)`, Next's `after(...)`), or put it in a queue.

When it is fine: a server of your own that keeps running.
"""

from __future__ import annotations

from collections.abc import Iterator

from apprescue.checks.interface import check
from apprescue.model.app import App, Route
from apprescue.model.finding import Impact, Seen, Severity
from apprescue.model.place import Code
from apprescue.source import known
from apprescue.source.closures import Closure
from apprescue.source.flow import Flow
from apprescue.source.project import Module, Project
from apprescue.source.tree import Call, Function, Member, Name, Node, Unary

_ON_DEMAND = ("nextjs", "vercel", "netlify", "supabase_functions")
_HOSTS = ("vercel.json", "netlify.toml", "open-next.config.ts", "wrangler.toml")


@check(
    severity=Severity.MEDIUM,
    impact=Impact.BLINDNESS,
    cwe=("CWE-662",),
    owasp=("A10:2025",),
)
def work_after_response(app: App, code: Project, flow: Flow) -> Iterator[Seen]:
    """One sighting for each piece of work that nobody waits for."""
    told: set[Code] = set()
    on_demand = any(path.rpartition("/")[2] in _HOSTS for path in app.files) or _sold_by(app, "@vercel/", "@netlify/")
    for route in app.routes:
        module = code.module(route.place.path) if route.framework in _ON_DEMAND else None
        for call in _left_alone(module, route) if module is not None else ():
            place = Code(route.place.path, call.line, call.end_line)
            if module is not None and place not in told and _takes_time(flow, module, call):
                told.add(place)
                detail = "Nobody waits for this work, and the function may end before it is done."
                yield Seen(place, detail, cause="nobody waits", severity=None if on_demand else Severity.LOW)


def _sold_by(app: App, *hosts: str) -> bool:
    return any(p.name.startswith(hosts) for p in app.packages) or any(
        "/supabase/functions/" in f"/{p}" for p in app.files
    )


def _left_alone(module: Module, route: Route) -> Iterator[Call]:
    """Calls that stand as statements of their own inside a handler, not inside a function that is handed on."""
    handler = route.trace.place if route.trace else route.place
    if handler.path != module.path:
        return
    for node in (n for top in module.body for n in top.walk()):
        if isinstance(node, Function) and (node.line, node.end_line) == (handler.line, handler.end_line):
            yield from _statements(node.body)


def _statements(body: list[Node]) -> Iterator[Call]:
    for node in body:
        bare = node.value if isinstance(node, Unary) and node.op == "void" else node
        if isinstance(bare, Call):
            yield bare
        elif not isinstance(node, Function):
            for name in ("then", "other", "body", "final"):
                inner = getattr(node, name, None)
                if isinstance(inner, list):
                    yield from _statements(inner)


def _takes_time(flow: Flow, module: Module, call: Call) -> bool:
    """Whether a call gives a promise: an async function of the app, or a chain that ends in `catch` or `then`."""
    callee = call.callee
    if isinstance(callee, Member) and callee.name in ("catch", "then", "finally"):
        return isinstance(callee.object, Call) and not _waited(callee.object)
    if not isinstance(callee, Name):
        return False
    made = flow.lookup(module, callee.id).function
    named = known.REMOTE.match(callee.id) is not None and callee.id == "fetch"
    return named or (isinstance(made, Closure) and made.node.is_async)


def _waited(call: Call) -> bool:
    name = call.callee.id if isinstance(call.callee, Name) else getattr(call.callee, "name", "")
    return name in ("after", "waitUntil") or (isinstance(call.callee, Member) and _waited_inside(call.callee))


def _waited_inside(member: Member) -> bool:
    return isinstance(member.object, Call) and _waited(member.object)
