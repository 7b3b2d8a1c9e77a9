"""A sign-in that lets everybody in as one made-up user answers 501, except where the app is being developed.

The refusal stands before the made-up user is kept, in a handler of Express. Other stand-ins are left: what should
stand there instead is the owner's to say, and so is the real sign-in.
"""

from __future__ import annotations

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety, Todo
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.javascript import parse
from apprescue.source.refusals import Body
from apprescue.source.syntax import SCRIPTS


@fix("sessions/mock_login", title="Sign nobody in as a made-up user outside of development", safety=Safety.REVIEW)
def refuse_mock_login(finding: Finding, app: App) -> Changes:
    """One refusal in each handler that the finding names."""
    for place in (finding.place, *finding.related):
        if isinstance(place, Code) and place.path.endswith(SCRIPTS):
            text = app.files.get(place.path, "")
            tops = parse(text, jsx=not place.path.endswith(".ts"))
            around = [n for top in tops for n in top.walk() if isinstance(n, t.Function) and _holds(n, place)]
            handler = min(around, key=lambda n: n.end - n.start, default=None)
            if handler is not None and handler.body and _answers(handler):
                body = Body(place.path, text, handler)
                first = next((row for row in handler.body if _keeps(row, place)), None)
                if first is not None:
                    yield from _refusal(body, first)


def _holds(node: t.Function, place: Code) -> bool:
    return node.line <= place.line <= node.end_line


def _keeps(row: t.Node, place: Code) -> bool:
    return row.line <= place.line <= row.end_line


def _answers(handler: t.Function) -> bool:
    names = [p.target.id for p in handler.params if isinstance(p.target, t.Name)]
    return len(names) >= 2 and names[1] in ("res", "response")


def _refusal(body: Body, row: t.Node) -> Changes:
    style, indent = body.style, body.indent(row)
    answer = body.function.params[1].target
    name = answer.id if isinstance(answer, t.Name) else "res"
    said = f"{{ error: {style.text('Sign-in is not set up')} }}"
    yield Edit(
        body.path,
        row.start,
        row.start,
        f"if (process.env.NODE_ENV !== {style.text('development')}) {{\n{indent}{style.step}"
        f"return {name}.status(501).json({said}){style.end}\n{indent}}}\n{indent}",
    )
    yield Todo(f"Put a real sign-in into {body.path}: until then nobody can sign in there outside of development.")
