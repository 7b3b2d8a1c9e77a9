"""Language models write 4,096 tokens at most, some three thousand words; those that think before they write 16,384.

The limit has the name that its provider and library give it. Left are models whose name does not stand in the code or
is not known to us, calls whose settings are not written out, and models that make pictures or sound. An old GPT-4
counts the question too and gets 2,048. All calls that the finding names are capped, or none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from apprescue.fixes.interface import Changes, fix
from apprescue.model.app import AiCall, App
from apprescue.model.finding import Finding
from apprescue.model.patch import Edit, Todo
from apprescue.model.place import code_of
from apprescue.source import known
from apprescue.source import tree as t
from apprescue.source.answer_headers import with_entry
from apprescue.source.dependencies import manifest_of, versions
from apprescue.source.handwriting import Handwriting, dotted, hand

_USUAL, _THINKING, _SMALL = 4096, 16384, 2048
_THINKS = re.compile(r"^o[1-9]\b|^gpt-5|^gemini-(?:2\.5|[3-9])|reasoner|\br1\b|thinking|^qwq|^grok-(?:3-mini|[4-9])")
_WRITES = re.compile(
    r"^(?:gpt-|chatgpt-|gemini-|claude-|llama|meta-llama|mi[sx]tral|deepseek|command|sonar|qwen|gemma|grok)"
)
_NO_TEXT = re.compile(r"image|audio|tts|embed|realtime|transcri|live|veo|whisper")
_OLD = re.compile(r"^gpt-4(?:-0\d{3})?$")
_OPENAI_THINKS = re.compile(r"^o[1-9]\b|^gpt-5")
_KIT = ("generateText", "streamText", "generateObject", "streamObject")
_GOOGLE = ("generateContent", "generateContentStream", "generate_content", "generate_content_stream")


@dataclass(frozen=True)
class _Asked:
    """A call to a model as it is written: its settings, and what says which way it is called."""

    call: t.Call
    settings: t.Object | t.Call
    way: str

    def get(self, name: str) -> t.Node | None:
        """One of the settings."""
        return self.settings.get(name) if isinstance(self.settings, t.Object) else self.settings.keywords.get(name)


@fix("ai/answer_without_length_limit", title="Limit how much the AI may write")
def cap_the_answer(finding: Finding, app: App) -> Changes:
    """The limit in each call, or nothing where one of them is not known."""
    places = {code_of(one) for one in (finding.place, *finding.related)}
    edits: dict[Edit, None] = {}
    for call in app.ai_calls:
        if call.place in places:
            made = _capped(app, call)
            if made is None:
                return
            edits[made] = None
    if edits:
        yield from edits
        yield Todo("Look at each limit: a caption needs 200 tokens, a long article more than it has now.")


def _capped(app: App, call: AiCall) -> Edit | None:
    file = hand(app, call.place.path)
    asked = next((found for one in file.calls(call.place) if (found := _asked(one))), None) if file else None
    if file is None or asked is None or asked.get("thinking") is not None:
        return None
    model = _model(file, asked, call).lower().rpartition("/")[2]
    limit = _limit(model)
    if not limit:
        return None
    if asked.way == "config":
        return _nested(file, asked, limit)
    name = _name(app, file, asked.way, model)
    return _added(file, asked, name, str(limit)) if name else None


def _asked(call: t.Call) -> _Asked | None:
    name = dotted(call.callee)
    last = name.rpartition(".")[2]
    if last in ("fetch", "post") and call.args:
        return _by_address(call)
    settings = call.args[0] if len(call.args) == 1 and not call.keywords else call if not call.args else None
    if not isinstance(settings, t.Object | t.Call):
        return None
    if last in _GOOGLE:
        new = name.endswith(f"models.{last}")
        return _Asked(call, settings, "config" if new else "generationConfig") if new or settings is not call else None
    ways = {"completions.create": "chat", "messages.create": "messages", "messages.stream": "messages",
            "responses.create": "responses", "responses.stream": "responses"}  # fmt: skip
    way = "kit" if last in _KIT else next((way for end, way in ways.items() if name.endswith(f".{end}")), "")
    return _Asked(call, settings, way) if way else None


def _by_address(call: t.Call) -> _Asked | None:
    told = call.args[0]
    address = "".join(str(one.value) for one in told.walk() if isinstance(one, t.Literal))
    options = call.args[1] if len(call.args) > 1 else None
    body = options.get("body") if isinstance(options, t.Object) else call.keywords.get("json")
    if isinstance(body, t.Call) and dotted(body.callee) == "JSON.stringify" and body.args:
        body = body.args[0]
    ends = {"/chat/completions": "chat", "/v1/messages": "messages", "/v1/responses": "responses"}
    way = next((way for end, way in ends.items() if end in address), "")
    return _Asked(call, body, way) if isinstance(body, t.Object) and way and known.MODEL_URL.search(address) else None


def _model(file: Handwriting, asked: _Asked, call: AiCall) -> str:
    node = asked.get("model")
    if isinstance(node, t.Call) and len(node.args) == 1:
        node = node.args[0]
    if isinstance(node, t.Literal):
        return str(node.value)
    name = node.id if isinstance(node, t.Name) else node.name if isinstance(node, t.Member) else ""
    found = [n.value for n in file.nodes if isinstance(n, t.Assign) and _target(n) == name and name]
    return str(found[0].value) if len(found) == 1 and isinstance(found[0], t.Literal) else ""


def _target(node: t.Assign) -> str:
    return node.target.id if isinstance(node.target, t.Name) else getattr(node.target, "name", "")


def _limit(model: str) -> int:
    if _NO_TEXT.search(model):
        return 0
    if _THINKS.search(model):
        return _THINKING
    return _SMALL if _OLD.search(model) else _USUAL if _WRITES.search(model) else 0


def _name(app: App, file: Handwriting, way: str, model: str) -> str:
    if way == "kit":
        manifest = manifest_of(app.files, file.path, "ai")
        major = re.search(r"\d+", versions(app.files[manifest])["ai"] if manifest else "")
        return ("maxTokens" if int(major[0]) < 5 else "maxOutputTokens") if major else ""
    if way == "chat" and _OPENAI_THINKS.search(model):
        return "max_completion_tokens"
    return {"chat": "max_tokens", "messages": "max_tokens", "responses": "max_output_tokens"}.get(way, "")


def _nested(file: Handwriting, asked: _Asked, limit: int) -> Edit | None:
    """For Google's library, which keeps the limit in an object of its own."""
    name = "max_output_tokens" if file.is_python else "maxOutputTokens"
    said = f'{{"{name}": {limit}}}' if file.is_python else f"{{ {name}: {limit} }}"
    config = asked.get("config")
    if config is None:
        return _added(file, asked, "config", said)
    return with_entry(file, config, f"{name}: {limit}") if isinstance(config, t.Object) and not file.is_python else None


def _added(file: Handwriting, asked: _Asked, name: str, value: str) -> Edit | None:
    if isinstance(asked.settings, t.Object):
        said = file.said(name) if file.is_python else name
        return with_entry(file, asked.settings, f"{said}: {value}")
    last = max(asked.settings.keywords.values(), key=lambda one: one.end)
    apart = f"\n{file.indent(last)}" if last.line > asked.call.line else " "
    return file.at(last.end, f",{apart}{name}={value}")
