"""Tools of building that were shipped."""

from __future__ import annotations

from tests.support import audit_files

NAME = "release/left_over_route"

SERVER = """
    import express from "express";
    const app = express();
    app.get("PATH", (req, res) => { BODY res.json({ ok: true }); });
"""


def found(path: str, body: str = "") -> int:
    code = SERVER.replace("PATH", path).replace("BODY", body)
    return len(audit_files({"server/index.ts": code}, only=NAME))


def test_a_debug_address() -> None:
    assert found("/debug/versions") == 1


def test_an_address_of_the_app() -> None:
    assert found("/boats/versions") == 0


def test_production_refuses_it() -> None:
    assert found("/debug/versions", 'if (process.env.NODE_ENV === "production") return res.status(404).end();') == 0


def test_a_comment_at_its_head_tells() -> None:
    code = """
        import express from "express";
        const app = express();
        // TEMPORARY ENDPOINT: remove before launch
        app.get("/boats/wipe", (req, res) => res.json({ ok: true }));
    """
    assert len(audit_files({"server/index.ts": code}, only=NAME)) == 1


def test_a_comment_far_inside_is_about_something_else() -> None:
    body = "const a = 1;\nconst b = 2;\nconst c = 3;\nconst d = 4;\n// for testing purposes\n"
    assert found("/boats/versions", body) == 0


def test_an_address_of_a_reset_mail() -> None:
    assert found("/auth/validate-reset-token") == 0
