"""A cookie with a fixed word that opens a door holds a seal instead, which only the server can make.

The seal is made of the cookie's name with the secret of the sessions, and the door compares with the same. Only where
the cookie is set and asked for in one file of Express that knows the cookie by name; a cookie with a bare id is left.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.env_example import named_in_example
from apprescue.source.javascript import parse
from apprescue.source.refusals import Body
from apprescue.source.style import style_of
from apprescue.source.syntax import SCRIPTS

_NEAR = 5


@fix("sessions/forgeable_cookie", title="Seal a cookie that opens a door", safety=Safety.REVIEW)
def seal_cookie(finding: Finding, app: App) -> Changes:
    """The word where it is set and where it is asked for, and the function that makes the seal."""
    door = finding.place
    places = [p for p in (door, *finding.related) if isinstance(p, Code)]
    if not isinstance(door, Code) or not door.path.endswith(SCRIPTS) or {p.path for p in places} != {door.path}:
        return
    text = app.files.get(door.path, "")
    tops = parse(text, jsx=not door.path.endswith(".ts"))
    body = Body(door.path, text, t.Function("", [], []))
    nodes = [n for top in tops for n in top.walk()]
    asked = [(n.right, name) for n in nodes if isinstance(n, t.Binary) and (name := _asked(body, n))]
    given = [(n.args[1], body.cut(n.args[0])) for n in nodes if isinstance(n, t.Call) and _sets(n)]
    tested = [one for one, _ in asked if isinstance(one, t.Literal) and 0 <= door.line - one.line <= _NEAR]
    word = max(tested, key=lambda one: one.line).value if tested else None
    spots = [(one, name) for one, name in (*asked, *given) if isinstance(one, t.Literal) and one.value == word]
    imports = [top for top in tops if isinstance(top, t.Import)]
    if not isinstance(word, str) or len(spots) < 2 or not imports or "sealOf" in text:
        return
    for node, name in spots:
        yield Edit(door.path, node.start, node.end, f"sealOf({name})")
    end = text.encode("utf-8", "surrogatepass").find(b"\n", imports[-1].end)
    yield Edit(door.path, end, end, _function(door.path, text))
    yield from named_in_example(app, door.path, ["SESSION_SECRET"], "Secrets of your own: openssl rand -hex 32")
    yield Todo("Set SESSION_SECRET on every host (`openssl rand -hex 32`). Whoever was let in has to ask once more.")


def _asked(body: Body, node: t.Binary) -> str:
    """The name of the cookie that a test compares with a literal, as code."""
    left = node.left
    if (
        node.op not in ("==", "!=")
        or not isinstance(left, t.Index | t.Member)
        or "cookies" not in body.cut(left.object)
    ):
        return ""
    return body.cut(left.key) if isinstance(left, t.Index) else body.style.text(left.name)


def _sets(node: t.Call) -> bool:
    return isinstance(node.callee, t.Member) and node.callee.name == "cookie" and len(node.args) >= 2


def _function(path: str, text: str) -> str:
    style = style_of(text, path)
    typed = ": string" if path.endswith((".ts", ".tsx", ".mts")) else ""
    said = style.text("SESSION_SECRET is not set: add it to the environment of the server.")
    step, end = style.step, style.end
    return (
        f"\nimport {{ createHmac as hmacOf }} from {style.text('crypto')}{end}\n\n"
        f"function sealOf(cookie{typed}){typed} {{\n"
        f"{step}const secret = process.env.SESSION_SECRET{end}\n{step}if (!secret) throw new Error({said}){end}\n"
        f"{step}return hmacOf({style.text('sha256')}, secret).update(cookie).digest({style.text('hex')}){end}\n}}"
    )
