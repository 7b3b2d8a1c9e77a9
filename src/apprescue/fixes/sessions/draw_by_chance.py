"""Codes and tokens are drawn from the system's own chance, which nobody can work out.

What draws is replaced where it stands, so that a code keeps its form and length: `Math.random()` by numbers of the
Web's or Node's `crypto`, Python's `random` by its `SystemRandom`. A file without imports is left in Node.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.javascript import parse
from apprescue.source.python import parse as parse_python
from apprescue.source.style import style_of
from apprescue.source.syntax import SCRIPTS

_DRAWS = ("random", "randint", "choice", "choices", "randrange", "sample")
_NODE = re.compile(
    r"^import\s+(?:\*\s+as\s+)?crypto\s+from\s+[\"'](?:node:)?crypto[\"']|\bcrypto\s*=\s*require\(", re.M
)
_WEB = "crypto.getRandomValues(new Uint32Array(2)).reduce((low, high) => low / 2 ** 32 + high, 0) / 2 ** 32"


@fix("sessions/guessable_code", title="Draw codes and tokens from the system's chance", safety=Safety.SAFE)
def draw_by_chance(finding: Finding, app: App) -> Changes:
    """The draws on every line that the finding names."""
    places = [p for p in (finding.place, *finding.related) if isinstance(p, Code)]
    for path in dict.fromkeys(p.path for p in places):
        lines = {line for p in places if p.path == path for line in range(p.line, max(p.line, p.end_line) + 1)}
        text = app.files.get(path, "")
        if path.endswith(".py"):
            yield from _in_python(path, text, lines)
        elif path.endswith(SCRIPTS):
            yield from _in_script(path, text, lines)


def _in_python(path: str, text: str, lines: set[int]) -> Iterator[Edit]:
    for node in (n for top in parse_python(text) for n in top.walk()):
        if isinstance(node, t.Member) and node.line in lines and _draws(node):
            yield Edit(path, node.object.start, node.object.end, "random.SystemRandom()")


def _draws(node: t.Member) -> bool:
    return node.name in _DRAWS and isinstance(node.object, t.Name) and node.object.id == "random"


def _in_script(path: str, text: str, lines: set[int]) -> Iterator[Edit]:
    tops = parse(text, jsx=not path.endswith(".ts"))
    nodes = [n for top in tops for n in top.walk()]
    first = next((top for top in tops if isinstance(top, t.Import)), None)
    web = "Deno." in text or path.startswith("supabase/functions/")
    held = _NODE.search(text) is not None
    if first is None and not web and not held:
        return
    draw = _WEB if web else f"{'crypto.' if held else ''}randomInt(2 ** 47) / 2 ** 47"
    found = [n for n in nodes if isinstance(n, t.Call) and n.line in lines and _is_draw(n)]
    for node in found:
        yield Edit(path, node.start, node.end, f"({draw})")
    if found and not web and not held and first is not None and "randomInt" not in text:
        style = style_of(text, path)
        start = text.encode("utf-8", "surrogatepass").rfind(b"\n", 0, first.start) + 1
        bring = f"import {{ randomInt }} from {style.text('crypto')}"
        if "require(" in text and not re.search(r"^import\s", text, re.M):
            bring = f"const {{ randomInt }} = require({style.text('crypto')})"
        yield Edit(path, start, start, f"{bring}{style.end}\n")


def _is_draw(node: t.Call) -> bool:
    callee = node.callee
    return (
        isinstance(callee, t.Member)
        and callee.name == "random"
        and isinstance(callee.object, t.Name)
        and callee.object.id == "Math"
    )
