"""Messages that are turned away at the door."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/webhook_refused_by_gateway"

FUNCTION = 'Deno.serve(async () => new Response("ok"));'


def found(config: str, name: str = "stripe-webhook") -> int:
    files = {"supabase/config.toml": config, f"supabase/functions/{name}/index.ts": FUNCTION}
    return len(audit_files(files, only=NAME))


def test_the_gateway_asks_for_a_token() -> None:
    assert found('project_id = "boats"') == 1


def test_it_is_told_to_ask() -> None:
    assert found("[functions.stripe-webhook]\nverify_jwt = true\n") == 1


def test_it_is_told_not_to_ask() -> None:
    assert found("[functions.stripe-webhook]\nverify_jwt = false\n") == 0


def test_a_function_for_ones_own_pages() -> None:
    assert found('project_id = "boats"', name="book") == 0
