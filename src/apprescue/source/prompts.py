"""What a page sends to a language model, written anew for a server: fixed texts, and names for texts from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted

_TEXTUAL = ("trim", "toString", "toLowerCase", "toUpperCase", "join", "slice", "substring", "toFixed")
_REASONING = re.compile(r"^(?:o\d|gpt-5)")
_TAKEN = frozenset(
    "key token user req response error supabase json allowed corsHeaders text "
    "class default delete function in new return this typeof var void with let const case".split()
)


def uses(file: Handwriting, name: str) -> list[t.Node]:
    """Every place where a name stands in a file, of an export too."""
    found: list[t.Node] = [n for n in file.nodes if isinstance(n, t.Name) and n.id == name]
    exported = [n for n in file.nodes if isinstance(n, t.Export) and any(name == inner for inner, _ in n.names)]
    return [*found, *exported, *_exported_alone(file, name)]


def _exported_alone(file: Handwriting, name: str) -> Iterator[t.Node]:
    for node in file.top:
        inner = node.value if isinstance(node, t.Export) else None
        if isinstance(inner, t.Assign) and isinstance(inner.target, t.Name) and inner.target.id == name:
            yield node


class Prompt:
    """What is sent to a model. `outside` are the texts that only the page knows (the server's name, how the page writes
    it), `idle` the statements that nothing but this call needs."""

    def __init__(self, file: Handwriting, call: t.Call) -> None:
        self.file, self.call = file, call
        self.outside: dict[str, str] = {}
        self.idle: list[t.Node] = []
        self._puts: list[tuple[int, int, str]] = []

    def read(self, node: t.Node) -> str | None:
        """The text of the object; None where not all of it is known."""
        if not isinstance(node, t.Object):
            return None
        known = {key: value for key, value in node.entries if isinstance(key, str)}
        stream, model = known.get("stream"), known.get("model")
        if len(known) != len(node.entries) or "messages" not in known or model is None:
            return None
        if stream is not None and not (isinstance(stream, t.Literal) and stream.value is False):
            return None
        text = self._written(node, "")
        if text is None:
            return None
        names = known.keys() & {"max_tokens", "max_completion_tokens"}
        return text if names else self._capped(text, self._value(model))

    def _value(self, node: t.Node) -> str:
        found = self._kept(node.id) if isinstance(node, t.Name) else node
        found = found.value if isinstance(found, t.Assign) else found
        return str(found.value) if isinstance(found, t.Literal) else ""

    def _capped(self, text: str, model: str) -> str:
        cap = "max_completion_tokens: 4000" if _REASONING.match(model) else "max_tokens: 1000"
        inner = text[1:]
        gap = inner[: len(inner) - len(inner.lstrip())]
        return f"{{{gap}{cap},{gap or ' '}{inner.lstrip()}"

    def _written(self, node: t.Node, role: str) -> str | None:
        """The text of an expression; `role` is who says the message that it stands in."""
        if isinstance(node, t.Literal):
            return self.file.of(node)
        if isinstance(node, t.Unary) and isinstance(node.value, t.Literal):
            return self.file.of(node)
        if isinstance(node, t.Array):
            return self._with(node, [(one, self._written(one, role)) for one in node.items])
        if isinstance(node, t.Object):
            return self._object(node, role)
        if isinstance(node, t.Template):
            return self._with(node, [(one, self._piece(one, role)) for one in node.pieces])
        return self._named(node, role) if isinstance(node, t.Name) else None

    def _object(self, node: t.Object, role: str) -> str | None:
        said = node.get("role")
        role = str(said.value) if isinstance(said, t.Literal) else role if said is None else ""
        pieces: list[tuple[t.Node, str | None]] = []
        for key, value in node.entries:
            if not isinstance(key, str):
                return None
            text = self._content(value, role) if key in ("content", "text") else self._written(value, role)
            short = isinstance(value, t.Name) and key == value.id and not self._is_told(value)
            pieces.append((value, f"{key}: {text}" if short and text != key and text else text))
        return self._with(node, pieces)

    def _is_told(self, value: t.Node) -> bool:
        return self.file.code[: value.start].rstrip().endswith(b":")

    def _content(self, node: t.Node, role: str) -> str | None:
        """What is said in a message: fixed, or a text from outside."""
        text = self._written(node, role)
        return text if text is not None else self._asked(node, role) if self._is_text(node) else None

    def _piece(self, node: t.Node, role: str) -> str | None:
        if isinstance(node, t.Literal):
            return self.file.code[node.start : node.end].decode("utf-8", "surrogatepass")
        text = self._named(node, role) if isinstance(node, t.Name) else None
        return text if text is not None else self._asked(node, role)

    def _asked(self, node: t.Node, role: str) -> str | None:
        """The name of a text that comes from outside, which only the user says."""
        root = node
        while isinstance(root, t.Member | t.Call):
            if isinstance(root, t.Call) and not (isinstance(root.callee, t.Member) and root.callee.name in _TEXTUAL):
                return None
            root = root.callee if isinstance(root, t.Call) else root.object
        if role != "user" or not isinstance(root, t.Name):
            return None
        told = self.file.of(node)
        sent = told if self._is_text(node) else f"String({told})"
        same = next((name for name, text in self.outside.items() if text == sent), None)
        words = [w for w in re.findall(r"[A-Za-z]\w*", told) if w not in _TEXTUAL]
        name = same or (words[-1] if words else "text")
        if name in _TAKEN or (name in self.outside and self.outside[name] != sent):
            name = next(f"{name}{n}" for n in range(2, 100) if f"{name}{n}" not in self.outside)
        self.outside[name] = sent
        return name

    def _is_text(self, node: t.Node) -> bool:
        """Whether an expression is a text for certain."""
        if isinstance(node, t.Call) and isinstance(node.callee, t.Member):
            return node.callee.name in _TEXTUAL and node.callee.name != "slice"
        if not isinstance(node, t.Name):
            return False
        known = [one for one in self.file.nodes if _declares(one, node.id)]
        if len(known) != 1:
            return False
        one = known[0]
        if isinstance(one, t.Parameter):
            return one.rest == "" and isinstance(one.annotation, t.Name) and one.annotation.id == "string"
        value = one.value if isinstance(one, t.Assign) else None
        first = value.args[0] if isinstance(value, t.Call) and len(value.args) == 1 else None
        state = isinstance(value, t.Call) and dotted(value.callee) in ("useState", "React.useState")
        return state and isinstance(first, t.Literal) and isinstance(first.value, str)

    def _kept(self, name: str) -> t.Assign | None:
        """The statement that keeps a value under a name, where there is one."""
        found = [one for one in self.file.nodes if _declares(one, name)]
        one = found[0] if len(found) == 1 else None
        plain = isinstance(one, t.Assign) and isinstance(one.target, t.Name)
        return one if plain and isinstance(one, t.Assign) and isinstance(self.file.statement(one), t.Assign) else None

    def _named(self, node: t.Name, role: str) -> str | None:
        """A fixed value that is kept under a name, for this call alone or at the top of the file."""
        kept = self._kept(node.id)
        if (
            kept is None
            or kept.value is None
            or not isinstance(kept.value, t.Literal | t.Template | t.Array | t.Object)
        ):
            return None
        if self.file.code[kept.target.start - 6 : kept.target.start] != b"const ":
            return None
        alone = len(uses(self.file, node.id)) == 2
        fixed = not any(isinstance(n, t.Name) for n in kept.value.walk())
        if not alone and not fixed:
            return None
        text = self._written(kept.value, role)
        if text is not None and alone and kept not in self.idle:
            self.idle.append(kept)
        return text

    def _with(self, node: t.Node, pieces: list[tuple[t.Node, str | None]]) -> str | None:
        """The text of a node with other texts in the place of its parts."""
        code, done, text = self.file.code, node.start, ""
        for part, put in pieces:
            if put is None:
                return None
            text += code[done : part.start].decode("utf-8", "surrogatepass") + put
            done = part.end
        return text + code[done : node.end].decode("utf-8", "surrogatepass")


def _declares(node: t.Node, name: str) -> bool:
    """Whether a node gives a name its value: a parameter, a declaration, a pattern."""
    if isinstance(node, t.Parameter) or (isinstance(node, t.Assign) and node.declares):
        return any(isinstance(n, t.Name) and n.id == name for n in node.target.walk())
    return False
