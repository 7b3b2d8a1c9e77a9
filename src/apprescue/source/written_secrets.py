"""Secrets that are written down: where each stands in its file, and what its setting is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apprescue.model.app import App
from apprescue.model.finding import Finding
from apprescue.model.leak import Leak
from apprescue.model.place import Code

_CALLED = {
    "Stripe": "STRIPE_SECRET_KEY", "Supabase": "SUPABASE_SERVICE_ROLE_KEY", "a database": "DATABASE_URL",
    "Neon": "DATABASE_URL", "MongoDB": "MONGODB_URI", "AWS": "AWS_SECRET_ACCESS_KEY", "GitHub": "GITHUB_TOKEN",
    "GitLab": "GITLAB_TOKEN", "Slack": "SLACK_TOKEN", "npm": "NPM_TOKEN", "Hugging Face": "HF_TOKEN",
    "a private key": "PRIVATE_KEY", "a session": "TOKEN",
}  # fmt: skip


def told_by(finding: Finding, leaks: tuple[Leak, ...]) -> list[Leak]:
    """The secrets that a finding speaks of."""
    places = {(p.path, p.line) for p in (finding.place, *finding.related) if isinstance(p, Code)}
    return [leak for leak in leaks if leak.is_secret and (leak.place.path, leak.place.line) in places]


def setting_name(leak: Leak, app: App) -> str:
    """What the setting of a secret is called: as it is beside it, as the code calls that provider's, or as usual."""
    if re.fullmatch(r"[A-Z][A-Z0-9_]{3,}", leak.name):
        return leak.name
    usual = _CALLED.get(leak.provider, "")
    if not usual and leak.provider[:1].isupper():
        usual = re.sub(r"[^A-Z0-9]+", "_", leak.provider.upper()) + "_API_KEY"
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", leak.name).upper().strip("_")
    own = snake if re.fullmatch(r"[A-Z][A-Z0-9_]{5,}", snake) and "_" in snake else ""
    known = {read.name for read in app.env_reads}
    return own if own in known or not usual else usual


def spots(text: str, leak: Leak) -> Iterator[tuple[int, int]]:
    """The bytes of every place where the value stands in a text."""
    code, value = text.encode("utf-8", "surrogatepass"), leak.value.encode("utf-8", "surrogatepass")
    at = code.find(value) if value else -1
    while at >= 0:
        yield at, at + len(value)
        at = code.find(value, at + len(value))
