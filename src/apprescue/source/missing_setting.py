"""Code that refuses to go on without a setting: what stands where a literal fallback stood.

`process.env.JWT_SECRET || "secret"` becomes `process.env.JWT_SECRET || missing("JWT_SECRET")`, and the file gets the
function that tells what is missing. A build of Next.js, which loads every route without its secrets, goes on, and so
does a test run where the app has tests.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from apprescue.model.app import App, EnvRead
from apprescue.model.patch import Edit
from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting
from apprescue.source.javascript import parse as parse_script
from apprescue.source.python import parse as parse_python
from apprescue.source.quiet import is_test
from apprescue.source.style import Style, style_of
from apprescue.source.syntax import SCRIPTS

_NAMES = ("missing", "missingSetting", "missing_setting")
_READS = ("get", "getenv")
_DEFAULTED = ("config", "env", "str")


def without_fallback(app: App, reads: Sequence[EnvRead]) -> Iterator[Edit]:
    """The edits that take the literal fallbacks of these reads away. All reads are of one file. None for a read whose
    form is not known."""
    path = reads[0].place.path if reads else ""
    if not path.endswith((".py", *SCRIPTS)):
        return
    file = _file(app, path)
    done: set[tuple[int, int]] = set()
    for read in reads:
        for edit in _of_python(file, read) if path.endswith(".py") else _of_script(file, read):
            if (edit.start, edit.end) not in done:
                done.add((edit.start, edit.end))
                yield edit
    yield from file.helper()


def refused_without(app: App, path: str, spots: Sequence[tuple[t.Node, str]]) -> Iterator[Edit]:
    """The edits that put a refusal in the place of each expression, a stand-in for the setting of that name."""
    file = _file(app, path)
    for node, name in spots:
        yield Edit(path, node.start, node.end, file.refusal(name, node, node))
    yield from file.helper()


def read_instead(app: App, path: str, spots: Sequence[tuple[t.Node, str]]) -> Iterator[Edit]:
    """The edits that read each setting from the environment where a literal stands, and refuse without it."""
    file = _file(app, path)
    parents = {id(child): node for node in file.nodes for child in node.children()}
    for node, name in spots:
        call = file.refusal(name, node, node)
        quote = call[-2]
        read = (
            f"os.environ.get({quote}{name}{quote}) or {call}"
            if path.endswith(".py")
            else f"Deno.env.get({quote}{name}{quote}) || {call}"
            if file.is_deno
            else f"process.env.{name} || {call}"
        )
        bare = not isinstance(parents.get(id(node)), t.Member | t.Binary | t.Await | t.Index)
        yield Edit(path, node.start, node.end, read if bare else f"({read})")
    if path.endswith(".py"):
        yield from Handwriting(path, file.text).needs("os")
    yield from file.helper()


def _file(app: App, path: str) -> _File:
    text = app.files.get(path, "")
    tops = parse_python(text) if path.endswith(".py") else parse_script(text, jsx=not path.endswith(".ts"))
    return _File(app, path, text, tops)


class _File:
    """The file that is edited: its tree, its style, and the name of the function that refuses."""

    def __init__(self, app: App, path: str, text: str, tops: Sequence[t.Node]) -> None:
        self.app, self.path, self.text, self.tops = app, path, text, tops
        self.code = text.encode("utf-8", "surrogatepass")
        self.nodes = [node for top in tops for node in top.walk()]
        self.style: Style = style_of(text, path)
        self.calls: list[t.Node] = []
        own = [n for n in self.nodes if isinstance(n, t.Function) and n.name in _NAMES and _throws(n)]
        taken = {n.id for n in self.nodes if isinstance(n, t.Name)} | {
            n.name for n in self.nodes if isinstance(n, t.Function)
        }
        self.has_helper = bool(own)
        free = (name for name in _NAMES if name not in taken)
        self.name = own[0].name if own else next(free, "settingIsMissing")

    @property
    def is_deno(self) -> bool:
        """Whether it runs on Deno, as the edge functions of Supabase do."""
        return "Deno." in self.text or "supabase/functions/" in self.path

    def cut(self, node: t.Node) -> str:
        return self.code[node.start : node.end].decode("utf-8", "surrogatepass")

    def refusal(self, name: str, at: t.Node, instead: t.Node) -> str:
        """The call that stands instead of a literal, in the literal's own quotes."""
        self.calls.append(at)
        last = self.cut(instead)[-1:]
        quote = last if last and last in "\"'" else self.style.quote
        return f"{self.name}({quote}{name}{quote})"

    def helper(self) -> Iterator[Edit]:
        """The function that tells what is missing, below the imports."""
        if self.has_helper or not self.calls:
            return
        first = min(node.start for node in self.calls)
        head = 0
        for top in self.tops:
            if top.start > first or not _is_head(top, head):
                break
            head = top.end
        text = _in_python(self) if self.path.endswith(".py") else _in_script(self)
        if not head:
            top = next(top for top in self.tops if top.end > first)
            yield Edit(self.path, top.start, top.start, f"{text}\n\n" + ("\n" if self.path.endswith(".py") else ""))
            return
        row = self.code.find(b"\n", head)
        at = len(self.code) if row < 0 else row
        if self.path.endswith(".py"):
            close = "\n" * (self.code[at : at + 2] == b"\n\n" and self.code[at + 2 : at + 3] != b"\n")
            yield Edit(self.path, at, at, f"\n\n\n{text}{close}")
        else:
            yield Edit(self.path, at, at, f"\n\n{text}")


def _is_head(node: t.Node, head: int) -> bool:
    documentation = isinstance(node, t.Literal) and not head
    return isinstance(node, t.Import) or documentation


def _throws(node: t.Function) -> bool:
    return bool(node.body) and isinstance(node.body[-1], t.Throw)


def _in_python(file: _File) -> str:
    step = file.style.step
    told = "{name} is not set: add it to the environment of the server."
    return f"def {file.name}(name: str) -> str:\n{step}raise RuntimeError(f{file.style.quote}{told}{file.style.quote})"


def _in_script(file: _File) -> str:
    style, typed = file.style, file.path.endswith((".ts", ".tsx", ".mts", ".cts"))
    aside = []
    if _built_by_next(file.app, file.path):
        aside.append(f"process.env.NEXT_PHASE === {style.text('phase-production-build')}")
    if not file.is_deno and any(is_test(one) and one.endswith(SCRIPTS) for one in file.app.files):
        aside.append(f"process.env.NODE_ENV === {style.text('test')}")
    given, back = (": string", ": string" if aside else ": never") if typed else ("", "")
    head = f"function {file.name}(name{given}){back} {{\n"
    spared = f"{style.step}if ({' || '.join(aside)}) return name{style.end}\n" if aside else ""
    return (
        f"{head}{spared}{style.step}throw new Error(`${{name}} is not set: add it to the environment of the server.`)"
        f"{style.end}\n}}"
    )


def _built_by_next(app: App, path: str) -> bool:
    """Whether the nearest manifest above the file is that of a Next.js app."""
    folder = path
    while folder:
        folder = posixpath.dirname(folder)
        if (manifest := app.files.get(posixpath.join(folder, "package.json"))) is not None:
            return bool(re.search(r"\"next\"\s*:", manifest))
    return False


def _of_script(file: _File, read: EnvRead) -> Iterator[Edit]:
    for node in file.nodes:
        if not node.line <= read.place.line <= node.end_line:
            continue
        if isinstance(node, t.Binary) and node.op in ("||", "??") and _is(node.right, read.fallback):
            if _reads(node.left, read.name):
                yield from _instead(file, node, read.name)
        elif isinstance(node, t.Assign) and _is(node.value, read.fallback) and isinstance(node.target, t.Name):
            if _unpacks(file, node) and node.value is not None:
                yield Edit(file.path, node.value.start, node.value.end, file.refusal(read.name, node, node.value))
        elif isinstance(node, t.Call) and isinstance(node.callee, t.Member) and _is_default_of_schema(file, node, read):
            yield Edit(file.path, node.callee.object.end, node.end, "")


def _is_default_of_schema(file: _File, node: t.Call, read: EnvRead) -> bool:
    """`z.string().default("...")`."""
    ends = isinstance(node.callee, t.Member) and node.callee.name == "default" and len(node.args) == 1
    return ends and _is(node.args[0], read.fallback) and file.cut(node).startswith("z.")


def _instead(file: _File, node: t.Binary, name: str) -> Iterator[Edit]:
    yield Edit(file.path, node.right.start, node.right.end, file.refusal(name, node, node.right))
    between = file.code[node.left.end : node.right.start]
    if node.op == "??" and not (isinstance(node.left, t.Binary) and node.left.op == "??") and b"??" in between:
        at = node.left.end + between.index(b"??")
        yield Edit(file.path, at, at + 2, "||")


def _unpacks(file: _File, default: t.Assign) -> bool:
    """Whether a default stands in `const { NAME = "..." } = process.env`."""
    whole = (
        n for n in file.nodes if isinstance(n, t.Assign) and isinstance(n.target, t.Object) and n.value is not None
    )
    return any(
        n.start <= default.start and default.end <= n.end and file.cut(n.value).endswith(".env")
        for n in whole
        if n.value
    )


def _is(node: t.Node | None, text: str | None) -> bool:
    if isinstance(node, t.Template) and len(node.pieces) == 1:
        node = node.pieces[0]
    return isinstance(node, t.Literal) and isinstance(node.value, str) and node.value == text


def _reads(node: t.Node, name: str) -> bool:
    """Whether an expression is a read of an environment name, or such reads tried one after the other."""
    last = node.right if isinstance(node, t.Binary) and node.op in ("||", "??") else node
    first = node.left if isinstance(node, t.Binary) and node.op in ("||", "??") else None
    own = any(
        (isinstance(n, t.Member) and n.name == name) or (isinstance(n, t.Literal) and n.value == name)
        for n in last.walk()
    )
    return own or (first is not None and _reads(first, name))


def _of_python(file: _File, read: EnvRead) -> Iterator[Edit]:
    parents = {id(child): node for node in file.nodes for child in node.children()}
    for node in file.nodes:
        if not node.line <= read.place.line <= node.end_line:
            continue
        if (
            isinstance(node, t.Binary)
            and node.op == "||"
            and _is(node.right, read.fallback)
            and _reads(node.left, read.name)
        ):
            yield Edit(file.path, node.right.start, node.right.end, file.refusal(read.name, node, node.right))
        elif isinstance(node, t.Call) and node.args and _is(node.args[0], read.name):
            yield from _default_of_call(file, node, read, parents.get(id(node)))
        elif isinstance(node, t.Assign) and node.annotation is not None and node.value is not None:
            yield from _field(file, node, read)


def _default_of_call(file: _File, node: t.Call, read: EnvRead, parent: t.Node | None) -> Iterator[Edit]:
    """`os.getenv(NAME, "...")`, and `config(NAME, default="...")` of the libraries that refuse by themselves."""
    given = node.args[1] if len(node.args) == 2 else node.keywords.get("default")
    if given is None or not _is(given, read.fallback):
        return
    name = (
        node.callee.name
        if isinstance(node.callee, t.Member)
        else node.callee.id
        if isinstance(node.callee, t.Name)
        else ""
    )
    after = node.args[0].end
    if name in _READS and ("environ" in file.cut(node.callee) or name == "getenv"):
        call = file.refusal(read.name, node, given)
        bare = not isinstance(parent, t.Member | t.Call | t.Binary) or node in getattr(parent, "args", [])
        read_only = f"{file.cut(node)[: _length(file, node, after)]})"
        whole = f"{read_only} or {call}"
        yield Edit(file.path, node.start, node.end, whole if bare else f"({whole})")
    elif name in _DEFAULTED and ("decouple" in file.text or "environ" in file.text):
        yield Edit(file.path, after, given.end, "")


def _length(file: _File, node: t.Node, end: int) -> int:
    return len(file.code[node.start : end].decode("utf-8", "surrogatepass"))


def _field(file: _File, node: t.Assign, read: EnvRead) -> Iterator[Edit]:
    """A field of a settings class: without its default it is asked for when the class is made."""
    if not isinstance(node.target, t.Name) or node.annotation is None or node.value is None:
        return
    if node.line != read.place.line or re.search(r"Optional|None", file.cut(node.annotation)):
        return
    if _is(node.value, read.fallback):
        yield Edit(file.path, node.annotation.end, node.value.end, "")
    elif isinstance(node.value, t.Call) and isinstance(node.value.callee, t.Name) and node.value.callee.id == "Field":
        first = node.value.args[0] if node.value.args else None
        named = node.value.keywords.get("default")
        if first is not None and _is(first, read.fallback):
            yield Edit(file.path, first.start, first.end, "...")
        elif named is not None and _is(named, read.fallback):
            yield Edit(file.path, named.start, named.end, "...")
