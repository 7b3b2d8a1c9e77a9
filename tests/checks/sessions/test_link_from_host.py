"""Links in mails whose address the caller chooses."""

from __future__ import annotations

from tests.support import audit_files

NAME = "sessions/link_from_host"

FORGOT = """
    import express from "express";
    import { Resend } from "resend";
    const app = express();
    const resend = new Resend(process.env.RESEND_API_KEY);
    app.post("/forgot-password", async (req, res) => {
      const token = await makeToken(req.body.email);
      const site = SITE;
      await resend.emails.send({ to: req.body.email, html: `<a href="${site}/reset?token=${token}">New password</a>` });
      res.json({ ok: true });
    });
"""


def found(site: str) -> list[str]:
    return [f.severity for f in audit_files({"server/index.ts": FORGOT.replace("SITE", site)}, only=NAME)]


def test_the_host_header_makes_the_link() -> None:
    assert found("`https://${req.headers.host}`") == ["high"]


def test_the_origin_header_makes_the_link() -> None:
    assert found("req.headers.origin") == ["high"]


def test_the_header_only_where_a_setting_is_missing() -> None:
    assert found("process.env.APP_URL || `https://${req.get('host')}`") == ["low"]


def test_a_setting_makes_the_link() -> None:
    assert found("process.env.APP_URL") == []


def test_the_header_is_held_against_a_list() -> None:
    assert found("SITES.includes(req.headers.origin) ? req.headers.origin : SITES[0]") == []


def test_a_page_that_the_caller_sees_himself() -> None:
    code = """
        import express from "express";
        const app = express();
        app.get("/reset-link", (req, res) => res.json({ link: `https://${req.headers.host}/reset` }));
    """
    assert audit_files({"server/index.ts": code}, only=NAME) == []
