"""Calls to a language model that a page makes itself, with the key in its code, read so that a server can make them.

Only calls of which everything is known are read: one call of one client (or one `fetch`), a model and settings that
stand there, prompts of fixed texts, and texts from outside in what the user says. Streams, messages that come as a
list, outside values in the system's text and keys that are handed on are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from apprescue.source import tree as t
from apprescue.source.handwriting import Handwriting, dotted
from apprescue.source.prompts import Prompt, uses

_PUBLIC = re.compile(r"^(?:VITE|NEXT_PUBLIC|EXPO_PUBLIC|REACT_APP|NUXT_PUBLIC|GATSBY|VUE_APP|PUBLIC)_")
_READ = re.compile(
    r"(?:import\.meta\.env|process\.env)(?:\.(\w+)|\[['\"](\w+)['\"]\])(?:\s*(?:\|\||\?\?)\s*(?:''|\"\"))?$"
)
_OPTIONS = {"apiKey", "dangerouslyAllowBrowser", "baseURL"}


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
    payload = Prompt(file, call)
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


def _said(file: Handwriting, name: str, besides: t.Node) -> list[re.Match[bytes]]:
    """Every place where a word stands in a file, in types too, but for one statement."""
    rest = file.code[: besides.start] + file.code[besides.end :]
    return list(re.finditer(rb"\b%s\b" % re.escape(name.encode()), rest))


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
