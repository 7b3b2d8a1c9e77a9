"""What a secret is: issuer, live or test, and whether it is one at all."""

from __future__ import annotations

import base64
import json

import pytest

from apprescue.source.rotation import ROTATION, rotation
from apprescue.source.secret_kinds import is_placeholder, kind_of

BODY = "51Hq7Rt9xLm2VbN4kPzW8sYdU3e"


def token(**claims: str) -> str:
    parts = ({"alg": "HS256"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + ".c2lnbmVk"


@pytest.mark.parametrize(
    ("value", "provider", "kind", "power"),
    [
        ("sk_" + "live_" + BODY, "Stripe", "live", "critical"),
        ("sk_" + "test_" + BODY, "Stripe", "test", "medium"),
        ("pk_" + "live_" + BODY, "Stripe", "publishable", "low"),
        ("sb_" + "secret_" + BODY, "Supabase", "live", "critical"),
        ("npg" + "_pT4x9qLmZ2vR", "Neon", "live", "critical"),
        (token(iss="supabase", role="anon"), "Supabase", "publishable", "low"),
        (token(iss="supabase", role="service_role"), "Supabase", "live", "critical"),
        (token(iss="supabase-demo", role="service_role"), "Supabase", "placeholder", "low"),
        (token(sub="user-1"), "a session", "live", "low"),
        ("sk_" + "live_9f3b71", "Stripe", "placeholder", "low"),
    ],
)
def test_a_value_says_what_it_is(value: str, provider: str, kind: str, power: str) -> None:
    found = kind_of("rule", value)
    assert (found.provider, found.kind, found.power) == (provider, kind, power)


def test_a_map_key_in_the_browser_is_made_to_be_seen_and_another_is_not() -> None:
    key = "AI" + "za" + "SyQ7Rt9xLm2VbN4kPzW8sYdU3eK5jH1gF0c"
    assert kind_of("gcp-api-key", key, "VITE_GOOGLE_MAPS_API_KEY").kind == "publishable"
    assert kind_of("gcp-api-key", key, "apiKey", "initializeApp({authDomain: 'x'})").kind == "publishable"
    assert kind_of("gcp-api-key", key, "GEMINI_API_KEY").kind == "live"


@pytest.mark.parametrize(
    "value",
    [
        "your-secret-key",
        "sk_live_xxxxxxxxxxxx",
        "${KEY}",
        "<token>",
        "AKIA" + "X" * 16,
        "changeme",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_a_placeholder_is_no_secret(value: str) -> None:
    assert is_placeholder(value)


def test_every_provider_that_we_know_by_shape_has_its_own_rotation_steps() -> None:
    assert rotation("Stripe") == ROTATION["Stripe"]
    assert "disable the old one" in rotation("Somebody")
