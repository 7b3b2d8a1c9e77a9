"""Work that nobody waits for."""

from __future__ import annotations

from tests.support import audit_files

NAME = "running/work_after_response"

PACKAGE = {"package.json": '{"dependencies": {"next": "15.0.0"}}', "vercel.json": "{}"}
ROUTE = """
    import { after } from "next/server";
    async function sendLetter(boat) { await fetch("https://mail.example", { method: "POST" }); }
    function note(boat) { console.log(boat); }
    export async function POST(request: Request) {
      const { boat } = await request.json();
      WORK
      return Response.json({ ok: true });
    }
"""


def found(work: str) -> int:
    return len(audit_files({**PACKAGE, "app/api/book/route.ts": ROUTE.replace("WORK", work)}, only=NAME))


def test_nobody_waits() -> None:
    assert found("sendLetter(boat);") == 1


def test_nobody_waits_but_errors_are_caught() -> None:
    assert found("sendLetter(boat).catch(console.error);") == 1


def test_void_waits_for_nothing_either() -> None:
    assert found("void sendLetter(boat);") == 1


def test_it_is_waited_for() -> None:
    assert found("await sendLetter(boat);") == 0


def test_the_host_waits() -> None:
    assert found("after(() => sendLetter(boat));") == 0


def test_work_that_takes_no_time() -> None:
    assert found("note(boat);") == 0


def test_a_server_that_keeps_running() -> None:
    code = """
        import express from "express";
        const app = express();
        async function sendLetter() { await fetch("https://mail.example"); }
        app.post("/book", (req, res) => { sendLetter(); res.json({ ok: true }); });
    """
    assert audit_files({"server/index.ts": code}, only=NAME) == []
