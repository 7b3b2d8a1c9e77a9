"""Sessions that the browser rewrites."""

from __future__ import annotations

import pytest

from tests.support import audit_files

NAME = "access/session_update_trusted"
AUTH = """
    import NextAuth from "next-auth";
    export const options = {
      callbacks: {
        async jwt({ token, user, trigger, session }) {
          if (trigger === "update" && session) {
            BODY
          }
          if (user) token.role = user.role;
          return token;
        },
      },
    };
"""


def found(body: str) -> list[str]:
    return [f.severity for f in audit_files({"lib/auth.ts": AUTH.replace("BODY", body)}, only=NAME)]


@pytest.mark.parametrize(
    "body",
    [
        "return { ...token, ...session.user };",
        "token = { ...token, ...session };",
        "Object.assign(token, session);",
        "token.role = session.user.role;",
    ],
)
def test_the_browser_writes_the_token(body: str) -> None:
    assert found(body) == ["critical"]


@pytest.mark.parametrize(
    "body",
    [
        "token.name = session.user.name;",
        "const fresh = await db.user.findUnique({ where: { id: token.sub } }); token.role = fresh.role;",
        "return { ...token, name: session.user.name };",
        "return { ...token, ...session.user.preferences };",
    ],
)
def test_harmless_fields_and_rows_read_again(body: str) -> None:
    assert not found(body)
