"""Calls to a language model that a page makes itself, with the key in its code, read so that a server can make them.

Only calls of which everything is known are read: one call of one client (or one `fetch`), a model and settings that
stand there, prompts of fixed texts, and texts from outside in what the user says. Streams, messages that come as a
list, outside values in the system's text and keys that are handed on are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted

_PUBLIC = re.compile(r"^(?:VITE|NEXT_PUBLIC|EXPO_PUBLIC|REACT_APP|NUXT_PUBLIC|GATSBY|VUE_APP|PUBLIC)_")
_READ = re.compile(
    r"(?:import\.meta\.env|process\.env)(?:\.(\w+)|\[['\"](\w+)['\"]\])(?:\s*(?:\|\||\?\?)\s*(?:''|\"\"))?$"
)
_OPTIONS = {"apiKey", "dangerouslyAllowBrowser", "baseURL"}
_TEXTUAL = ("trim", "toString", "toLowerCase", "toUpperCase", "join", "slice", "substring", "toFixed")
_REASONING = re.compile(r"^(?:o\d|gpt-5)")


@dataclass(frozen=True)
class Provider:
    """Who sells a model: its name, the method of its SDK, its address, what the key is sent in, its setting."""

    name: str
    method: str
    base: str
    path: str
    headers: tuple[tuple[str, str], ...]
    setting: str


_BEARER = (("Authorization", "`Bearer ${key}`"),)
_SDKS = {
    "openai": Provider(
        "OpenAI",
        "chat.completions.create",
        "https://api.openai.com/v1",
        "/chat/completions",
        _BEARER,
        "OPENAI_API_KEY",
    ),
    "groq-sdk": Provider(
        "Groq",
        "chat.completions.create",
        "https://api.groq.com/openai/v1",
        "/chat/completions",
        _BEARER,
        "GROQ_API_KEY",
    ),
    "@anthropic-ai/sdk": Provider(
        "Anthropic",
        "messages.create",
        "https://api.anthropic.com",
        "/v1/messages",
        (("x-api-key", "key"), ("anthropic-version", '"2023-06-01"')),
        "ANTHROPIC_API_KEY",
    ),
}


@dataclass
class ModelCall:
    """A call: where it stands (`awaited`, with its statement), the request that it makes (`headers` as the server
    writes them, with its `key`), the texts that only the page knows (name in the body, how the page writes it), and
    the statements that are of no use in the page without it."""

    file: Handwriting
    provider: str
    awaited: t.Await
    url: str
    headers: tuple[tuple[str, str], ...]
    payload: str
    key: t.Node
    variable: str
    setting: str
    outside: dict[str, str] = field(default_factory=dict)
    idle: list[t.Node] = field(default_factory=list)


def model_call(file: Handwriting) -> ModelCall | None:
    """The one call of a page's file to a model; None where there is none, more than one, or one that is not known."""
    made = [(node, sdk) for node in file.top if (sdk := _sdk(file, node))]
    return _by_sdk(file, *made[0]) if len(made) == 1 else None


def _sdk(file: Handwriting, node: t.Node) -> tuple[t.Import, Provider] | None:
    """The SDK of which a statement makes a client."""
    value = node.value if isinstance(node, t.Assign) else None
    if not isinstance(value, t.Call) or not value.new or not isinstance(value.callee, t.Name):
        return None
    for one in file.top:
        if isinstance(one, t.Import) and one.module in _SDKS and value.callee.id in (local for _, local in one.names):
            return one, _SDKS[one.module]
    return None


def _by_sdk(file: Handwriting, node: t.Node, sdk: tuple[t.Import, Provider]) -> ModelCall | None:
    module, provider = sdk
    assert isinstance(node, t.Assign)
    assert isinstance(node.value, t.Call)
    options = node.value.args[0] if len(node.value.args) == 1 else None
    if not isinstance(node.target, t.Name) or not isinstance(options, t.Object):
        return None
    given = {name: value for name, value in options.entries if isinstance(name, str)}
    base = given.get("baseURL")
    key = _key(file, given.get("apiKey"))
    if len(given) != len(options.entries) or not given.keys() <= _OPTIONS or key is None:
        return None
    if base is not None and not (isinstance(base, t.Literal) and str(base.value).startswith("https://")):
        return None
    used = [n for n in uses(file, node.target.id) if n is not node.target]
    classes = [one for _, local in module.names for one in _said(file, local, module)]
    call = (
        next((n for n in file.nodes if isinstance(n, t.Call) and n.callee.start == used[0].start), None)
        if used
        else None
    )
    if len(used) != 1 or len(classes) != 1 or call is None or len(call.args) != 1:
        return None
    awaited = next(iter(file.above(call)), None)
    if dotted(call.callee) != f"{node.target.id}.{provider.method}" or not isinstance(awaited, t.Await):
        return None
    payload = _Payload(file, call)
    body = payload.read(call.args[0])
    if body is None:
        return None
    address = str(base.value).rstrip("/") if isinstance(base, t.Literal) else provider.base
    idle = [module, node, *key[1], *payload.idle]
    return ModelCall(
        file,
        provider.name,
        awaited,
        address + provider.path,
        provider.headers,
        body,
        key[0],
        _variable(file, key[0]),
        _PUBLIC.sub("", _variable(file, key[0])) or provider.setting,
        payload.outside,
        idle,
    )


def uses(file: Handwriting, name: str) -> list[t.Node]:
    """Every place where a name stands in a file, of an export too."""
    found: list[t.Node] = [n for n in file.nodes if isinstance(n, t.Name) and n.id == name]
    exported = [n for n in file.nodes if isinstance(n, t.Export) and any(name == inner for inner, _ in n.names)]
    return [*found, *exported, *_exported_alone(file, name)]


def _said(file: Handwriting, name: str, besides: t.Node) -> list[re.Match[bytes]]:
    """Every place where a word stands in a file, in types too, but for one statement."""
    rest = file.code[: besides.start] + file.code[besides.end :]
    return list(re.finditer(rb"\b%s\b" % re.escape(name.encode()), rest))


def _exported_alone(file: Handwriting, name: str) -> Iterator[t.Node]:
    for node in file.top:
        inner = node.value if isinstance(node, t.Export) else None
        if isinstance(inner, t.Assign) and isinstance(inner.target, t.Name) and inner.target.id == name:
            yield node


def _key(file: Handwriting, node: t.Node | None) -> tuple[t.Node, list[t.Node]] | None:
    """Where a key stands, and the statement that keeps it under a name for this one use."""
    if isinstance(node, t.Name):
        kept = [
            n for n in file.top if isinstance(n, t.Assign) and isinstance(n.target, t.Name) and n.target.id == node.id
        ]
        if len(kept) != 1 or kept[0].value is None or len(uses(file, node.id)) != 2:
            return None
        inner = _key(file, kept[0].value) if not isinstance(kept[0].value, t.Name) else None
        return (inner[0], [kept[0]]) if inner else None
    if node is None or not (_variable(file, node) or (isinstance(node, t.Literal) and isinstance(node.value, str))):
        return None
    return node, []


def _variable(file: Handwriting, node: t.Node) -> str:
    """The public setting that an expression reads."""
    found = _READ.match(file.of(node))
    name = (found[1] or found[2]) if found else ""
    return name if _PUBLIC.match(name) else ""


class _Payload:
    """What is sent to a model, written anew for the server."""

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


_TAKEN = frozenset(
    "key token user req response error supabase json allowed corsHeaders text "
    "class default delete function in new return this typeof var void with let const case".split()
)


def _declares(node: t.Node, name: str) -> bool:
    """Whether a node gives a name its value: a parameter, a declaration, a pattern."""
    if isinstance(node, t.Parameter) or (isinstance(node, t.Assign) and node.declares):
        return any(isinstance(n, t.Name) and n.id == name for n in node.target.walk())
    return False
