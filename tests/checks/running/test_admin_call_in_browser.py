"""Calls that only a server may make."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/admin_call_in_browser"

PACKAGE = {"package.json": '{"dependencies": {"vite": "6.0.0", "react": "19.0.0"}}'}
CODE = """
    import { createClient } from "@supabase/supabase-js";
    const supabase = createClient("https://boats.example", "public");
    export const remove = (id) => supabase.CALL;
"""


def found(call: str, path: str = "src/Admin.tsx") -> int:
    return len(audit_files({**PACKAGE, path: CODE.replace("CALL", call)}, only=NAME))


def test_the_page_deletes_a_user() -> None:
    assert found("auth.admin.deleteUser(id)") == 1


def test_a_function_deletes_a_user() -> None:
    assert found("auth.admin.deleteUser(id)", "supabase/functions/remove-user/index.ts") == 0


def test_the_page_signs_out() -> None:
    assert found("auth.signOut()") == 0
