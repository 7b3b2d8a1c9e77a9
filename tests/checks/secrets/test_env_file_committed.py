"""An env file with real secrets is one finding; one with public values is let pass."""

from __future__ import annotations

from tests.support import audit_files

CHECK = "secrets/env_file_committed"


def test_a_file_with_secrets_is_one_finding() -> None:
    env = "PORT=3000\nJWT_SECRET=tide" + "pool\nDB_PASSWORD=tide" + "Pool47\n"
    found = audit_files({"package.json": "{}", ".env": env, "server.ts": "sign(process.env.JWT_SECRET)\n"}, only=CHECK)
    assert [(f.severity, str(f.place), [str(p) for p in f.related]) for f in found] == [("high", ".env:2", [".env:3"])]
    assert "git rm --cached .env" in found[0].repair


def test_a_file_with_public_values_is_normal() -> None:
    env = (
        "VITE_SUPABASE_URL=https://abc.supabase.co\nVITE_STRIPE_KEY=pk_"
        "live_51Hq7Rt9xLm2VbN4kPzW8sYdU3e\nNODE_ENV=production\n"
    )
    assert audit_files({"package.json": "{}", ".env": env}, only=CHECK) == []


def test_an_example_is_there_to_be_copied() -> None:
    assert audit_files({"package.json": "{}", ".env.example": "JWT_SECRET=tidepool\n"}, only=CHECK) == []
