"""Mail to anyone with any text."""

from __future__ import annotations

import pytest

from tests.samples import edge, express
from tests.support import audit_files

NAME = "access/mail_relay"
RESEND = 'import { Resend } from "resend";\nconst resend = new Resend(process.env.RESEND_API_KEY);\n'


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_every_user_writes_to_anyone() -> None:
    text = """
        app.post("/api/mail", signedIn, async (req, res) => {
          const { to, subject, html } = req.body;
          res.json(await resend.emails.send({ from: "zines@shop.test", to, subject, html }));
        });
    """
    assert found(express(RESEND + text)) == ["medium"]


def test_by_the_providers_address() -> None:
    files = edge("""
        const user = await whoCalls(req);
        if (!user) return new Response("no", { status: 401 });
        const { to, message } = await req.json();
        await fetch("https://api.resend.com/emails", {
          method: "POST",
          body: JSON.stringify({ from: "zines@shop.test", to, subject: "News", html: message }),
        });
        return new Response("sent");
    """)
    assert found(files) == ["medium"]


@pytest.mark.parametrize(
    "text",
    [
        """
        app.post("/api/mail", signedIn, adminsOnly, async (req, res) => {
          res.json(await resend.emails.send({ from: "a@shop.test", to: req.body.to, subject: "News",
            html: req.body.html }));
        });
        """,
        """
        app.post("/api/invite", signedIn, async (req, res) => {
          res.json(await resend.emails.send({ from: "a@shop.test", to: req.body.email, subject: "Come",
            html: "<p>Join us</p>" }));
        });
        """,
        """
        app.post("/api/invite", signedIn, async (req, res) => {
          const { email, kind } = req.body;
          if (!["band", "fan"].includes(kind)) return res.status(400).end();
          res.json(await resend.emails.send({ from: "a@shop.test", to: email, subject: `Come as ${kind}`,
            html: "<p>Hi</p>" }));
        });
        """,
        """
        app.post("/api/support", signedIn, async (req, res) => {
          res.json(await resend.emails.send({ from: "a@shop.test", to: "help@shop.test", subject: "Help",
            text: req.body.text }));
        });
        """,
    ],
)
def test_look_alikes(text: str) -> None:
    assert not found(express(RESEND + text))


def test_a_receiver_that_is_looked_up_is_not_anyone() -> None:
    text = """
        const db = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_SERVICE_ROLE_KEY);
        app.post("/api/tell", signedIn, async (req, res) => {
          const { data } = await db.auth.admin.getUserById(req.body.userId);
          await resend.emails.send({ from: "a@shop.test", to: [RECEIVER], subject: "News", html: req.body.text });
          res.end();
        });
    """
    client = 'import { createClient } from "@supabase/supabase-js";\n'
    assert not found(express(client + RESEND + text.replace("RECEIVER", "data.user.email")))
    assert found(express(client + RESEND + text.replace("RECEIVER", "req.body.email")))
