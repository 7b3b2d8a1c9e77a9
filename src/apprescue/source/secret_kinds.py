"""What a secret is: who issued it, whether it is live, what it opens and how to replace it."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from apprescue.model.leak import Kind

Power = Literal["critical", "high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class SecretKind:
    """`provider` and `what` are words for people; `power` is how much a stranger can do with it."""

    provider: str
    what: str
    kind: Kind
    power: Power


_SHAPES: tuple[tuple[str, SecretKind], ...] = (
    (r"(?:sk|rk)_(?:live|prod)_", SecretKind("Stripe", "live secret key", "live", "critical")),
    (r"(?:sk|rk)_test_", SecretKind("Stripe", "test secret key", "test", "medium")),
    (r"pk_(?:live|test)_", SecretKind("Stripe", "publishable key", "publishable", "low")),
    (r"whsec_", SecretKind("Stripe", "webhook secret", "live", "high")),
    (r"sb_secret_", SecretKind("Supabase", "secret key", "live", "critical")),
    (r"sb_publishable_", SecretKind("Supabase", "publishable key", "publishable", "low")),
    (r"sbp_", SecretKind("Supabase", "management token", "live", "critical")),
    (r"sk-ant-", SecretKind("Anthropic", "API key", "live", "high")),
    (r"sk-or-", SecretKind("OpenRouter", "API key", "live", "high")),
    (r"sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20}", SecretKind("OpenAI", "API key", "live", "high")),
    (r"re_[A-Za-z0-9]{8}_", SecretKind("Resend", "API key", "live", "high")),
    (r"SG\.", SecretKind("SendGrid", "API key", "live", "high")),
    (r"(?:AKIA|ASIA)[A-Z2-7]{16}$", SecretKind("AWS", "access key", "live", "critical")),
    (r"gh[pousr]_|github_pat_", SecretKind("GitHub", "token", "live", "critical")),
    (r"glpat-", SecretKind("GitLab", "token", "live", "critical")),
    (r"xox[abeoprs]-|xapp-", SecretKind("Slack", "token", "live", "high")),
    (r"https://hooks\.slack\.com/", SecretKind("Slack", "webhook address", "live", "medium")),
    (r"pk\.eyJ", SecretKind("Mapbox", "public token", "publishable", "low")),
    (r"sk\.eyJ", SecretKind("Mapbox", "secret token", "live", "high")),
    (r"rzp_(?:test|live)_", SecretKind("Razorpay", "key id", "publishable", "low")),
    (r"phc_", SecretKind("PostHog", "project key", "publishable", "low")),
    (r"npg_", SecretKind("Neon", "database password", "live", "critical")),
    (r"npm_", SecretKind("npm", "token", "live", "critical")),
    (r"hf_", SecretKind("Hugging Face", "token", "live", "high")),
    (r"AIza", SecretKind("Google", "API key", "live", "medium")),
    (r"ya29\.", SecretKind("Google", "access token", "live", "medium")),
    (r"-----BEGIN", SecretKind("a private key", "private key", "live", "critical")),
    (r"PuTTY-User-Key-File", SecretKind("a private key", "private key", "live", "critical")),
    (r"https://[0-9a-f]{32}@[\w.]+/\d+", SecretKind("Sentry", "DSN", "publishable", "low")),
)
_BY_SHAPE = tuple((re.compile(shape), kind) for shape, kind in _SHAPES)

PUBLIC_RULES = re.compile(
    r"(?:-client-id|-account-id|-account-name|-username|-url|-domain|-host|-cloud-name|-application-id|-tenant-id|-token-name"
    r"|-pub-key|-public-key|-pub-api-key|-public-api-token|-project-api-key|-key-id|-user-api-id|-browser-api-token"
    r"|-app-id|-instance-url|-token-id|-access-id|polymarket-address|planetscale-id|plivo-auth-id|-client-sdk-key"
    r"|-mobile-sdk-key)(?:\.\d+)?$"
)
_SECRET_DESPITE = ("supabase-project-api-key", "slack-webhook-url", "microsoft-teams-webhook", "contentful-delivery")
_NAMES = {
    "gcp": "Google", "aws": "AWS", "github": "GitHub", "gitlab": "GitLab", "npm": "npm", "openai": "OpenAI", "jwt":
    "a session", "sendgrid": "SendGrid", "huggingface": "Hugging Face", "postgres": "a database", "mongodb":
    "MongoDB", "xai": "xAI", "digitalocean": "DigitalOcean", "private": "a private key", "curl": "an API", "pypi":
    "PyPI", "elevenlabs": "ElevenLabs", "planetscale": "PlanetScale", "rapidapi": "RapidAPI", "hashicorp":
    "HashiCorp", "microsoft": "Microsoft", "kubernetes": "Kubernetes", "nuget": "NuGet", "rubygems": "RubyGems",
    "sendinblue": "Brevo", "paypal": "PayPal",
}  # fmt: skip

SERVICE_ROLE = SecretKind("Supabase", "service role key", "live", "critical")
ANON = SecretKind("Supabase", "anon key", "publishable", "low")
SESSION = SecretKind("a session", "signed token", "live", "low")
DATABASE = SecretKind("a database", "database address with password", "live", "critical")


def kind_of(rule: str, value: str, name: str = "", text: str = "") -> SecretKind:
    """What a value is that a rule recognised. `name` is its setting, `text` what stands around it (its file)."""
    if is_placeholder(value):
        return SecretKind(_provider(rule), _what(rule), "placeholder", "low")
    if value.startswith("ey") and value.count(".") == 2:
        return _token(value)
    found = next((kind for shape, kind in _BY_SHAPE if shape.match(value)), None)
    if found and found.provider == "Google" and value.startswith("AIza"):
        return _google(found, name, text)
    if found and found.provider == "Stripe" and len(value.rpartition("_")[2]) < 24:
        return replace(found, kind="placeholder", power="low")
    if found and not (found.provider == "Google" and not rule.startswith("gcp")):
        return found
    if PUBLIC_RULES.search(rule) and not rule.startswith(_SECRET_DESPITE):
        return SecretKind(_provider(rule), "public identifier", "publishable", "low")
    return SecretKind(_provider(rule), _what(rule), "live", "high")


def _google(found: SecretKind, name: str, text: str) -> SecretKind:
    """Google's keys for Firebase and for maps in the browser are made to be seen; others pay for what is called."""
    if re.search(r"firebase|maps?|places|youtube", name, re.I) or re.search(
        r"authDomain|firebaseapp\.com|firebase/app|maps\.googleapis|google_maps|GoogleMap", text
    ):
        return replace(found, what="browser key", kind="publishable", power="low")
    return found


def _token(value: str) -> SecretKind:
    claims = claims_of(value)
    if claims.get("iss") == "supabase-demo":
        return replace(ANON, what="key of the local demo", kind="placeholder")
    if claims.get("role") == "service_role":
        return SERVICE_ROLE
    if claims.get("role") == "anon":
        return ANON
    return SESSION if claims else replace(SESSION, kind="placeholder")


def claims_of(token: str) -> dict[str, Any]:
    """What a signed token (JWT) says, its signature not looked at; empty where it cannot be read."""
    try:
        body = token.split(".")[1]
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _provider(rule: str) -> str:
    first = rule.split("-", 1)[0]
    return _NAMES.get(first, first.capitalize() if first else "an unknown service")


def _what(rule: str) -> str:
    words = re.sub(r"\.\d+$", "", rule).split("-")[1:]
    return " ".join(words).replace("api", "API") or "key"


_PLACEHOLDER = re.compile(
    r"x{4,}|X{3,}|\*{3,}|\.{3,}|…|<[^>]*>|\$\{|\{\{|%\(|\$\(|#\{"
    r"|(?<![a-z])(?:your|my|the|some|insert|enter|paste|add|put|replace|change)[\s_.-]?(?:\w+[\s_.-])*?"
    r"(?:key|secret|token|password|pass|id|here|me|this|api|value|url)"
    r"|changeme|change[_-]?it|placeholder|example|sample(?![A-Z]\w*Key)|dummy(?!-)|fake|redacted|replace|todo|fixme|not[_-]?set|goes[_-]?here"
    r"|abcdef|123456789|0{8,}|(?:1234){2}|lorem|foobar|deadbeef|(?<![a-z])stub(?![a-z])|\.\.\.|insert|<|>"
    r"|^(?:null|none|nil|true|false|undefined|string|test|n/?a|secret[_-]?key|api[_-]?key|token|value|key)$",
    re.I,
)


def is_placeholder(value: str) -> bool:
    """Whether a value only holds the place of a secret: `your-key-here`, `sk_live_xxxx`, `${KEY}`."""
    body = value.strip()
    if body.startswith("-----"):
        return len(re.sub(r"-----[^-]*-----|\s|\\n", "", body)) < 60
    if re.fullmatch(r"ey[\w-]+\.[\w-]+\.[\w-]*", body):
        return False
    tail = re.split(r"[_-]", body)[-1]
    return (
        bool(_PLACEHOLDER.search(body))
        or (len(tail) > 3 and len(set(tail)) <= 2)
        or (len(tail) > 11 and len(set(tail.lower())) <= 4)
    )
