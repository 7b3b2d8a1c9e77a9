"""Calls that wait for each other without need are sent together: `const [a, b] = await Promise.all([...])`.

Each of them must be a `const` whose value is awaited, directly below the last one, and use nothing that the ones
before brought. What is not of that form is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Safety
from apprescue.model.place import Code
from apprescue.source import tree as t
from apprescue.source.edits import indent_of
from apprescue.source.javascript import parse
from apprescue.source.project import SCRIPTS, bound_names

_LEAST = 2
_WIDE = 70


@fix("speed/sequential_awaits", title="Ask the database at once, not one call after the other", safety=Safety.SAFE)
def send_together(finding: Finding, app: App) -> Changes:
    """One edit for each row of calls."""
    return tuple(
        edit
        for place in (finding.place, *finding.related)
        if isinstance(place, Code) and place.path.endswith(SCRIPTS)
        for edit in _edits(place, app.files.get(place.path, ""))
    )


def _edits(place: Code, text: str) -> Iterator[Edit]:
    for block in _blocks(parse(text, jsx=not place.path.endswith(".ts"))):
        row = [node for node in block if place.line <= node.line and node.end_line <= place.end_line]
        if len(row) >= _LEAST and all(map(_waits, row)) and _apart(row):
            yield _together(place.path, text, row)  # type: ignore[arg-type]  # all of them wait


def _blocks(nodes: Sequence[t.Node]) -> Iterator[Sequence[t.Node]]:
    """Every list of statements."""
    yield nodes
    for node in nodes:
        for inner in node.walk():
            for part in inner.parts:
                value = getattr(inner, part)
                if isinstance(value, list):
                    yield value


def _waits(node: t.Node) -> bool:
    return isinstance(node, t.Assign) and node.declares and isinstance(node.value, t.Await)


def _apart(row: Sequence[t.Node]) -> bool:
    """Whether none of them uses what another one brings."""
    brought = {name for node in row if isinstance(node, t.Assign) for name in bound_names(node.target)}
    used = {
        inner.id
        for node in row
        if isinstance(node, t.Assign) and node.value
        for inner in node.value.walk()
        if isinstance(inner, t.Name)
    }
    return not brought & used


def _together(path: str, text: str, row: Sequence[t.Assign]) -> Edit:
    source = text.encode("utf-8", "surrogatepass")
    indent = indent_of(text, row[0].start)
    step = "\t" if indent.startswith("\t") else "  " if len(indent) % 4 or len(indent) == 0 else "    "

    def cut(node: t.Node) -> str:
        return source[node.start : node.end].decode("utf-8", "surrogatepass")

    targets = ", ".join(cut(node.target) for node in row)
    if len(indent) + len(targets) > _WIDE:
        targets = "".join(f"\n{indent}{step}{cut(node.target)}," for node in row) + f"\n{indent}"
    calls = [cut(node.value.value).replace("\n", f"\n{step}") for node in row if isinstance(node.value, t.Await)]
    listed = "".join(f"{indent}{step}{call},\n" for call in calls)
    end = ";" if cut(row[-1]).endswith(";") else ""
    word = cut(row[0]).split()[0]
    return Edit(path, row[0].start, row[-1].end, f"{word} [{targets}] = await Promise.all([\n{listed}{indent}]){end}")
