"""Calls to language models, by their SDK's name or by the address that is fetched."""

from __future__ import annotations

import re

from apprescue.model.app import AiCall, App
from apprescue.model.place import Code
from apprescue.model.trace import Step
from apprescue.source import known
from apprescue.source.project import Project

_PROVIDERS = {
    "OpenAI": r"openai", "Anthropic": r"anthropic", "Google": r"generativelanguage|genai|gemini|generateContent",
    "Lovable": r"lovable", "OpenRouter": r"openrouter", "Groq": r"groq", "Mistral": r"mistral",
    "ElevenLabs": r"elevenlabs",
    "Perplexity": r"perplexity", "DeepSeek": r"deepseek", "Replicate": r"replicate", "Hugging Face": r"huggingface",
    "Vercel AI SDK": r"^ai\.|@ai-sdk",
}  # fmt: skip


def read(app: App, project: Project) -> dict[str, tuple[AiCall, ...]]:
    """Every call, once per place; with the route that makes it where there is one."""
    routes = {id(r.trace): str(r) for r in app.routes}
    found: dict[Code, AiCall] = {}
    for trace in app.traces:
        for step in trace.steps:
            if known.is_model(step):
                found.setdefault(step.place, AiCall(_provider(step), step.place, step, routes.get(id(trace), "")))
    return {"ai_calls": tuple(found.values())}


def _provider(step: Step) -> str:
    said = step.name + " " + " ".join(known.plain(a) for a in step.args)
    return next((name for name, pattern in _PROVIDERS.items() if re.search(pattern, said, re.I)), "a language model")
