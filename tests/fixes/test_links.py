"""Repairs of mails whose links lead to where the request says."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired
from tests.samples import edge, express, fastapi

NAME = "sessions/name_own_address"
MAIL = """
    const { email } = await req.json();
    HOST
    const { data } = await db.auth.admin.generateLink({ type: "recovery", email });
    await fetch("https://api.resend.com/emails", {
      method: "POST",
      body: JSON.stringify({ to: email, html: `<a href="LINK">New password</a>` }),
    });
    return new Response("sent");
"""
LINK = "const link = `BEGIN/reset?token=${data.properties.hashed_token}`;"


def mailed(host: str, begin: str) -> str:
    text = MAIL.replace("HOST", host).replace("LINK", "${link}")
    text = text.replace("    await fetch", f"    {LINK.replace('BEGIN', begin)}\n    await fetch")
    done = repaired(NAME, edge(text, "send-reset"))
    assert bool(done.patches) is not bool(done.left)
    return done.files["supabase/functions/send-reset/index.ts"]


@pytest.mark.parametrize(
    ("host", "begin"),
    [
        ('const host = req.headers.get("x-forwarded-host") ?? req.headers.get("host");', "https://${host}"),
        ('const origin = req.headers.get("origin");', "${origin}"),
        ("", 'https://${req.headers.get("host")}'),
    ],
)
def test_an_edge_functions_link_begins_with_a_setting(host: str, begin: str) -> None:
    text = mailed(host, begin)
    assert 'const link = `${Deno.env.get("APP_URL") || missing("APP_URL")}/reset?token=' in text
    assert "headers.get" not in text.partition("Deno.serve")[2]


def test_what_else_is_done_with_the_header_stays() -> None:
    text = mailed('const origin = req.headers.get("origin"); console.log(origin);', "${origin}")
    assert 'const origin = req.headers.get("origin");' in text


def test_the_apps_own_setting_is_used() -> None:
    text = """
    app.get("/", (req, res) => res.redirect(process.env.SITE_URL));
    app.post("/api/reset-password", async (req, res) => {
      const token = crypto.randomUUID();
      const found = await db.user.update({ where: { email: req.body.email }, data: { token } });
      await mailer.sendMail({ to: found.email, html: `https://${req.headers.host}/reset?token=${token}` });
      res.json({ ok: true });
    });
    """
    head = 'import nodemailer from "nodemailer";\nconst mailer = nodemailer.createTransport({});\n'
    files = express(text)
    files["server/index.ts"] = head + files["server/index.ts"]
    done = repaired(NAME, files)
    assert not done.left
    assert '`${process.env.SITE_URL || missing("SITE_URL")}/reset?token=${token}`' in done.files["server/index.ts"]


FORGOT = """
    from settings import settings
    import smtplib

    @app.post("/forgot-password")
    async def forgot(request: Request, email: str):
        token = await db.tokens.insert_one({"email": email})
        link = f"https://{request.headers['host']}/reset?token={token}"
        smtplib.SMTP("mail").sendmail("us@shop.test", email, link)
        return {"ok": True}

    @app.get("/")
    async def home():
        return {"at": HOME}
"""


@pytest.mark.parametrize(("home", "begin"), [("settings.site_url", "{settings.site_url}"), ("1", "https://{request")])
def test_python_says_the_settings_word_for_it(home: str, begin: str) -> None:
    done = repaired(NAME, fastapi(FORGOT.replace("HOME", home)))
    assert f'link = f"{begin}' in done.files["main.py"]
    assert bool(done.patches) is not bool(done.left)
