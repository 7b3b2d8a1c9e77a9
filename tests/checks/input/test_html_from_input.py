"""Texts of strangers in mails."""

from __future__ import annotations

import pytest

from tests.samples import edge, express
from tests.support import audit_files

NAME = "input/html_from_input"
RESEND = 'import { Resend } from "resend";\nconst resend = new Resend(process.env.RESEND_API_KEY);\n'
ESCAPE = 'const escapeHtml = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");\n'


def mail(html: str) -> dict[str, str]:
    text = f"""
app.post("/api/contact", async (req, res) => {{
  await resend.emails.send({{ from: "a@shop.test", to: "help@shop.test", subject: "Hello", html: {html} }});
  res.end();
}});
"""
    return express(RESEND + ESCAPE + text)


def found(files: dict[str, str]) -> list[str]:
    return [finding.severity for finding in audit_files(files, only=NAME)]


def test_a_name_becomes_a_part_of_the_mail() -> None:
    assert found(mail("`<p>From ${req.body.name}</p>`")) == ["medium"]
    assert found(mail('`<p>Hello</p>${req.body.note ? `<p>${req.body.note}</p>` : ""}`')) == ["medium"]


def test_by_the_providers_address() -> None:
    files = edge("""
        const { note } = await req.json();
        const html = `<div>${note}</div>`;
        await fetch("https://api.resend.com/emails",
          { method: "POST", body: JSON.stringify({ to: "help@shop.test", html }) });
        return new Response("sent");
    """)
    assert found(files) == ["medium"]


@pytest.mark.parametrize(
    "html",
    [
        "`<p>From ${escapeHtml(req.body.name)}</p>`",
        '"<p>Somebody wrote</p>"',
        '`<p>${req.body.plan === "pro" ? "Pro" : "Free"}</p>`',
        "`<p>${process.env.SHOP_NAME}</p>`",
        "`<p>${req.body.total.toFixed(2)}</p>`",
        '`<p>Hello</p>${req.body.note ? `<p>${escapeHtml(req.body.note)}</p>` : ""}`',
    ],
)
def test_look_alikes(html: str) -> None:
    assert not found(mail(html))


def test_a_plain_text_is_no_html() -> None:
    assert not found(mail("undefined, text: `From ${req.body.name}`"))


INVITE = """
import { z } from "zod";
const role = z.enum(["cook", "guest"], { errorMap: () => ({ message: "No such role" }) });
const shape = z.object({ email: z.string().email(), name: z.string(), role });
async function invite(to, text) {
  await resend.emails.send({ from: "a@shop.test", to, subject: "Hello", html: `<p>Come as <b>${text}</b></p>` });
}
app.post("/api/rooms/:id/invite", async (req, res) => {
  const parsed = shape.safeParse(req.body);
  if (!parsed.success) return res.status(400).json({ error: parsed.error.errors[0].message });
  const { email, name, role } = parsed.data;
  await invite(email, FIELD);
  res.end();
});
"""


def test_one_of_a_schemas_own_texts_goes_through_a_helper() -> None:
    assert not found(express(RESEND + INVITE.replace("FIELD", "role")))


def test_a_free_text_that_passed_a_schema_goes_through_a_helper() -> None:
    assert found(express(RESEND + INVITE.replace("FIELD", "name"))) == ["medium"]
