"""Where a function or a component of a page is used, by whatever name a file takes it along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from apprescue.model.app import App
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting
from apprescue.source.quiet import is_test
from apprescue.source.syntax import SCRIPTS

_PARTS_OF_PAGES = re.compile(r"(?:^|/)(?:components?|features|sections|widgets|modules)/")


def name_of(file: Handwriting, function: t.Function) -> str:
    """What a function is called; empty where it has no name."""
    if function.name:
        return function.name
    over = next(file.above(function), None)
    while isinstance(over, t.Call):
        over = next(file.above(over), None)
    named = isinstance(over, t.Assign) and over.value is not None and isinstance(over.target, t.Name)
    return over.target.id if named and isinstance(over, t.Assign) and isinstance(over.target, t.Name) else ""


def uses(app: App, file: Handwriting, function: t.Function, name: str) -> Iterator[tuple[Handwriting, t.Node]]:
    """The places that name a function or component, other than where it is made and taken along."""
    method = isinstance(next(file.above(function), None), (t.Class, t.Object))
    stem = _stem(file.path)
    for other in _files(app, file, name, stem):
        taken = [(one.module, *pair) for one in other.nodes if isinstance(one, t.Import) for pair in one.names]
        named = {local for _, outer, local in taken if name in (outer, local)} | _loaded(other, stem)
        named |= {local for module, outer, local in taken if outer == "default" and _stem(module) == stem}
        whole = method or any(outer == "*" for _, outer, _ in taken)
        for one in other.nodes:
            made = other is file and (_makes(file, one, function) or _is_export(file, one))
            if not made and _is_use(other, one, named | {name} if other is file else named, name if whole else ""):
                yield other, one


def is_unused(app: App, file: Handwriting, node: t.Node) -> bool:
    """Whether nothing in the scripts says the name of the function or component around a place but where it is made,
    and none takes a component's file along: what nobody uses fails for nobody."""
    functions = (one for one in file.above(node) if isinstance(one, t.Function))
    function, name = next(((one, name) for one in functions if (name := name_of(file, one))), (None, ""))
    if function is None:
        return False
    scripts = {path: text for path, text in app.files.items() if path.endswith(SCRIPTS)}
    naming = (file if path == file.path else Handwriting(path, text) for path, text in scripts.items() if name in text)
    for other in naming:
        for one in other.nodes:
            made = other is file and (_makes(file, one, function) or _is_export(file, one))
            if not made and _says(one, name):
                return False
    taken = re.compile(rf"""/{re.escape(PurePosixPath(file.path).stem)}(?:\.\w+)?['"`]|import\.meta\.glob""")
    alone = _PARTS_OF_PAGES.search(file.path) is not None and not any(map(taken.search, scripts.values()))
    return name[0].islower() or alone


def _files(app: App, file: Handwriting, name: str, stem: str) -> Iterator[Handwriting]:
    for path, text in app.files.items():
        said = name in text or f"/{stem}" in text
        if said and path.endswith(SCRIPTS) and not path.startswith("supabase/") and not is_test(path):
            yield file if path == file.path else Handwriting(path, text)


def _stem(path: str) -> str:
    """The last name of a file or module, without its ending; a folder's where the file is its index."""
    last = PurePosixPath(re.sub(r"\.[cm]?[jt]sx?$", "", path))
    return last.parent.name if last.name == "index" else last.name


def _loaded(other: Handwriting, stem: str) -> set[str]:
    """What a file calls a component that it loads only when it is shown (`lazy(() => import("./pages/Tell"))`)."""
    asked = re.compile(rf"""\bimport\(\s*['"`][^'"`]*/{re.escape(stem)}(?:\.\w+)?['"`]""")
    made = (one for one in other.top if isinstance(one, t.Assign) and isinstance(one.value, t.Call))
    return {one.target.id for one in made if isinstance(one.target, t.Name) and asked.search(other.of(one))}


def _is_use(file: Handwriting, node: t.Node, names: set[str], member: str) -> bool:
    if isinstance(node, t.Markup):
        return node.tag in names
    if isinstance(node, t.Member):
        return bool(member) and node.name == member
    over = next(file.above(node), None)
    target = isinstance(over, t.Assign) and over.target is node
    return isinstance(node, t.Name) and node.id in names and not target


def _says(node: t.Node, name: str) -> bool:
    match node:
        case t.Name():
            return node.id == name
        case t.Member():
            return node.name == name
        case t.Literal():
            return node.value == name
        case t.Markup():
            return name in node.tag.split(".")
        case t.Object():
            return any(key == name and not isinstance(value, t.Function) for key, value in node.entries)
        case t.Import() | t.Export():
            return any(name in pair for pair in node.names)
    return False


def _makes(file: Handwriting, node: t.Node, function: t.Function) -> bool:
    over = next(file.above(node), None)
    return isinstance(over, (t.Assign, t.Export)) and over.start <= function.start < over.end


def _is_export(file: Handwriting, node: t.Node) -> bool:
    """Whether a name stands there only to be exported, as it is or inside of a call (`export default memo(Tell)`)."""
    around = (one for one in (node, *file.above(node)) if isinstance(one, (t.Export, t.Function, t.Markup, t.Assign)))
    return isinstance(next(around, None), t.Export)
