"""What people typed is escaped before it stands in the HTML of a mail."""

from __future__ import annotations

import pytest

from tests.fixes.support import repaired

FIX, PATH = "input/escape_in_html", "server/index.ts"
HEAD = """
import express from "express";
import { Resend } from "resend";
const app = express();
const resend = new Resend(process.env.RESEND_API_KEY);
"""
SENDS = """
app.post("/api/letters", async (req, res) => {
  const { name, note, total } = req.body;
  const greeting = `<h1>Hello ${name}</h1>`;
  await resend.emails.send({ from: "a@shop.test", to: "b@shop.test", subject: `From ${name}`, html: HTML });
  res.end();
});
"""


def after(html: str, more: str = "") -> str:
    done = repaired(FIX, {PATH: HEAD + more + SENDS.replace("HTML", html)})
    assert done.left == []
    return done.files[PATH]


def test_each_typed_part_is_escaped_and_nothing_else() -> None:
    code = after('`${greeting}<p>${note || "none"} ${total.toFixed(2)}</p>`')
    assert "`<h1>Hello ${escapeHtml(name)}</h1>`" in code
    assert '`${greeting}<p>${escapeHtml(note) || "none"} ${total.toFixed(2)}</p>`' in code
    assert "subject: `From ${name}`" in code, "a subject is no HTML"
    assert code.count("const escapeHtml = (text: unknown) =>") == 1
    assert code.index("const escapeHtml") > code.index('from "resend"')


def test_the_function_that_is_there_is_used() -> None:
    own = 'function escapeHTML(text: string) { return text.replace(/</g, "&lt;"); }\n'
    code = after("`${greeting}<p>${note}</p>`", own)
    assert "<p>${escapeHTML(note)}</p>" in code
    assert "escapeHtml" not in code


@pytest.mark.parametrize("html", ["`<p>${req.body.total.toFixed(2)}</p>`", "undefined, text: note", "`<p>Hello</p>`"])
def test_mails_without_typed_parts_are_left(html: str) -> None:
    code = HEAD + SENDS.replace("<h1>Hello ${name}</h1>", "").replace("HTML", html)
    assert not repaired(FIX, {PATH: code}).patches


def test_a_letter_of_fastapi() -> None:
    code = """
    import resend
    from fastapi import FastAPI
    from pydantic import BaseModel

    app = FastAPI()


    class Letter(BaseModel):
        name: str


    @app.post("/letters")
    def write(letter: Letter) -> None:
        resend.Emails.send({"to": "a@shop.test", "html": f"<p>From {letter.name}</p>"})
    """
    done = repaired(FIX, {"main.py": code})
    assert done.left == []
    assert 'f"<p>From {escape(letter.name)}</p>"' in done.files["main.py"]
    assert "from html import escape\n" in done.files["main.py"]
