"""Session updates that are copied as they came."""

from __future__ import annotations

import pytest

from tests.checks.access.test_session_update_trusted import AUTH
from tests.fixes.support import Repaired, repaired

NAME = "access/copy_named_fields"
PAGE = """
    "use client";
    import { useSession } from "next-auth/react";
    export function Form() {
      const { update } = useSession();
      return <button onClick={() => update({ user: { nickname: "a", role: "admin" } })} />;
    }
"""


def copied(body: str, page: str = "") -> Repaired:
    return repaired(NAME, {"lib/auth.ts": AUTH.replace("BODY", body), "components/Form.tsx": page})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "return { ...token, ...session.user };",
            "return { ...token, name: session.user?.name ?? token.name, image: session.user?.image ?? token.image };",
        ),
        (
            "Object.assign(token, session);",
            "Object.assign(token, { name: session?.name ?? token.name, image: session?.image ?? token.image });",
        ),
    ],
)
def test_name_and_image_are_copied(before: str, after: str) -> None:
    found = copied(before)
    assert not found.left
    assert after in found.files["lib/auth.ts"]


def test_what_a_page_sends_is_copied_but_no_rights() -> None:
    found = copied("return { ...token, ...session.user };", PAGE)
    assert "{ ...token, nickname: session.user?.nickname ?? token.nickname };" in found.files["lib/auth.ts"]


def test_a_role_that_is_taken_by_itself_is_left() -> None:
    assert not copied("token.role = session.user.role;").patches
