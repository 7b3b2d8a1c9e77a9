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


def test_it_is_registered_outside_of_production_only() -> None:
    code = """
        import express from "express";
        const app = express();
        if (process.env.NODE_ENV !== "production") {
          app.get("/debug/versions", (req, res) => res.json({ ok: true }));
        }
    """
    assert audit_files({"server/index.ts": code}, only=NAME) == []


def test_no_other_file_knows_its_file() -> None:
    old = """
        import type { Express } from "express";
        export function install(app: Express) {
          app.get("/debug/versions", (req, res) => res.json({ ok: true }));
        }
    """
    main = 'import express from "express";\nconst app = express();\n'
    assert not audit_files({"server/index.ts": main, "server/oldTools.ts": old}, only=NAME)
    used = 'import { install } from "./oldTools";\n' + main + "install(app);\n"
    assert audit_files({"server/index.ts": used, "server/oldTools.ts": old}, only=NAME)


def test_an_earlier_route_answers_first() -> None:
    code = """
        import express from "express";
        import { tools } from "./tools";
        const app = express();
        app.use("/debug", tools);
        app.get("/debug/versions", (req, res) => res.json({ ok: true }));
    """
    tools = """
        import { Router } from "express";
        export const tools = Router();
        tools.get("/versions", (req, res) => res.json({ ok: true }));
    """
    (finding,) = audit_files({"server/index.ts": code, "server/tools.ts": tools}, only=NAME)
    assert "server/tools.ts" in str(finding.place.at)


def test_a_later_copy_that_asks_less_is_still_told() -> None:
    code = """
        import express from "express";
        import { signedIn } from "./guard";
        const app = express();
        app.get("/debug/versions", signedIn, (req, res) => res.json({ ok: true }));
        app.get("/debug/versions", (req, res) => res.json({ ok: true }));
    """
    assert len(audit_files({"server/index.ts": code}, only=NAME)) == 2
