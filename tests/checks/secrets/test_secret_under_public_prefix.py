"""A secret under a public prefix is found; public values under it are let pass."""

from __future__ import annotations

from tests.support import audit_files

CHECK = "secrets/secret_under_public_prefix"
VITE = {"package.json": '{"dependencies": {"vite": "5", "react-dom": "18"}}'}


def test_a_secret_that_the_browser_reads_is_found() -> None:
    code = "const ai = new OpenAI({ apiKey: import.meta.env.VITE_OPENAI_API_KEY })\n"
    found = audit_files(VITE | {"src/ai.ts": code}, only=CHECK)
    assert [(f.severity, str(f.place)) for f in found] == [("high", "src/ai.ts:1")]


def test_a_declared_secret_that_nothing_reads_is_a_suspicion() -> None:
    files = {"package.json": "{}", ".env": "NEXT_PUBLIC_ADMIN_PASSWORD=tide" + "Pool47\n"}
    assert [(f.severity, f.evidence) for f in audit_files(files, only=CHECK)] == [("medium", "suspected")]


def test_values_made_to_be_seen_are_let_pass() -> None:
    names = (
        "SUPABASE_ANON_KEY",
        "STRIPE_PUBLISHABLE_KEY",
        "FIREBASE_API_KEY",
        "MAPBOX_TOKEN",
        "RECAPTCHA_SITE_KEY",
        "SENTRY_DSN",
    )
    code = "".join(f"use(import.meta.env.VITE_{name})\n" for name in names)
    assert audit_files(VITE | {"src/main.ts": code}, only=CHECK) == []


def test_a_secret_without_the_prefix_stays_on_the_server() -> None:
    files = {"package.json": "{}", "server/ai.ts": "new OpenAI({ apiKey: process.env.OPENAI_API_KEY })\n"}
    assert audit_files(files, only=CHECK) == []
