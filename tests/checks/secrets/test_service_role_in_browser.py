"""The service role is found by decoding tokens and by names; the anon key is let pass."""

from __future__ import annotations

import base64
import json

from tests.support import audit_files

CHECK = "secrets/service_role_in_browser"
VITE = {"package.json": '{"dependencies": {"vite": "5", "react-dom": "18"}}'}


def token(role: str) -> str:
    parts = (
        {"alg": "HS256", "typ": "JWT"},
        {"iss": "supabase", "ref": "abcdefghijklmnopqrst", "role": role, "iat": 1, "exp": 2},
    )
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, "q7Rt9xLm2VbN4kPzW8sYdU3eK5jH1gF0cA6oI"])


def client(role: str) -> dict[str, str]:
    return VITE | {"src/client.ts": f"export const db = createClient(url, '{token(role)}')\n"}


def test_a_service_role_token_in_browser_code_is_critical() -> None:
    found = audit_files(client("service_role"), only=CHECK)
    assert [(f.severity, str(f.place)) for f in found] == [("critical", "src/client.ts:1")]


def test_a_public_name_for_the_service_role_is_found_where_it_is_read() -> None:
    code = "const db = createClient(url, import.meta.env.VITE_SUPABASE_SERVICE_ROLE_KEY)\n"
    assert [str(f.place) for f in audit_files(VITE | {"src/admin.ts": code}, only=CHECK)] == ["src/admin.ts:1"]


def test_the_anon_key_is_made_for_the_browser() -> None:
    assert audit_files(client("anon"), only=CHECK) == []


def test_an_edge_function_may_hold_the_service_role() -> None:
    code = "const db = createClient(url, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)\n"
    assert audit_files(VITE | {"supabase/functions/pay/index.ts": code}, only=CHECK) == []
